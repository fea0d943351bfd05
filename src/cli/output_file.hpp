#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/result.hpp"
#include "core/unique_fd.hpp"

namespace addon::cli {

/// A file that the user named and that is written piece by piece: it has another name until all of it is
/// there, and nothing stays of one that is given up. It belongs to whoever runs this.
class OutputFile {
 public:
  enum class Existing { refused, replaced };
  /// Errors: kind usage where the file exists and is not to be replaced.
  static Result<OutputFile> create(const std::string& path, Existing existing);
  ~OutputFile();
  OutputFile(OutputFile&&) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;

  Result<> write(std::span<const std::byte> bytes);
  /// Where it is until keep().
  std::string temporary_path() const;
  /// Gives it its name, mode 0644. After a crash the whole file stands there, or what was there before.
  Result<> keep();

 private:
  OutputFile(std::string path, Existing existing);
  Error cannot(std::string_view what) const;

  std::string path_;
  std::string folder_;
  std::string name_;
  std::string temporary_;  ///< "" once it is kept
  Existing existing_;
  UniqueFd directory_;
  UniqueFd file_;
};

}  // namespace addon::cli
