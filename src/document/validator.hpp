#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/json.hpp"

namespace addon::document {

/// A place in a value: keys and, for items, decimal indexes.
using Place = std::vector<std::string>;

/// valijson, kept behind a small door: compiling it takes long, and it throws.
class Validator {
 public:
  /// Precondition: a draft-07 schema that valijson can read (aborts).
  explicit Validator(const Json& schema);
  ~Validator();

  /// Whether the value satisfies the schema. Thread-safe. False when valijson itself fails, for
  /// what was not checked is not valid.
  bool accepts(const Json& value) const;

  struct Complaints {
    std::set<Place> places;  ///< every place that valijson has something to say about
    Place deepest;
    std::string description;  ///< what it says about the deepest one
  };
  Complaints complaints(const Json& value) const;

 private:
  struct Engine;
  class Lease;
  std::unique_ptr<Engine> engine_;
};

}  // namespace addon::document
