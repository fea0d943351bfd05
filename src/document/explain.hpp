#pragma once

#include <string>
#include <vector>

#include "core/finding.hpp"
#include "document/node.hpp"
#include "document/shape.hpp"
#include "document/validator.hpp"

namespace addon::document {

/// As many as anybody reads: a hostile document has a hundred thousand.
constexpr std::size_t most_findings = 1000;

/// What is wrong at one place of a document, in words: the node itself and its keys, not what is
/// below it. Adds nothing when the place is as its shape wants it, or does not exist,
/// and stops at most_findings.
void explain_place(const Document& document, const Shape& root, const Place& place,
                   std::vector<Finding>& findings);

/// How messages call a place: "requires.addons[0].version", "the document" for the root.
std::string label_of(const Node& root, const Place& place);

}  // namespace addon::document
