#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "roff.hpp"

namespace addon::man {

/// One paragraph, list or block of a help text.
struct HelpBlock {
  std::string heading;  ///< "Options" for a block that begins with "Options:", else ""
  std::vector<std::string> lines;
};

/// What stands between empty lines, in its order. The first line, "addonctl VERB: SUMMARY", is left out.
std::vector<HelpBlock> blocks_of(std::string_view help);

/// Writes blocks into a page: calls under SYNOPSIS, paragraphs under DESCRIPTION, options and others under
/// their headings.
void write_blocks(Page& page, const std::vector<HelpBlock>& blocks);

}  // namespace addon::man
