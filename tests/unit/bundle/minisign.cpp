#include "minisign.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace addon::bundle::test {

bool sh(const Fixture& fixture, const std::string& command, const std::string& input) {
  fixture.write(".input", input);
  const std::string line = "cd '" + fixture.path() + "' && ( " + command + " ) <.input >.output 2>&1";
  const bool succeeded = std::system(line.c_str()) == 0;  // NOLINT(cert-env33-c): the shell is the point
  UNSCOPED_INFO(command << ": " << contents(fixture, ".output"));
  std::remove(fixture.path(".input").c_str());
  std::remove(fixture.path(".output").c_str());
  return succeeded;
}

std::string contents(const Fixture& fixture, const std::string& name) {
  std::ifstream stream(fixture.path(name), std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void make_key(const Fixture& fixture, const std::string& name) {
  REQUIRE(sh(fixture, "minisign -G -W -f -p " + name + ".pub -s " + name + ".key"));
}

}  // namespace addon::bundle::test
