#include "executor/incoming.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include "executor/layout.hpp"
#include "executor/random_name.hpp"

namespace addon::executor {

namespace {

constexpr std::string_view kIncoming = ".addonctl-incoming-";
const std::string kCannotRemove = "cannot remove what a run left that was cut off: ";

/// Where there may be one, beside the root itself.
std::array<RelativePath, 2> places() { return {addons_dir(), RelativePath::of({"opt"})}; }

// The root outlives all that is below it.
std::shared_ptr<host::Directory> unowned(host::Directory& root) { return {std::shared_ptr<void>(), &root}; }

Result<std::shared_ptr<host::Directory>> nearest(host::Directory& root) {
  for (const RelativePath& path : places()) {
    // Made only where it went away meanwhile. One that others can write to is an error.
    if (TRY(root.stat(path))) return std::shared_ptr<host::Directory>(TRY(root.make_directories(path)));
  }
  return unowned(root);
}

void sweep(host::Directory& directory, std::vector<std::string>& failures) {
  const auto entries = directory.list();
  if (!entries) return failures.push_back(kCannotRemove + entries.error().message());
  for (const host::DirectoryEntry& entry : *entries) {
    if (!entry.name.starts_with(kIncoming)) continue;
    if (const auto removed = directory.remove_tree(entry.name); !removed) {
      failures.push_back(kCannotRemove + removed.error().message());
    }
  }
}

}  // namespace

Result<bundle::Unpacked> Incoming::make() {
  auto parent = TRY(nearest(root_));
  std::string name = std::string(kIncoming) + TRY(random_name());
  std::shared_ptr<host::Directory> directory = TRY(parent->make_directory(name));
  return made_.emplace_back(bundle::Unpacked{std::move(parent), std::move(name), std::move(directory)});
}

Incoming::~Incoming() {
  // Where that fails, the next run tries again.
  for (const bundle::Unpacked& made : made_) static_cast<void>(made.parent->remove_tree(made.name));
}

std::vector<std::string> remove_incoming(host::Directory& root) {
  std::vector<std::string> failures;
  for (const RelativePath& path : places()) {
    const auto directory = root.open_directory_if_present(path);
    // What is no directory is for whoever needs it to say.
    const bool is_none = !directory && (directory.error().errno_value() == ELOOP ||
                                        directory.error().errno_value() == ENOTDIR);
    if (!directory && !is_none) failures.push_back(kCannotRemove + directory.error().message());
    if (directory && *directory != nullptr) sweep(**directory, failures);
  }
  sweep(root, failures);
  return failures;
}

}  // namespace addon::executor
