#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string_view>

#include "core/error.hpp"
#include "linux/process.hpp"
#include "service/daemon.hpp"

namespace {

constexpr std::string_view kHelp = R"(Usage: addon-executor [--idle SECONDS]

Serves io.addonctl.Executor1 on the system bus: plans, applies, rolls back and
removes add-ons for callers that may not do it themselves, as the host's policy
allows. systemd starts it when somebody calls; it ends when nobody has called
for a while. Needs root. See addon-executor(8).

Options:
  --idle SECONDS        End after so long without a call. Default: 30.
  -h, --help            Print this.
  --version             Print the version.
)";

int fail(const std::string& message, addon::ErrorKind kind) {
  static_cast<void>(std::fprintf(stderr, "error: %s\n", message.c_str()));
  return static_cast<int>(kind);
}

std::optional<std::chrono::seconds> parse_seconds(std::string_view text) {
  unsigned short seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool is_number = error == std::errc() && end == text.data() + text.size() && !text.empty();
  return is_number ? std::optional(std::chrono::seconds(seconds)) : std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
  std::chrono::seconds idle{30};
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--help" || argument == "-h") return std::fputs(kHelp.data(), stdout) < 0 ? 1 : 0;
    if (argument == "--version") return std::puts("addon-executor " ADDONCTL_VERSION) < 0 ? 1 : 0;
    const auto seconds = argument == "--idle" && i + 1 < argc ? parse_seconds(argv[++i])
                                                              : std::optional<std::chrono::seconds>();
    if (!seconds) return fail("usage: addon-executor [--idle SECONDS]", addon::ErrorKind::usage);
    idle = *seconds;
  }
  if (!addon::linux::runs_as_root())
    return fail("addon-executor needs root; systemd starts it", addon::ErrorKind::unauthorised);
  if (const auto hardened = addon::linux::harden_process(); !hardened)
    return fail(hardened.error().message(), addon::ErrorKind::failed);
  auto daemon = addon::service::Daemon::open(idle);
  if (!daemon) return fail(daemon.error().message(), addon::ErrorKind::failed);
  if (const auto served = (*daemon)->run(); !served)
    return fail(served.error().message(), addon::ErrorKind::failed);
  return 0;
}
