#pragma once

#include <string>
#include <string_view>

namespace addon::cli {

/// Text within an element or a quoted attribute of XML 1.0: markup as entities; what may not stand
/// in XML at all, and what one_line() does not let through, becomes '?'. Line feeds stay.
std::string xml_escaped(std::string_view text);

/// The message of a GitHub workflow command: '%', CR and LF as %25, %0D and %0A.
std::string github_data(std::string_view text);

/// The value of a property of a GitHub workflow command: as github_data, and ':' and ',' too.
std::string github_property(std::string_view text);

/// A path as a URI reference (RFC 3986): "file://…" for an absolute one, else relative. Everything
/// but unreserved characters and '/' is percent-encoded, byte by byte.
std::string uri_of(std::string_view path);

}  // namespace addon::cli
