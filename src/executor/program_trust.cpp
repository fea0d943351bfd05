#include "executor/program_trust.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "core/text.hpp"

namespace addon::executor {

namespace {
// As the kernel; path_resolution(7).
constexpr int most_links = 40;
constexpr unsigned sticky = 01000;

std::deque<std::string> segments_of(std::string_view path) {
  std::deque<std::string> segments;
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), segment.size() + 1));
    if (!segment.empty() && segment != ".") segments.emplace_back(segment);
  }
  return segments;
}

class Walk {
 public:
  explicit Walk(const host::Directory& root) : root_(root) {}

  Result<host::ProgramState> run(const std::string& path) {
    left_ = segments_of(path);
    judge(TRY(root_.state()), "/", left_.empty());
    for (int links = 0; !left_.empty() && links <= most_links;) {
      const std::string segment = std::move(left_.front());
      left_.pop_front();
      if (segment == "..") {
        if (!done_.empty()) done_.pop_back();
        continue;
      }
      const auto next = RelativePath::parse(join(done_, "/") + (done_.empty() ? "" : "/") + segment);
      // A name that is none of the system's own: nothing is known of it, and policy shows it as it is.
      if (!next) break;
      const auto state = TRY(root_.stat(*next));
      if (!state) {
        absent();
        break;
      }
      if (state->type != host::FileType::symlink) {
        judge(*state, "/" + next->str(), left_.empty());
        done_.push_back(segment);
        continue;
      }
      ++links;
      if (state->uid != 0) add(fmt::format("the link /{} belongs to user {}", next->str(), state->uid));
      const std::string target = TRY(root_.read_link(*next));
      if (target.starts_with('/')) done_.clear();
      const std::deque<std::string> more = segments_of(target);
      left_.insert(left_.begin(), more.begin(), more.end());
    }
    return std::move(out_);
  }

 private:
  void judge(const host::FileState& state, const std::string& path, bool is_last) {
    open_to_others_ = false;
    if (state.uid != 0) {
      add(fmt::format("{} belongs to user {}", path, state.uid));
      return;
    }
    if (!state.writable_by_others()) return;
    // Of what root has in a sticky directory, only root can take the place; what is not there anyone can
    // make.
    if (!is_last && state.type == host::FileType::directory && (state.mode & sticky) != 0) {
      open_to_others_ = true;
      shown_ = fmt::format("{} can be written by others (mode {:04o})", path, state.mode);
      return;
    }
    add(fmt::format("{} can be written by others (mode {:04o})", path, state.mode));
  }

  void absent() {
    if (open_to_others_) add(shown_);
  }

  void add(std::string sentence) {
    if (std::find(out_.writable.begin(), out_.writable.end(), sentence) == out_.writable.end())
      out_.writable.push_back(std::move(sentence));
  }

  const host::Directory& root_;
  std::deque<std::string> left_;
  std::vector<std::string> done_;
  host::ProgramState out_;
  bool open_to_others_ = false;  ///< the last directory was sticky
  std::string shown_;
};
}  // namespace

Result<host::ProgramState> inspect_program(const host::Directory& root, const std::string& path) {
  return Walk(root).run(path);
}

}  // namespace addon::executor
