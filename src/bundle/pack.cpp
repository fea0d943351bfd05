#include "bundle/pack.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "bundle/survey.hpp"
#include "bundle/tar_header.hpp"

namespace addon::bundle {

namespace {

constexpr std::size_t kReadChunk = std::size_t{256} << 10;

Result<> give_text(Packer& packer, std::string_view text) {
  return packer.give(std::as_bytes(std::span(text.data(), text.size())));
}

Result<> pack_file(const host::Directory& directory, const BundleFile& file, Packer& packer) {
  TRY(give_text(packer, tar_header_of(file.path.str(), file.size, file.mode)));
  const auto source = TRY(directory.open_file(file.path));
  std::vector<std::byte> buffer(kReadChunk);
  Sha256 hash;
  std::uint64_t size = 0;
  for (;;) {
    const auto bytes = std::span<const std::byte>(buffer).first(TRY(source->read(buffer)));
    if (bytes.empty()) break;
    hash.update(bytes);
    size += bytes.size();
    TRY(packer.give(bytes));
  }
  if (size != file.size || hash.finish() != file.sha256) {
    return tl::unexpected(
        Error("it changed while it was packed; try again when nothing writes to it", ErrorKind::invalid));
  }
  return give_text(packer, tar_padding(size));
}

}  // namespace

Result<> pack(const Bundle& bundle, Packing packing, Output output) {
  const auto packer = make_packer(packing, std::move(output));
  const auto is_manifest = [&](const BundleFile& file) {
    return file_in(bundle.source, file.path.str()) == bundle.manifest.file;
  };
  for (const bool first : {true, false}) {
    for (const BundleFile& file : bundle.files) {
      if (is_manifest(file) != first) continue;
      TRY_CONTEXT(fmt::format("cannot pack {}", file_in(bundle.source, file.path.str())),
                  pack_file(*bundle.directory, file, *packer));
    }
  }
  TRY(give_text(*packer, tar_end_mark()));
  return packer->finish();
}

}  // namespace addon::bundle
