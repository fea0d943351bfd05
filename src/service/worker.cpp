#include "service/worker.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/app.hpp"
#include "cli/report.hpp"
#include "linux/privileges.hpp"
#include "linux/process.hpp"
#include "service/handed_desk.hpp"
#include "service/worker_channel.hpp"

namespace addon::service {

namespace {

std::vector<int> descriptors_of(const Call& call, int socket) {
  std::vector<int> kept = {socket};
  for (const UniqueFd& file : call.files) kept.push_back(file.get());
  if (call.plan_file) kept.push_back(call.plan_file.get());
  return kept;
}

// dbus-daemon(1) disconnects whoever sends it 32 MiB in one message.
constexpr std::size_t kLargestReport = std::size_t{16} << 20;
constexpr std::size_t kMostAtOnce = std::size_t{256} << 10;
constexpr std::array<std::string_view, 3> kNoncharacters = {"\xEF\xB7", "\xBF\xBE", "\xBF\xBF"};

/// One of the caller's streams, as the verb writes it: each write is a frame.
struct Outlet {
  ChannelWriter& daemon;
  ChannelKind kind;

  static ssize_t write(void* self, const char* bytes, std::size_t size) {
    auto& outlet = *static_cast<Outlet*>(self);
    for (std::size_t at = 0; at < size; at += kMostAtOnce) {
      if (!outlet.daemon.send(outlet.kind, {bytes + at, std::min(kMostAtOnce, size - at)})) return 0;
    }
    return static_cast<ssize_t>(size);
  }
  std::FILE* open() {
    cookie_io_functions_t functions{};
    functions.write = write;
    std::FILE* stream = fopencookie(this, "w", functions);
    return stream;
  }
};

struct CloseFile {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// To read what is not root's own, and to cage what was handed over. Whoever only looks needs no more.
Result<> give_up_changing() {
  CapabilitySet kept;
  for (const char* name : {"cap_dac_override", "cap_setgid", "cap_setpcap", "cap_setuid"}) {
    kept.insert(*Capability::from_name(name));
  }
  return linux::keep_only(kept);
}

cli::Report run_verb(const Call& call, ChannelWriter& daemon, cli::Console& console) {
  if (!call.method->changes) {
    if (const auto given_up = give_up_changing(); !given_up) return cli::failed(given_up.error());
  }
  auto desk = HandedDesk::take_over(call, daemon);
  if (!desk) return cli::failed(desk.error());
  daemon.send(ChannelKind::taken, "");
  const cli::Command& command = *cli::find_command(call.method->verb);
  return command.run({call.request.options, console, **desk}, call.request.arguments);
}

// sd-bus carries no text with one of the code points that stand for no character (EF B7 90 to AF, and those
// that end in BF BE and BF BF), which names may have.
bool may_be_refused(std::string_view text) {
  return std::any_of(kNoncharacters.begin(), kNoncharacters.end(),
                     [&](std::string_view bytes) { return text.find(bytes) != std::string_view::npos; });
}

std::string text_of(const cli::Report& report, std::string_view verb) {
  const Json json = cli::to_json(report, verb);
  const auto dump = [](const Json& value, bool ascii) {
    return value.dump(2, ' ', ascii, Json::error_handler_t::replace);
  };
  std::string text = dump(json, false);
  if (may_be_refused(text)) text = dump(json, true);
  if (text.size() <= kLargestReport) return text;
  cli::Report short_report;
  short_report.exit = report.exit;
  short_report.error =
      fmt::format("the report is too large for the bus; {} ended with exit code {}", verb, report.exit);
  return dump(cli::to_json(short_report, verb), true);
}

void run(const Call& call, ChannelWriter& daemon) {
  Outlet out{daemon, ChannelKind::out};
  Outlet err{daemon, ChannelKind::err};
  const File out_file(out.open());
  const File err_file(err.open());
  if (out_file == nullptr || err_file == nullptr) return;
  // As a process's own are.
  static_cast<void>(std::setvbuf(err_file.get(), nullptr, _IONBF, 0));
  cli::Streams streams = call.request.streams;
  streams.out = out_file.get();
  streams.err = err_file.get();
  streams.findings_elsewhere = [&](const std::vector<Finding>& findings, bool as_results) {
    Json all = Json::array();
    for (const Finding& finding : findings) all.push_back(cli::to_json(finding));
    const std::string text = all.dump(-1, ' ', false, Json::error_handler_t::replace);
    const auto kind = as_results ? ChannelKind::findings_as_results : ChannelKind::findings;
    // Who gets no findings has the report.
    if (text.size() <= kLargestReport) daemon.send(kind, text);
  };
  cli::Console console(call.request.options, streams);
  const cli::Report report = run_verb(call, daemon, console);
  const cli::Command* command = cli::find_command(call.method->verb);
  if (!console.is_json()) cli::print(report, command, console);
  static_cast<void>(console.flush());
  daemon.send(ChannelKind::report, fmt::format("{}\n{}", report.exit, text_of(report, call.method->verb)));
}

}  // namespace

void work(Call call, UniqueFd socket) {
  static_cast<void>(linux::close_all_but(descriptors_of(call, socket.get())));
  linux::reset_signals();
  ChannelWriter daemon(std::move(socket));
  run(call, daemon);
  // Nothing of the daemon's is to be flushed or destroyed here.
  _exit(0);
}

}  // namespace addon::service
