#include "bundle/tar_stream.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <iconv.h>

#include <algorithm>
#include <limits>
#include <new>
#include <string_view>
#include <utility>

#include "core/text.hpp"

namespace addon::bundle {

namespace {

constexpr std::size_t kBlock = 512;
// Long names and attributes; whatever else comes before a file's bytes is a map of holes, which may be of any
// length.
constexpr std::uint64_t kMaxHeaderBytes = std::uint64_t{2} << 20;
// GNU tar fills its last record, of 10 KiB unless told otherwise.
constexpr std::uint64_t kAnyNumber = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kMaxPadding = std::uint64_t{1} << 20;

std::string_view text_of(const char* text) { return text == nullptr ? std::string_view() : text; }

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

TarEntry::Kind kind_of(struct archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return TarEntry::Kind::hard_link;
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return TarEntry::Kind::regular;
    case AE_IFDIR:
      return TarEntry::Kind::directory;
    case AE_IFLNK:
      return TarEntry::Kind::symlink;
    default:
      return TarEntry::Kind::other;
  }
}

std::vector<std::string> attributes_of(struct archive_entry* entry) {
  std::vector<std::string> names;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  archive_entry_xattr_reset(entry);
  while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK)
    names.emplace_back(text_of(name));
  std::sort(names.begin(), names.end());
  return names;
}

std::size_t zeros_at_end(std::span<const std::byte> bytes) {
  const auto last = std::find_if(bytes.rbegin(), bytes.rend(), [](std::byte b) { return b != std::byte{0}; });
  return static_cast<std::size_t>(last - bytes.rbegin());
}

TarEntry entry_of(struct archive_entry* entry) {
  TarEntry found;
  found.kind = kind_of(entry);
  found.name = text_of(archive_entry_pathname(entry));
  found.target = text_of(found.kind == TarEntry::Kind::hard_link ? archive_entry_hardlink(entry)
                                                                 : archive_entry_symlink(entry));
  found.size = static_cast<std::uint64_t>(std::max<la_int64_t>(archive_entry_size(entry), 0));
  found.mode = archive_entry_perm(entry);
  found.attributes = attributes_of(entry);
  found.has_acl = archive_entry_acl_types(entry) != 0;
  found.is_sparse = archive_entry_sparse_count(entry) > 0;
  return found;
}

}  // namespace

struct TarCallback {
  static la_ssize_t read(struct archive* reader, void* self, const void** bytes) {
    const auto pulled = static_cast<TarStream*>(self)->pull();
    if (!pulled) {
      archive_set_error(reader, -1, "there are no more bytes");
      return ARCHIVE_FATAL;
    }
    *bytes = pulled->data();
    return static_cast<la_ssize_t>(pulled->size());
  }
};

void TarStream::Free::operator()(struct archive* reader) const { archive_read_free(reader); }

// Of a name that is not ASCII alone libarchive asks for it, and of each attribute's.
void load_conversions() {
  for (const char* to : {"ANSI_X3.4-1968", "UTF-8"}) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): so iconv_open(3) fails
    const auto failed = reinterpret_cast<iconv_t>(-1);
    if (auto* conversion = iconv_open(to, "UTF-8"); conversion != failed) iconv_close(conversion);
  }
}

TarStream::TarStream(PackedStream& bytes, std::string source)
    : bytes_(bytes), source_(std::move(source)), reader_(archive_read_new()) {
  if (reader_ == nullptr) throw std::bad_alloc();
}

std::optional<std::span<const std::byte>> TarStream::pull() {
  if (budget_ == 0) {
    Finding finding = make_finding(rules::bundle_limit,
                                   "more than 2 MiB stand between two files of the archive", {source_, 0, 0});
    finding.fix = "build it with addonctl bundle build";
    below_ = Error::of({std::move(finding)});
    return std::nullopt;
  }
  auto next = bytes_.next();
  if (!next) {
    below_ = std::move(next).error();
    return std::nullopt;
  }
  last_ = *next;
  given_ += last_.size();
  budget_ -= std::min<std::uint64_t>(budget_, last_.size());
  const std::size_t zeros = zeros_at_end(last_);
  zeros_ = zeros == last_.size() ? zeros_ + zeros : zeros;
  return last_;
}

Error TarStream::failure() {
  if (below_) return *below_;
  return damaged(source_, printable(text_of(archive_error_string(reader_.get()))));
}

Result<> TarStream::open() {
  budget_ = kMaxHeaderBytes;
  archive_read_support_format_tar(reader_.get());
  if (archive_read_open2(reader_.get(), this, nullptr, TarCallback::read, nullptr, nullptr) != ARCHIVE_OK) {
    return tl::unexpected(failure());
  }
  return {};
}

// It is in the C locale, and so cannot convert a name that is not ASCII: it says so, and gives its bytes as
// they are, which is what is wanted. What else it warns of is something that it did not understand.
Result<> TarStream::check_warning(struct archive_entry* entry) {
  for (const char* text :
       {archive_entry_pathname(entry), archive_entry_hardlink(entry), archive_entry_symlink(entry),
        archive_entry_uname(entry), archive_entry_gname(entry)}) {
    if (!is_ascii(text_of(text))) return {};
  }
  return tl::unexpected(failure());
}

Result<std::optional<TarEntry>> TarStream::next() {
  if (given_ == 0) {
    TRY(open());
  } else {
    budget_ = kAnyNumber;
    if (archive_read_data_skip(reader_.get()) != ARCHIVE_OK) return tl::unexpected(failure());
  }
  budget_ = kMaxHeaderBytes;
  const std::uint64_t before = consumed();
  struct archive_entry* entry = nullptr;
  const int code = archive_read_next_header(reader_.get(), &entry);
  end_mark_ = consumed() - before;
  if (code == ARCHIVE_EOF) return std::nullopt;
  if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return tl::unexpected(failure());
  if (code == ARCHIVE_WARN) TRY(check_warning(entry));
  TarEntry found = entry_of(entry);
  left_ = found.size;
  return found;
}

Result<std::span<const std::byte>> TarStream::data() {
  budget_ = kAnyNumber;
  const void* bytes = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  const int code = archive_read_data_block(reader_.get(), &bytes, &size, &offset);
  if (code == ARCHIVE_EOF && left_ == 0) return std::span<const std::byte>();
  if (code != ARCHIVE_OK) {
    return tl::unexpected(code == ARCHIVE_EOF ? damaged(source_, "a file ends before its end") : failure());
  }
  if (size > left_) return tl::unexpected(damaged(source_, "a file is longer than its header says"));
  left_ -= size;
  return std::span(static_cast<const std::byte*>(bytes), size);
}

std::uint64_t TarStream::consumed() const {
  return static_cast<std::uint64_t>(archive_filter_bytes(reader_.get(), 0));
}

Result<> TarStream::finish() {
  std::uint64_t padding = given_ - consumed();
  bool is_zero = zeros_ >= padding;
  while (is_zero && padding <= kMaxPadding) {
    const std::span<const std::byte> more = TRY(bytes_.next());
    if (more.empty()) {
      // Two blocks of zeros are its end, tar(5).
      if (end_mark_ < 2 * kBlock) return tl::unexpected(damaged(source_, "it ends before its end"));
      return bytes_.finish();
    }
    is_zero = zeros_at_end(more) == more.size();
    padding += more.size();
  }
  Finding finding = make_finding(rules::bundle_trailing_data,
                                 is_zero ? "more than 1 MiB of zeros stands behind the end of the archive"
                                         : "more files or data stand behind the end of the archive",
                                 {source_, 0, 0});
  finding.fix = "build it again, in one piece: addonctl bundle build";
  return tl::unexpected(Error::of({std::move(finding)}));
}

}  // namespace addon::bundle
