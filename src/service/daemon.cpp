#include "service/daemon.hpp"

#include <fmt/format.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <utility>

#include "client/protocol.hpp"
#include "service/log.hpp"

namespace addon::service {

namespace {

Error event_error(int negative_errno, const char* what) { return Error::from_errno(-negative_errno, what); }

std::string name_of_unsigned(std::size_t number) { return std::to_string(number); }

// As addonctl itself does; with --verbose the verb writes it.
bool shows_progress(const cli::BusRequest& request) {
  return request.streams.err_is_terminal && request.options.format == cli::Format::text &&
         request.options.verbosity == cli::Verbosity::normal;
}

void kill_worker(const Job& job, int signal) {
  if (job.worker > 0) kill(job.worker, signal);
}

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::open(std::chrono::seconds idle) {
  sd_event* event = nullptr;
  if (const int r = sd_event_new(&event); r < 0)
    return tl::unexpected(event_error(r, "cannot make an event loop"));
  Event owned(event);
  sd_bus* bus = nullptr;
  if (const int r = sd_bus_open_system(&bus); r < 0)
    return tl::unexpected(event_error(r, "cannot connect to the system bus"));
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(owned), BusHandle(bus), idle));
  TRY(daemon->set_up());
  return daemon;
}

Daemon::~Daemon() {
  for (const Job& job : jobs_) kill_worker(job, SIGTERM);
}

Result<> Daemon::set_up() {
  int r = sd_bus_attach_event(bus_.get(), event_.get(), SD_EVENT_PRIORITY_NORMAL);
  if (r >= 0) {
    r = sd_bus_add_object_vtable(bus_.get(), nullptr, client::kObjectPath, client::kInterface, vtable(),
                                 this);
  }
  sigset_t ends;
  sigemptyset(&ends);
  for (const int signal : {SIGTERM, SIGINT}) {
    sigaddset(&ends, signal);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): there is no other thread
    sigprocmask(SIG_BLOCK, &ends, nullptr);
    if (r >= 0) r = sd_event_add_signal(event_.get(), nullptr, signal, on_signal, this);
  }
  if (r < 0) return tl::unexpected(event_error(r, "cannot set up the event loop"));
  return take_name();
}

Result<> Daemon::take_name() {
  const int r = sd_bus_request_name(bus_.get(), client::kBusName, 0);
  if (r >= 0) return {};
  if (r == -EEXIST || r == -EALREADY)
    return tl::unexpected(Error("another addon-executor serves the system bus already"));
  return tl::unexpected(
      event_error(r,
                  "cannot take the name io.addonctl.Executor1 on the system bus; its bus policy lets only "
                  "root"));
}

Result<> Daemon::run() {
  rest();
  const int r = sd_event_loop(event_.get());
  if (r < 0) return tl::unexpected(event_error(r, "the event loop failed"));
  return {};
}

void Daemon::retire() {
  is_ending_ = true;
  sd_bus_release_name(bus_.get(), client::kBusName);
  // What arrived before the bus knew that the name is free is told to come again; what comes after that
  // starts another executor.
  while (sd_bus_process(bus_.get(), nullptr) > 0) continue;
  sd_event_exit(event_.get(), 0);
}

void Daemon::take_call(sd_bus_message* message) {
  const std::string_view from = sd_bus_message_get_sender(message);
  const char* member = sd_bus_message_get_member(message);
  const auto of_connection = std::count_if(jobs_.begin(), jobs_.end(), [&](const Job& job) {
    return from == sd_bus_message_get_sender(job.message.get());
  });
  const std::string too_many = fmt::format("{} calls of yours wait or run already; try again when they ended",
                                           name_of_unsigned(limits_.calls_per_user));
  if (is_ending_ || static_cast<std::size_t>(of_connection) >= limits_.calls_per_user) {
    sd_bus_reply_method_errorf(message, is_ending_ ? client::kEnding : client::kLimitsExceeded, "%s",
                               is_ending_ ? "addon-executor is ending; try again" : too_many.c_str());
    return;
  }
  auto sender = read_sender(message);
  if (!sender) {
    log_trouble(fmt::format("refused {}: {}", member, sender.error().message()));
    sd_bus_reply_method_errorf(message, client::kAccessDenied, "%s", sender.error().message().c_str());
    return;
  }
  const auto of_user = std::count_if(jobs_.begin(), jobs_.end(), [&](const Job& job) {
    return job.sender.caller.uid == sender->caller.uid;
  });
  const bool is_full =
      static_cast<std::size_t>(of_user) >= limits_.calls_per_user || jobs_.size() >= limits_.calls;
  if (sender->caller.uid != 0 && is_full) {
    log_refusal(*sender, member, "too many calls at once");
    sd_bus_reply_method_errorf(message, client::kLimitsExceeded, "%s", too_many.c_str());
    return;
  }
  auto call = read_call(message);
  if (!call) {
    sd_bus_reply_method_errorf(message, client::kInvalidArgs, "%s", call.error().message().c_str());
    return;
  }
  call->caller = sender->caller;
  call->pid = sender->pid;
  Job& job = jobs_.emplace_back();
  job.daemon = this;
  job.message = Message(sd_bus_message_ref(message));
  job.call = *std::move(call);
  job.sender = *std::move(sender);
  idle_source_.reset();
  sd_bus_track* track = nullptr;
  if (sd_bus_track_new(bus_.get(), &track, on_gone, &job) >= 0) {
    job.track = Track(track);
    sd_bus_track_add_sender(track, message);
  }
  auto question = authority_.ask(message, *job.call.method, job.sender.caller.uid,
                                 [this, &job](Verdict verdict) { decided(job, verdict); });
  // Where it was answered at once the job may be gone already.
  if (question) job.question = std::move(question);
}

void Daemon::decided(Job& job, Verdict verdict) {
  const client::Method& method = *job.call.method;
  if (verdict == Verdict::refused) {
    log_refusal(job.sender, method.name, "not authorised");
    return refuse(job, client::kAccessDenied, fmt::format("{}: you are not authorised", method.verb));
  }
  job.state = Job::State::waiting;
  start_waiting();
}

// Whoever has the fewest running comes first, and of theirs the oldest.
Job* Daemon::next_waiting() {
  const auto running_of = [this](unsigned uid) {
    return static_cast<std::size_t>(std::count_if(jobs_.begin(), jobs_.end(), [&](const Job& job) {
      return job.state == Job::State::running && job.sender.caller.uid == uid;
    }));
  };
  Job* best = nullptr;
  std::size_t least = 0;
  for (Job& job : jobs_) {
    if (job.state != Job::State::waiting) continue;
    const unsigned uid = job.sender.caller.uid;
    const std::size_t running = running_of(uid);
    const bool has_turn = uid == 0 || running < limits_.running_per_user;
    if (!has_turn || (best != nullptr && running >= least)) continue;
    best = &job;
    least = running;
  }
  return best;
}

void Daemon::start_waiting() {
  const auto count_running = [this] {
    return static_cast<std::size_t>(std::count_if(jobs_.begin(), jobs_.end(), [](const Job& job) {
      return job.state == Job::State::running && job.sender.caller.uid != 0;
    }));
  };
  while (Job* job = next_waiting()) {
    if (job->sender.caller.uid != 0 && count_running() >= limits_.running) return;
    if (const auto started = start(*job); !started) {
      log_trouble(started.error().message());
      refuse(*job, client::kFailed, started.error().message());
    }
  }
}

Result<> Daemon::start(Job& job) {
  TRY(start_worker(job));
  job.state = Job::State::running;
  sd_event_source* source = nullptr;
  int r = sd_event_add_io(event_.get(), &source, job.socket.get(), EPOLLIN, on_frames, &job);
  job.on_socket = EventSource(source);
  if (r >= 0) r = give_time(job, limits_.handing_over);
  if (r >= 0) return {};
  kill_worker(job, SIGKILL);
  end_worker(job);
  return tl::unexpected(event_error(r, "cannot watch a worker"));
}

int Daemon::give_time(Job& job, std::chrono::microseconds time) {
  sd_event_source* source = nullptr;
  const int r = sd_event_add_time_relative(event_.get(), &source, CLOCK_MONOTONIC,
                                           static_cast<std::uint64_t>(time.count()), 0, on_timeout, &job);
  job.on_timeout = EventSource(source);
  return r;
}

// What a worker has said so far. False once it says no more.
bool Daemon::hear(Job& job) {
  const bool goes_on = job.frames.receive(job.socket.get());
  while (auto frame = job.frames.next()) take_frame(job, *std::move(frame));
  return goes_on;
}

void Daemon::take_frame(Job& job, ChannelFrame frame) {
  switch (frame.kind) {
    case ChannelKind::taken:
      job.on_timeout.reset();
      if (!job.call.method->changes) give_time(job, limits_.looking);
      break;
    case ChannelKind::begun:
      job.has_begun = true;
      changed_progress();
      break;
    case ChannelKind::progress:
      job.progress = std::move(frame.bytes);
      if (job.has_begun) changed_progress();
      if (shows_progress(job.call.request)) pass_on(job, client::Stream::progress, job.progress);
      break;
    case ChannelKind::out:
      return pass_on(job, client::Stream::out, frame.bytes);
    case ChannelKind::err:
      return pass_on(job, client::Stream::err, frame.bytes);
    case ChannelKind::findings:
      return pass_on(job, client::Stream::findings, frame.bytes);
    case ChannelKind::findings_as_results:
      return pass_on(job, client::Stream::findings_as_results, frame.bytes);
    case ChannelKind::report:
      job.report = std::move(frame.bytes);
      break;
  }
}

void Daemon::pass_on(const Job& job, client::Stream stream, const std::string& bytes) {
  if (job.is_abandoned) return;
  std::uint64_t cookie = 0;
  sd_bus_message* made = nullptr;
  int r = sd_bus_message_get_cookie(job.message.get(), &cookie);
  if (r >= 0)
    r = sd_bus_message_new_signal(bus_.get(), &made, client::kObjectPath, client::kInterface, "Output");
  const Message signal(made);
  if (r >= 0)
    r = sd_bus_message_append(made, "uy", static_cast<std::uint32_t>(cookie),
                              static_cast<std::uint8_t>(stream));
  if (r >= 0) r = sd_bus_message_append_array(made, 'y', bytes.data(), bytes.size());
  if (r >= 0) sd_bus_send_to(bus_.get(), made, sd_bus_message_get_sender(job.message.get()), nullptr);
}

void Daemon::finish(Job& job) {
  // Whoever does not speak as a worker does is not waited for.
  if (job.frames.is_broken()) kill_worker(job, SIGKILL);
  job.on_socket.reset();
  job.socket.reset();
  const std::string how = end_worker(job);
  const bool changed = job.has_begun;
  if (!job.report) {
    const std::string what = fmt::format("the process that ran {} {}", job.call.method->verb, how);
    log_trouble(what);
    refuse(job, client::kFailed,
           what + (changed ? "; addonctl recover undoes what it was cut off from" : "; nothing was changed"));
  } else {
    const std::string_view report = *job.report;
    int exit = 1;
    const std::size_t line = report.find('\n');
    std::from_chars(report.data(), report.data() + std::min(line, report.size()), exit);
    const std::string text(line == std::string_view::npos ? "" : report.substr(line + 1));
    const bool is_wanted = !job.is_abandoned;
    if (is_wanted && sd_bus_reply_method_return(job.message.get(), "is", exit, text.c_str()) < 0) {
      const std::string what =
          fmt::format("{} ended with exit code {}, but its report cannot be sent over the bus",
                      job.call.method->verb, exit);
      sd_bus_reply_method_errorf(job.message.get(), client::kFailed, "%s", what.c_str());
    }
    drop(job);
  }
  if (changed) changed_progress();
  start_waiting();
}

// Only what has begun to change the host goes on alone.
void Daemon::abandon(Job& job) {
  job.is_abandoned = true;
  if (job.state != Job::State::running) return drop(job);
  // It may have begun while this process looked elsewhere.
  hear(job);
  if (!job.has_begun) kill_worker(job, SIGKILL);
}

void Daemon::refuse(Job& job, const char* error, const std::string& why) {
  if (!job.is_abandoned) sd_bus_reply_method_errorf(job.message.get(), error, "%s", why.c_str());
  drop(job);
}

void Daemon::drop(Job& job) {
  jobs_.remove_if([&](const Job& one) { return &one == &job; });
  if (!jobs_.empty()) return;
  if (is_ending_) {
    sd_event_exit(event_.get(), 0);
  } else {
    rest();
  }
}

void Daemon::rest() {
  sd_event_source* source = nullptr;
  const auto idle = std::chrono::microseconds(idle_);
  sd_event_add_time_relative(event_.get(), &source, CLOCK_MONOTONIC, static_cast<std::uint64_t>(idle.count()),
                             0, on_idle, this);
  idle_source_ = EventSource(source);
}

void Daemon::end_soon() {
  is_ending_ = true;
  for (const Job& job : jobs_) kill_worker(job, SIGTERM);
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    Job& one = *job++;
    if (one.state != Job::State::running) refuse(one, client::kEnding, "addon-executor is ending; try again");
  }
  if (jobs_.empty()) sd_event_exit(event_.get(), 0);
}

void Daemon::changed_progress() {
  sd_bus_emit_properties_changed(bus_.get(), client::kObjectPath, client::kInterface, "Progress", nullptr);
}

}  // namespace addon::service
