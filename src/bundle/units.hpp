#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "bundle/parser.hpp"
#include "bundle/reader.hpp"
#include "bundle/survey.hpp"
#include "core/finding.hpp"
#include "unit/install.hpp"

namespace addon::bundle {

struct ReadUnits {
  std::vector<UnitName> names;    ///< of every unit that is asked for, there or not; sorted
  std::vector<BundleUnit> units;  ///< those that could be read, sorted by name
  std::vector<Finding> findings;
};

/// Reads, parses and analyses the units that the manifest names, or without such a list (or without
/// a manifest that could be read) every *.service and *.timer at the top of the bundle.
ReadUnits read_units(const Survey& survey, Reader& reader, const std::string& source,
                     const manifest::Manifest* manifest, Parser& parser);

/// A finding for each unit by which this one is to be enabled, though it cannot be here: systemd takes names
/// for which addonctl makes no directory, with a backslash or with nearly 255 characters.
std::vector<Finding> cannot_enable(const unit::Install& install);

struct ChosenPrimary {
  std::optional<UnitName> primary;
  std::vector<Finding> findings;
};

/// The unit that is enabled and started: systemd.primary, else the only .timer for systemd-timer, else
/// the only .service. Absent for add-ons that systemd does not supervise.
ChosenPrimary choose_primary(const manifest::Manifest& manifest, const ReadUnits& units,
                             const Survey& survey);

/// The same of the units that a package ships.
ChosenPrimary choose_primary(const manifest::Manifest& manifest, const ReadUnits& units,
                             const std::string& package);

}  // namespace addon::bundle
