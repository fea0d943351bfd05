#include "cli/site_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/read_text.hpp"
#include "core/finding.hpp"
#include "linux/trust.hpp"

namespace addon::cli {

namespace {

tl::unexpected<Error> not_believed(Error error, const std::string& file, const SiteFileKind& kind) {
  const int why = error.errno_value();
  if (why == EPERM || why == ELOOP)
    return tl::unexpected(Error::of({make_finding(kind.untrusted, error.message(), {file, 0, 0})}));
  // A directory or a fifo in its place is input that is wrong; a disk that fails is not.
  const bool misplaced =
      why == 0 || why == EISDIR || why == EINVAL || why == ENXIO || why == ENOTDIR || why == EFBIG;
  if (!misplaced)
    return tl::unexpected(std::move(error).with_context(fmt::format("cannot load the {}", kind.what)));
  Finding finding = make_finding(kind.unreadable, error.message(), {file, 0, 0});
  finding.fix = fmt::format("put the {} there as a regular file, or remove what is in its place", kind.what);
  return tl::unexpected(Error::of({std::move(finding)}));
}

}  // namespace

Result<std::optional<std::string>> read_site_file(const std::string& file, PolicyTrust trust,
                                                  const SiteFileKind& kind, std::size_t limit) {
  if (trust == PolicyTrust::root_only) {
    auto text = linux::read_trusted_file(file, limit);
    if (!text) return not_believed(std::move(text).error(), file, kind);
    return text;
  }
  auto text = read_text(file, limit);
  if (text) return std::optional(std::move(*text));
  if (text.error().errno_value() == ENOENT) return std::nullopt;
  return tl::unexpected(std::move(text).error());
}

Result<std::optional<std::vector<std::string>>> list_site_folder(const std::string& folder, PolicyTrust trust,
                                                                 const SiteFileKind& kind) {
  std::vector<std::string> names;
  if (trust == PolicyTrust::root_only) {
    auto directory = linux::open_trusted_directory(folder);
    if (!directory) return not_believed(std::move(directory).error(), folder, kind);
    if (!*directory) return std::nullopt;
    for (const host::DirectoryEntry& entry : TRY((*directory)->list())) names.push_back(entry.name);
    return names;
  }
  std::error_code error;
  std::filesystem::directory_iterator at(folder, error);
  if (error) return std::nullopt;
  for (const std::filesystem::directory_iterator end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace addon::cli
