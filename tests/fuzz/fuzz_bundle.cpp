// Archives: any bytes are read to an end, however few come at a time, and what is accepted reads the same
// again, also as the directory that it is unpacked to.
//
// An input that is no archive is tried as a tar file, with the checksums that its headers should have, in a
// zstd frame that has none: nobody guesses those.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>

#include "bundle/archive.hpp"
#include "bundle/bundle.hpp"
#include "fuzz/property.hpp"
#include "linux/directory.hpp"

namespace addon::fuzz {

namespace {

namespace fs = std::filesystem;
using bundle::Bundle;
using bundle::ReadBundle;

constexpr const char* source = "probe.tar.zst";

tl::unexpected<Error> never() { return tl::unexpected(Error("a file in memory is only read")); }

/// Bytes that come at most `chunk` at a time.
class MemoryFile final : public host::File {
 public:
  MemoryFile(std::string_view bytes, std::size_t chunk) : bytes_(bytes), size_(bytes.size()), chunk_(chunk) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const std::size_t count = std::min({buffer.size(), bytes_.size(), chunk_});
    const auto* from = reinterpret_cast<const std::byte*>(bytes_.data());
    std::copy(from, from + count, buffer.begin());
    bytes_.remove_prefix(count);
    return count;
  }
  Result<host::FileState> state() const override {
    host::FileState state;
    state.type = host::FileType::regular;
    state.mode = 0600;
    state.identity.size = size_;
    return state;
  }
  Result<host::FileCapabilities> capabilities() const override { return host::FileCapabilities{}; }
  Result<std::vector<std::string>> attributes() const override { return std::vector<std::string>{}; }
  Result<> write(std::span<const std::byte>) override { return never(); }
  Result<> set_owner(unsigned, unsigned) override { return never(); }
  Result<> set_mode(unsigned) override { return never(); }
  Result<> set_capabilities(const host::FileCapabilities&) override { return never(); }
  Result<> truncate(std::uint64_t) override { return never(); }
  Result<> sync() override { return never(); }

 private:
  std::string_view bytes_;
  std::size_t size_;
  std::size_t chunk_;
};

/// The files of a bundle in words, to be compared.
std::string words_of(const Bundle& bundle) {
  std::string words = bundle.manifest_sha256.hex() + "\n";
  for (const bundle::BundleFile& file : bundle.files) {
    words += file.path.str() + " " + file.sha256.hex() + " " + std::to_string(file.size) + " " +
             std::to_string(file.mode) + "\n";
  }
  for (const bundle::BundleUnit& unit : bundle.units)
    words += unit.name.str() + " " + unit.sha256.hex() + "\n";
  return words;
}

std::string words_of(const Result<ReadBundle>& read) {
  if (!read) return fuzz::words_of(read.error());
  return fuzz::words_of(read->findings) + (read->bundle ? words_of(*read->bundle) : "");
}

Result<ReadBundle> read_at_most(std::string_view bytes, std::size_t chunk) {
  MemoryFile file(bytes, chunk);
  return bundle::read_archive(file, source, {});
}

void check_bundle(const Bundle& bundle, std::string_view bytes) {
  must(bundle.archive.has_value() && bundle.archive->sha256 == Digest::of(bytes) &&
           bundle.archive->size == bytes.size(),
       "an archive has the digest of its bytes");
  for (const bundle::BundleFile& file : bundle.files) {
    must((file.mode & ~0777U) == 0, "a file gets permission bits only", file.path.str());
  }
}

/// A directory in memory where that is possible, which goes with this.
class Scratch {
 public:
  Scratch() {
    std::string name = fs::exists("/dev/shm") ? "/dev/shm/addonctl-fuzz-XXXXXX" : "/tmp/addonctl-fuzz-XXXXXX";
    must(mkdtemp(name.data()) != nullptr, "there is a directory to work in", name);
    path_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

template <class T>
T needed(Result<T> result, std::string_view what) {
  if (!result) violated(what, result.error().message());
  return std::move(*result);
}

void check_unpacked(std::string_view bytes, const Bundle& bundle) {
  static const Scratch scratch;
  fs::remove_all(scratch.path() / "bundle");
  const std::shared_ptr<host::Directory> parent =
      needed(linux::open_root(scratch.path()), "the directory can be opened");
  const std::shared_ptr<host::Directory> into =
      needed(parent->make_directory("bundle"), "a directory can be made");
  MemoryFile file(bytes, bytes.size());
  bundle::ArchiveOptions options;
  options.into = bundle::Unpacked{parent, "bundle", into};
  const ReadBundle unpacked =
      needed(bundle::read_archive(file, source, std::move(options)), "what was read is read again");
  must(unpacked.bundle.has_value() && unpacked.bundle->unpacked.has_value() &&
           words_of(*unpacked.bundle) == words_of(bundle),
       "an archive is the same when it is unpacked");
  const ReadBundle directory = bundle::read_directory(into, source, bundle::Origin::bundle, {});
  must(directory.bundle.has_value(), "what an archive is unpacked to is a bundle",
       fuzz::words_of(directory.findings));
  must(words_of(*directory.bundle) == words_of(bundle), "what an archive is unpacked to is the same bundle");
}

void try_archive(std::string_view bytes) {
  const auto read = read_at_most(bytes, bytes.size());
  must(words_of(read) == words_of(read_at_most(bytes, 7)), "the same bytes are the same bundle");
  if (!read) return must(!read.error().message().empty(), "an error says something");
  must(read->bundle.has_value() != has_errors(read->findings), "a bundle is sound, or has errors");
  if (!read->bundle) return;
  check_bundle(*read->bundle, bytes);
  if (geteuid() == 0) check_unpacked(bytes, *read->bundle);
}

constexpr std::size_t block = 512;

/// The size that a header says, in octal digits; whatever else stands there is none.
std::size_t size_in(std::string_view header) {
  std::size_t size = 0;
  for (const char digit : header.substr(124, 11)) {
    if (digit < '0' || digit > '7') break;
    size = size * 8 + static_cast<std::size_t>(digit - '0');
  }
  return size;
}

/// A tar file whose headers have their checksums (tar(5)): six octal digits of the sum of all bytes, those of
/// the checksum as blanks.
std::string tar_of(std::string_view text) {
  std::string tar(text);
  tar.resize((tar.size() + block - 1) / block * block);
  for (std::size_t at = 0; at < tar.size();) {
    const auto header = std::span(tar).subspan(at, block);
    const bool is_end = std::all_of(header.begin(), header.end(), [](char byte) { return byte == 0; });
    if (!is_end) {
      std::fill_n(header.begin() + 148, 8, ' ');
      unsigned sum = 0;
      for (const char byte : header) sum += static_cast<unsigned char>(byte);
      for (std::size_t digit = 6; digit-- > 0; sum /= 8)
        header[148 + digit] = static_cast<char>('0' + sum % 8);
      header[154] = '\0';
    }
    const std::size_t size = is_end ? 0 : std::min(size_in({header.data(), header.size()}), tar.size());
    at += block + (size + block - 1) / block * block;
  }
  return tar + std::string(2 * block, '\0');
}

/// A zstd frame (RFC 8878) of raw blocks, for a window of 1 MiB and without a checksum.
std::string frame_of(std::string_view bytes) {
  std::string frame("\x28\xb5\x2f\xfd\x00\x50", 6);
  do {
    const std::size_t size = std::min<std::size_t>(bytes.size(), 128U << 10U);
    const std::size_t header = (size << 3U) | (size == bytes.size() ? 1U : 0U);
    for (const unsigned shift : {0U, 8U, 16U}) frame += static_cast<char>((header >> shift) & 0xffU);
    frame += bytes.substr(0, size);
    bytes.remove_prefix(size);
  } while (!bytes.empty());
  return frame;
}

void look_at(std::string_view text) {
  try_archive(text);
  if (!bundle::is_archive(std::as_bytes(std::span(text)))) try_archive(frame_of(tar_of(text)));
}

}  // namespace

}  // namespace addon::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  addon::fuzz::look_at(addon::fuzz::text_of(data, size));
  return 0;
}
