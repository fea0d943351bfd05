#include "policy/patterns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/addon_id.hpp"
#include "core/text.hpp"
#include "core/unit_name.hpp"

namespace addon::policy {

namespace {

constexpr std::string_view wildcards = "*?";

/// Folders whose entries belong to whoever installed them.
constexpr std::array<std::string_view, 5> shared_folders = {"/var/cache", "/var/lib", "/var/log",
                                                            "/var/spool", "/usr/local"};

bool has_wildcard(std::string_view pattern) {
  return pattern.find_first_of(wildcards) != std::string_view::npos;
}

/// The pattern with each "**", "*" and "?" replaced.
std::string filled(std::string_view pattern, std::string_view any, std::string_view some,
                   std::string_view one) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern.substr(i, 2) == "**") {
      text += any;
      ++i;
    } else if (pattern[i] == '*') {
      text += some;
    } else if (pattern[i] == '?') {
      text += one;
    } else {
      text += pattern[i];
    }
  }
  return text;
}

std::string wide_unit(std::string_view pattern) {
  // The suffix says only what kind of unit it is.
  const std::string_view stem = pattern.substr(0, pattern.rfind('.'));
  if (stem.find_first_not_of(wildcards) != std::string_view::npos) return "";
  return "covers units of any name, also those of the system";
}

std::string wide_path(PatternOf kind, std::string_view pattern) {
  const std::size_t slash = pattern.substr(0, pattern.find_first_of(wildcards)).rfind('/');
  if (slash == std::string_view::npos) return pattern.starts_with("**") ? "covers every path" : "";
  const std::string_view folder = pattern.substr(0, slash);
  if (pattern.substr(slash).find_first_not_of("*?/") != std::string_view::npos) return "";
  if (folder.empty()) return "covers every path";
  const bool top_level = folder.rfind('/') == 0;
  const bool shared = kind == PatternOf::state_dir &&
                      std::find(shared_folders.begin(), shared_folders.end(), folder) != shared_folders.end();
  return top_level || shared ? fmt::format("covers all of {}", folder) : "";
}

std::string unusable_path(std::string_view pattern) {
  if (!pattern.starts_with('/') && !pattern.starts_with("**")) {
    return has_wildcard(pattern.substr(0, 1)) ? "matches no absolute path: only ** stands for '/'"
                                              : "matches no absolute path";
  }
  const bool has_odd_segment = pattern.find("//") != std::string_view::npos ||
                               pattern.find("/./") != std::string_view::npos ||
                               pattern.find("/../") != std::string_view::npos;
  if (has_odd_segment || pattern.ends_with("/.") || pattern.ends_with("/..")) {
    return "matches no path: one with '.', '..' or '//' is never allowed";
  }
  return pattern.ends_with('/') ? "matches no path: none ends with '/'" : "";
}

}  // namespace

bool covers(std::string_view wide, std::string_view narrow) {
  if (wide == narrow) return true;
  if (!has_wildcard(narrow)) return glob_match(wide, narrow);
  return glob_match(wide, filled(narrow, "", "", "\x01")) &&
         glob_match(wide, filled(narrow, "\x01", "\x01", "\x02")) &&
         glob_match(wide, filled(narrow, "/\x01/\x02/", "\x01\x02\x03", "\x01"));
}

std::string too_wide(PatternOf kind, std::string_view pattern) {
  if (!has_wildcard(pattern)) return "";
  switch (kind) {
    case PatternOf::unit_to_install:
    case PatternOf::unit_to_reach:
      return wide_unit(pattern);
    case PatternOf::path:
    case PatternOf::state_dir:
      return wide_path(kind, pattern);
    case PatternOf::addon_id:
      return pattern.find_first_not_of(wildcards) == std::string_view::npos ? "is every add-on's" : "";
  }
  return "";
}

std::string unusable(PatternOf kind, std::string_view pattern) {
  switch (kind) {
    case PatternOf::unit_to_install:
      if (has_wildcard(pattern) || UnitName::parse(std::string(pattern))) return "";
      return "is the name of no service or timer";
    case PatternOf::unit_to_reach:
      return "";
    case PatternOf::path:
    case PatternOf::state_dir:
      return unusable_path(pattern);
    case PatternOf::addon_id:
      return has_wildcard(pattern) || AddonId::parse(std::string(pattern)) ? "" : "is the id of no add-on";
  }
  return "";
}

}  // namespace addon::policy
