// man_pages DIR DATE SOURCES: writes the manual pages below DIR/man1 and DIR/man5, from the texts of --help
// and from the schemas, so that neither can differ from what the program says and does. Exits 1, and says
// why, when it cannot.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "cli/command.hpp"
#include "cli/help.hpp"
#include "document/schema.hpp"
#include "help_page.hpp"
#include "roff.hpp"
#include "schema_page.hpp"

namespace {

using addon::man::Edition;
using addon::man::Page;
namespace fs = std::filesystem;

void write(const fs::path& file, const Page& page) {
  fs::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out << page.text();
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (text.empty()) throw std::runtime_error("cannot read " + file.string());
  text.pop_back();  // its last line break: troff would print another
  return text;
}

void write_program(const fs::path& directory, const Edition& edition) {
  Page page("addonctl", 1, "install privileged add-ons, as far as the site's policy allows", edition);
  write_blocks(page, addon::man::blocks_of("\n" + addon::cli::help_text(nullptr)));
  page.section("FILES");
  page.entry(addon::man::italic("/etc/addonctl/policy.yaml") + ", " + addon::man::italic("policy.d/*.yaml"),
             "The site policy. Without it, nothing is allowed.");
  page.entry(addon::man::italic("/etc/addonctl/trusted-keys/*.pub"), "Whose signatures are believed.");
  page.entry(addon::man::italic("/etc/addonctl/overrides.d/ID.yaml"), "What one host changes of an add-on.");
  page.entry(addon::man::italic("/opt/addons"), "What is installed.");
  page.entry(addon::man::italic("/var/lib/addonctl"),
             "Generations, the audit log, the registry, and an open journal.");
  std::string pages;
  for (const auto& command : addon::cli::commands())
    pages += "addonctl-" + std::string(command.name) + "(1), ";
  page.see_also(pages + "addon.yaml(5), site-policy(5), addon-executor(8)");
  write(directory / "man1/addonctl.1", page);
}

void write_verb(const addon::cli::Command& command, const fs::path& directory, const Edition& edition) {
  const std::string name = "addonctl-" + std::string(command.name);
  Page page(name, 1, command.summary, edition);
  write_blocks(page, addon::man::blocks_of(addon::cli::help_text(&command)));
  page.section("EXIT STATUS");
  page.paragraph("As addonctl(1) lists it.");
  page.see_also("addonctl(1), addon.yaml(5), site-policy(5)");
  write(directory / "man1" / (name + ".1"), page);
}

void write_manifest(const fs::path& directory, const fs::path& sources, const Edition& edition) {
  Page page("addon.yaml", 5, "manifest of an add-on", edition);
  page.section("DESCRIPTION");
  page.paragraph(
      "A bundle holds addon.yaml, or one file NAME.addon.yaml, beside the files that it names. It says what "
      "one version of an\n"
      "add-on is and what it asks for; whether it gets that is decided by site-policy(5).\n"
      "addonctl lint finds what is wrong with it.");
  page.paragraph(
      "It is one document of YAML 1.2 in UTF-8, of at most 1 MiB, without anchors and aliases. A key that is "
      "not listed\n"
      "here is an error.");
  page.section("KEYS");
  write_keys(page, addon::document::schema_text("addon-manifest"));
  page.section("EXAMPLES");
  page.literal(read(sources / "examples/manifests/packet-probe/addon.yaml"));
  page.see_also("addonctl(1), addonctl-lint(1), addonctl-bundle(1), site-policy(5), capabilities(7)");
  write(directory / "man5/addon.yaml.5", page);
}

void write_policy(const fs::path& directory, const fs::path& sources, const Edition& edition) {
  Page page("site-policy", 5, "what add-ons may have on a host", edition);
  page.section("SYNOPSIS");
  page.paragraph("/etc/addonctl/policy.yaml\n/etc/addonctl/policy.d/*.yaml", "");
  page.section("DESCRIPTION");
  page.paragraph(
      "All these files together are the policy of a host. Nothing is allowed that no line of it allows; what "
      "is denied is\n"
      "denied whatever allows it. Only root may be able to change them, and each directory above them: "
      "otherwise they are\n"
      "not believed, and nothing is changed.");
  page.paragraph(
      "The same list of capabilities bounds every way by which an add-on can get one: file capabilities, its "
      "unit, running\n"
      "as root. addonctl policy explain says which line decides what; addonctl policy check finds lines "
      "without effect.");
  page.section("KEYS");
  write_keys(page, addon::document::schema_text("site-policy"));
  page.section("EXAMPLES");
  page.literal(read(sources / "policies/edge.yaml"));
  page.see_also("addonctl(1), addonctl-policy(1), addon.yaml(5), capabilities(7), systemd.exec(5)");
  write(directory / "man5/site-policy.5", page);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    static_cast<void>(std::fputs("usage: man_pages DIR DATE SOURCES\n", stderr));
    return 2;
  }
  try {
    const fs::path directory = argv[1];
    const Edition edition{argv[2], ADDONCTL_VERSION};
    write_program(directory, edition);
    for (const auto& command : addon::cli::commands()) write_verb(command, directory, edition);
    write_manifest(directory, argv[3], edition);
    write_policy(directory, argv[3], edition);
  } catch (const std::exception& error) {
    static_cast<void>(std::fprintf(stderr, "man_pages: %s\n", error.what()));
    return 1;
  }
  return 0;
}
