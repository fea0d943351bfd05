#pragma once

#include <string>

#include "fixture.hpp"

namespace addon::bundle::test {

/// Runs a command in the fixture's directory by sh(1), with this on its standard input; whether it succeeds.
bool sh(const Fixture& fixture, const std::string& command, const std::string& input = "");

std::string contents(const Fixture& fixture, const std::string& name);

/// A fixture with the keys NAME.pub and NAME.key, by minisign -G -W.
void make_key(const Fixture& fixture, const std::string& name);

}  // namespace addon::bundle::test
