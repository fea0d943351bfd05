#include "linux/transient_runner.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <memory>
#include <thread>
#include <utility>

#include "core/text.hpp"
#include "core/unique_fd.hpp"
#include "linux/manager_connection.hpp"
#include "linux/program_runner.hpp"
#include "linux/resolve.hpp"

namespace addon::linux {

namespace {

using std::chrono::milliseconds;

constexpr const char* kSetpriv = "/usr/bin/setpriv";
constexpr const char* kBusSocket = "/run/dbus/system_bus_socket";
constexpr std::chrono::seconds kReply{30};
// Beyond the program's own time, for systemd to kill it and to say so.
constexpr std::chrono::seconds kGrace{15};

/// Keeps the beginning of what arrives at a pipe, in a thread of its own, until its end.
class Collector {
 public:
  static Result<std::unique_ptr<Collector>> start(std::size_t limit) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
      return tl::unexpected(Error::from_errno(errno, "cannot make a pipe"));
    return std::unique_ptr<Collector>(new Collector(UniqueFd(ends[0]), UniqueFd(ends[1]), limit));
  }
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  ~Collector() { finish(); }

  int write_end() const { return write_.get(); }

  /// What was kept; of what still writes, once all that belonged to it has been killed, nothing is awaited.
  std::string finish() {
    write_.reset();
    stop_.store(true);
    if (thread_.joinable()) thread_.join();
    return std::move(kept_);
  }

 private:
  Collector(UniqueFd from, UniqueFd to, std::size_t limit)
      : read_(std::move(from)), write_(std::move(to)), limit_(limit), thread_([this] { collect(); }) {}

  void collect() {
    constexpr int pause_ms = 20;
    std::array<char, 16384> buffer{};
    for (;;) {
      pollfd source{read_.get(), POLLIN, 0};
      const int ready = poll(&source, 1, pause_ms);
      if (ready == 0 && stop_.load()) return;
      if (ready <= 0) continue;
      const ssize_t got = retry([&] { return ::read(read_.get(), buffer.data(), buffer.size()); });
      if (got <= 0) return;
      const auto room = std::min(static_cast<std::size_t>(got), limit_ - std::min(limit_, kept_.size()));
      kept_.append(buffer.data(), room);
    }
  }

  UniqueFd read_;
  UniqueFd write_;
  std::size_t limit_;
  std::string kept_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;  // last, so that it begins after what it uses
};

Result<std::string> random_unit() {
  std::uint64_t number = 0;
  if (getrandom(&number, sizeof number, 0) != sizeof number)
    return tl::unexpected(Error::from_errno(errno, "cannot name a transient unit"));
  return fmt::format("addonctl-run-{:016x}.service", number);
}

int append_command(sd_bus_message* message, const std::vector<std::string>& words) {
  int r = sd_bus_message_open_container(message, SD_BUS_TYPE_STRUCT, "sv");
  if (r >= 0) r = sd_bus_message_append(message, "s", "ExecStartEx");
  if (r >= 0) r = sd_bus_message_open_container(message, SD_BUS_TYPE_VARIANT, "a(sasas)");
  if (r >= 0) r = sd_bus_message_open_container(message, SD_BUS_TYPE_ARRAY, "(sasas)");
  if (r >= 0) r = sd_bus_message_open_container(message, SD_BUS_TYPE_STRUCT, "sasas");
  if (r >= 0) r = sd_bus_message_append(message, "s", words.front().c_str());
  if (r >= 0) r = sd_bus_message_open_container(message, SD_BUS_TYPE_ARRAY, "s");
  for (const std::string& word : words) {
    if (r >= 0) r = sd_bus_message_append(message, "s", word.c_str());
  }
  if (r >= 0) r = sd_bus_message_close_container(message);
  // Its words mean what they say: "$" begins no variable.
  if (r >= 0) r = sd_bus_message_append(message, "as", 1, "no-env-expand");
  for (int open = 0; open < 4; ++open) {
    if (r >= 0) r = sd_bus_message_close_container(message);
  }
  return r;
}

// As User= would, but for the groups that the user has besides: ProcessRunner gives it none. setpriv(1) then
// becomes the program.
std::vector<std::string> as_user(const host::ProgramCall& call) {
  std::vector<std::string> words = {kSetpriv,
                                    fmt::format("--reuid={}", call.as->uid),
                                    fmt::format("--regid={}", call.as->gid),
                                    "--clear-groups",
                                    "--inh-caps=-all",
                                    "--"};
  words.insert(words.end(), call.words.begin(), call.words.end());
  return words;
}

int append_properties(sd_bus_message* message, const host::ProgramCall& call, int output, int errors) {
  const auto timeout = static_cast<std::uint64_t>(std::chrono::microseconds(call.timeout).count());
  int r = sd_bus_message_append(
      message, "(sv)(sv)(sv)(sv)(sv)(sv)(sv)(sv)(sv)(sv)(sv)(sv)",                         //
      "Description", "s", "A program that addonctl runs", "Type", "s", "oneshot",          //
      "NoNewPrivileges", "b", 1, "UMask", "u", 022U, "LimitCORE", "t", std::uint64_t{0},   //
      "TimeoutStartUSec", "t", timeout, "TimeoutStopUSec", "t", std::uint64_t{1'000'000},  //
      "KillSignal", "i", SIGKILL, "WorkingDirectory", "s", "/",                            //
      "Environment", "as", 2, "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",      //
      "StandardOutputFileDescriptor", "h", output, "StandardErrorFileDescriptor", "h", errors);
  return r < 0 ? r : append_command(message, as_user(call));
}

int append_unit(sd_bus_message* message, const std::string& name, const host::ProgramCall& call, int output,
                int errors) {
  int r = sd_bus_message_append(message, "ss", name.c_str(), "fail");
  if (r >= 0) r = sd_bus_message_open_container(message, SD_BUS_TYPE_ARRAY, "(sv)");
  if (r >= 0) r = append_properties(message, call, output, errors);
  if (r >= 0) r = sd_bus_message_close_container(message);
  return r < 0 ? r : sd_bus_message_append(message, "a(sa(sv))", 0);
}

template <class T>
T property(const Properties& properties, const char* name) {
  const auto found = properties.find(name);
  const T* value = found == properties.end() ? nullptr : std::get_if<T>(&found->second);
  return value == nullptr ? T{} : *value;
}

/// How the main process of a unit that failed has ended; forgets the failure.
Result<host::ProgramEnd> read_end(ManagerConnection& manager, const std::string& unit,
                                  const std::string& doing) {
  const Message get = TRY(manager.manager_call(doing, "GetUnit"));
  if (const int r = sd_bus_message_append(get.get(), "s", unit.c_str()); r < 0)
    return tl::unexpected(wire_error(doing, r));
  const Message reply = TRY(manager.call(doing, get, kReply));
  const char* path = nullptr;
  if (const int r = sd_bus_message_read(reply.get(), "o", &path); r < 0)
    return tl::unexpected(wire_error(doing, r));
  const Properties properties = TRY(manager.properties(doing, path, "org.freedesktop.systemd1.Service"));
  const Message forget = TRY(manager.manager_call(doing, "ResetFailedUnit"));
  if (sd_bus_message_append(forget.get(), "s", unit.c_str()) >= 0)
    static_cast<void>(manager.call(doing, forget, kReply));
  host::ProgramEnd end;
  end.status = property<std::int32_t>(properties, "ExecMainStatus");
  const auto code = property<std::int32_t>(properties, "ExecMainCode");
  if (property<std::string>(properties, "Result") == "timeout") {
    end.how = host::ProgramEnd::How::timed_out;
    end.status = 0;
  } else if (code == CLD_KILLED || code == CLD_DUMPED) {
    end.how = host::ProgramEnd::How::killed;
  }
  return end;
}

}  // namespace

Result<host::ProgramEnd> TransientRunner::run(const host::ProgramCall& call) {
  if (!call.as) return ProcessRunner().run(call);
  if (call.as->uid == 0)
    return tl::unexpected(Error(fmt::format("cannot run {} as root", call.words.front())));
  const std::string doing = fmt::format("run {}", call.words.front());
  const auto output = TRY(Collector::start(call.output_limit));
  const auto errors = TRY(Collector::start(call.output_limit));
  const std::string unit = TRY(random_unit());
  const auto manager = TRY(ManagerConnection::open(kBusSocket, ManagerConnection::Kind::bus));
  const Message start = TRY(manager->manager_call(doing, "StartTransientUnit"));
  if (const int r = append_unit(start.get(), unit, call, output->write_end(), errors->write_end()); r < 0)
    return tl::unexpected(wire_error(doing, r));
  const auto patience = std::chrono::duration_cast<milliseconds>(call.timeout + kGrace);
  const JobResult result = TRY(manager->run_job(doing, start, patience));
  host::ProgramEnd end;
  if (result != "done") end = TRY(read_end(*manager, unit, doing));
  end.output = output->finish();
  end.errors = errors->finish();
  constexpr std::string_view own = "setpriv: ";
  if (!end.is_success() && end.errors.starts_with(own)) {
    return tl::unexpected(Error(fmt::format("cannot run {}: {}", call.words.front(),
                                            printable(trim(end.errors).substr(own.size())))));
  }
  return end;
}

}  // namespace addon::linux
