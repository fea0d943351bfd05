#include "bundle/transport.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "bundle/bundle.hpp"
#include "bundle/survey.hpp"
#include "bundle/tar_header.hpp"

namespace addon::bundle {

namespace {

constexpr std::size_t kTransportChunk = std::size_t{256} << 10;

Result<> give_block(Packer& packer, std::string_view text) {
  return packer.give(std::as_bytes(std::span(text.data(), text.size())));
}

Result<> send_file(const host::Directory& directory, const SurveyedFile& file, Packer& packer) {
  const host::FileIdentity& identity = file.state.identity;
  constexpr unsigned permissions = 0777;
  TRY(give_block(packer, tar_header_of(file.path.str(), identity.size, file.state.mode & permissions)));
  const auto opened = TRY(directory.open_file(file.path));
  std::vector<std::byte> buffer(kTransportChunk);
  std::uint64_t size = 0;
  for (;;) {
    const auto bytes = std::span<const std::byte>(buffer).first(TRY(opened->read(buffer)));
    size += bytes.size();
    if (bytes.empty() || size > identity.size) break;
    TRY(packer.give(bytes));
  }
  if (size != identity.size || TRY(opened->state()).identity != identity) {
    return tl::unexpected(
        Error("it changed while it was packed; try again when nothing writes to it", ErrorKind::invalid));
  }
  return give_block(packer, tar_padding(size));
}

}  // namespace

Result<std::vector<Finding>> pack_for_transport(std::shared_ptr<const host::Directory> directory,
                                                const std::string& source, Output output) {
  const auto manifest = find_manifest(*directory, source);
  const Survey found = manifest ? survey(*directory, source, Origin::bundle) : Survey();
  if (!manifest || !found.complete || has_errors(found.findings)) {
    return read_directory(std::move(directory), source, Origin::bundle, {}).findings;
  }
  const auto packer = make_packer(Packing::fast, std::move(output));
  for (const bool first : {true, false}) {
    for (const SurveyedFile& file : found.files) {
      if ((file.path == *manifest) != first) continue;
      TRY_CONTEXT(fmt::format("cannot pack {}", file_in(source, file.path.str())),
                  send_file(*directory, file, *packer));
    }
  }
  TRY(give_block(*packer, tar_end_mark()));
  TRY(packer->finish());
  return std::vector<Finding>();
}

}  // namespace addon::bundle
