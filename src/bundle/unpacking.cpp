#include "bundle/unpacking.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <string>

#include "core/text.hpp"

namespace addon::bundle {

Result<std::unique_ptr<host::File>> Unpacking::create(const RelativePath& path, std::uint64_t size) {
  bytes_ += size;
  if (bytes_ > limit_) stopped_ = true;
  if (stopped_) return nullptr;
  host::Directory& top = *into_.directory;
  const std::uint64_t free = TRY(top.free_bytes());
  if (free < size) {
    return tl::unexpected(Error(fmt::format("its filesystem has {} left, and {} takes {}", size_text(free),
                                            quoted(path.str()), size_text(size)))
                              .with_errno(ENOSPC));
  }
  const auto slash = path.str().rfind('/');
  if (slash == std::string::npos) return top.create_file(path.str());
  const auto parent = TRY(top.make_directories(TRY(RelativePath::parse(path.str().substr(0, slash)))));
  return parent->create_file(path.name());
}

}  // namespace addon::bundle
