#include "service/worker.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
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

/// One of the caller's streams, as the verb writes it: each write is a frame.
struct Outlet {
  ChannelWriter& daemon;
  ChannelKind kind;

  static ssize_t write(void* self, const char* bytes, std::size_t size) {
    auto& outlet = *static_cast<Outlet*>(self);
    return outlet.daemon.send(outlet.kind, {bytes, size}) ? static_cast<ssize_t>(size) : 0;
  }
  std::FILE* open() {
    cookie_io_functions_t functions{};
    functions.write = write;
    std::FILE* stream = fopencookie(this, "w", functions);
    return stream;
  }
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
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

void run(const Call& call, ChannelWriter& daemon) {
  Outlet out{daemon, ChannelKind::out};
  Outlet err{daemon, ChannelKind::err};
  const File out_file(out.open());
  const File err_file(err.open());
  if (out_file == nullptr || err_file == nullptr) return;
  // As a process's own are.
  std::setvbuf(err_file.get(), nullptr, _IONBF, 0);
  cli::Streams streams = call.request.streams;
  streams.out = out_file.get();
  streams.err = err_file.get();
  streams.findings_elsewhere = [&](const std::vector<Finding>& findings, bool as_results) {
    Json all = Json::array();
    for (const Finding& finding : findings) all.push_back(cli::to_json(finding));
    daemon.send(as_results ? ChannelKind::findings_as_results : ChannelKind::findings,
                all.dump(-1, ' ', false, Json::error_handler_t::replace));
  };
  cli::Console console(call.request.options, streams);
  const cli::Report report = run_verb(call, daemon, console);
  const cli::Command* command = cli::find_command(call.method->verb);
  if (!console.is_json()) cli::print(report, command, console);
  static_cast<void>(console.flush());
  const Json json = cli::to_json(report, call.method->verb);
  daemon.send(ChannelKind::report,
              fmt::format("{}\n{}", report.exit, json.dump(2, ' ', false, Json::error_handler_t::replace)));
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
