// What a run leaves behind: any bytes in the place of a journal are looked at, put aside or undone, and
// stop the next run only with an error. Then the same bytes as a record of a generation, and as an audit log.
//
// Lines that begin with '{' are given the digest that they should have, for nobody guesses one.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "core/json.hpp"
#include "executor/audit.hpp"
#include "executor/generations.hpp"
#include "executor/journal.hpp"
#include "executor/recover.hpp"
#include "fuzz/property.hpp"
#include "linux/directory.hpp"
#include "linux/offline_manager.hpp"

namespace addon::fuzz {

namespace {

namespace fs = std::filesystem;
using namespace executor;

constexpr const char* boot = "this boot";

template <class T>
T needed(Result<T> result, std::string_view what) {
  if (!result) violated(what, result.error().message());
  return std::move(*result);
}

/// Units are known, and nothing is loaded: stopping and starting work, and the rest is not there.
class Manager final : public host::UnitManager {
 public:
  bool is_live() const override { return true; }
  Result<std::vector<host::UnitStatus>> states(const std::vector<UnitName>& names) override {
    return nothing_.states(names);
  }
  Result<host::UnitStatus> inspect(const UnitName& name) override { return nothing_.inspect(name); }
  Result<> reload() override { return {}; }
  Result<> enable(const UnitName&) override { return {}; }
  Result<> disable(const UnitName&) override { return {}; }
  Result<> start(const UnitName&, std::chrono::milliseconds) override { return {}; }
  Result<> restart(const UnitName&, std::chrono::milliseconds) override { return {}; }
  Result<> stop(const UnitName&, std::chrono::milliseconds) override { return {}; }
  Result<> reset_failed(const UnitName&) override { return {}; }

 private:
  linux::OfflineManager nothing_;
};

class Nobody final : public host::Accounts {
 public:
  Result<std::optional<host::Account>> find(const std::string&) override { return std::nullopt; }
  Result<std::optional<unsigned>> find_group(const std::string&) override { return std::nullopt; }
};

class NoPrograms final : public host::ProgramRunner {
 public:
  Result<host::ProgramEnd> run(const host::ProgramCall&) override {
    return tl::unexpected(Error("recovering runs no program"));
  }
};

class Noon final : public host::Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point{};
  }
  std::chrono::microseconds monotonic() const override { return std::chrono::hours(1); }
  void sleep(std::chrono::milliseconds) override {}
};

class Silence final : public Progress {
 public:
  void doing(std::string_view) override {}
};

/// The root of a host, in memory where that is possible, and empty again for each input.
class Host {
 public:
  Host() {
    std::string name = fs::exists("/dev/shm") ? "/dev/shm/addonctl-fuzz-XXXXXX" : "/tmp/addonctl-fuzz-XXXXXX";
    must(mkdtemp(name.data()) != nullptr, "there is a directory to work in", name);
    path_ = name;
    root_ = needed(linux::open_root(name), "the directory can be opened");
  }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host() { fs::remove_all(path_); }

  /// The same tree for each: one installed version, and a unit.
  void clear() const {
    for (const fs::directory_entry& entry : fs::directory_iterator(path_)) fs::remove_all(entry.path());
    write("opt/addons/probe/versions/1.0.0/probe", "program");
    write("etc/systemd/system/probe.service", "[Service]\n");
    fs::create_directory_symlink("versions/1.0.0", path_ / "opt/addons/probe/current");
  }
  void write(const std::string& path, std::string_view text) const {
    fs::create_directories((path_ / path).parent_path());
    std::ofstream(path_ / path, std::ios::binary) << text;
  }
  host::Directory& root() { return *root_; }
  Ports ports() {
    host::PlatformFacts platform;
    platform.boot_id = boot;
    return {*root_, units_, accounts_, programs_, clock_, platform, progress_};
  }

 private:
  fs::path path_;
  std::unique_ptr<host::Directory> root_;
  Manager units_;
  Nobody accounts_;
  NoPrograms programs_;
  Noon clock_;
  Silence progress_;
};

Host& host() {
  static Host host;
  return host;
}

bool same(const OpenTransaction& a, const OpenTransaction& b) {
  return a.begun == b.begun && a.intent.steps == b.intent.steps &&
         a.intent.transaction == b.intent.transaction && a.intent.absent == b.intent.absent;
}

/// Puts aside what cannot be read: afterwards everything can, and what is open is so still.
void check_quarantine(host::Directory& root) {
  const JournalState state = needed(read_journal(root), "a journal can be looked at");
  needed(quarantine(root, state), "a journal can be put aside");
  const JournalState after = needed(read_journal(root), "what is left can be looked at");
  must(after.corrupt.empty() && after.torn.empty(), "what is left is no journal or a good one");
  must(after.open.has_value() == state.open.has_value() && (!state.open || same(*state.open, *after.open)),
       "what is open stays so");
}

/// A recovery comes to its end, or says why not and leaves the journal.
void check_recovery() {
  Ports ports = host().ports();
  const bool was_open = needed(read_journal(ports.root), "a journal can be looked at").open.has_value();
  const auto first = recover(ports);
  if (!first) {
    must(was_open && !first.error().message().empty(), "what is no journal stops nobody",
         first.error().message());
    must(needed(has_open_journal(ports.root), "the directory can be read"),
         "what could not be undone is not forgotten");
    return;
  }
  must((first->outcome == Recovery::Outcome::nothing) == !was_open, "what was open is undone or finished");
  const Recovery second = needed(recover(ports), "whoever has recovered can recover");
  must(second.outcome == Recovery::Outcome::nothing, "what is undone stays so");
  must(needed(check_audit(ports.root), "the audit log can be read").problems.empty(),
       "the audit log is whole");
}

void try_journal(std::string_view text) {
  host().clear();
  host().write("var/lib/addonctl/journal/t1.journal", text);
  check_quarantine(host().root());
  check_recovery();
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  lines.push_back(text);
  return lines;
}

/// The same journal with digests that fit.
std::string repaired(std::string_view text) {
  std::string out;
  for (const std::string_view line : lines_of(text)) {
    const bool is_last = line.data() + line.size() == text.data() + text.size();
    if (line.starts_with('{')) out += fmt::format("1 {} ", Digest::of(line).hex());
    out += line;
    if (!is_last) out += '\n';
  }
  return out;
}

void try_generation(std::string_view text) {
  const auto json = parse_json(text, "1.json");
  const auto generation = json ? plan::generation_from_json(*json) : tl::unexpected(json.error());
  if (!generation) return;
  const Json written = plan::to_json(*generation);
  const auto again = plan::generation_from_json(written);
  must(again.has_value() && plan::to_json(*again) == written,
       "a record is the same when it is written again");
}

/// A log of these lines, each chained to the one before: it is whole, and not once a digit is another one.
void try_audit(std::string_view text) {
  AuditLink end;
  std::string log;
  for (const std::string_view line : lines_of(text)) {
    const auto given = AuditLine::parse(line);
    must(!given || AuditLine::parse(given->text()).has_value(), "a line can be written again", line);
    auto record = parse_json(line, "line");
    if (!record || !record->is_object()) continue;
    record->erase("hash");
    const AuditLine chained = AuditLine::after(end, std::move(*record));
    log += chained.text() + "\n";
    end = chained.link;
  }
  host().clear();
  host().write("var/lib/addonctl/audit.log", text);
  const AuditState any = needed(check_audit(host().root()), "any log can be looked at");
  must(!any.problems.empty() || any.lines == 0, "a log without its head is not whole");
  if (log.empty()) return;
  host().write("var/lib/addonctl/audit.log", log);
  host().write("var/lib/addonctl/audit.head", head_text(end));
  const AuditState whole = needed(check_audit(host().root()), "a log can be looked at");
  must(whole.problems.empty() && whole.lines == end.seq, "a log that is whole is so",
       whole.problems.empty() ? "" : whole.problems.front());
  char& digit = log[log.rfind("\"hash\":\"") + 8];
  digit = digit == '0' ? '1' : '0';
  host().write("var/lib/addonctl/audit.log", log);
  must(!needed(check_audit(host().root()), "a log can be looked at").problems.empty(), "a change is seen");
}

void look_at(std::string_view text) {
  try_journal(text);
  if (const std::string good = repaired(text); good != text) try_journal(good);
  try_generation(text);
  try_audit(text);
}

}  // namespace

}  // namespace addon::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (geteuid() != 0) {
    static const int told = std::fputs("skipped: this test needs to run as root\n", stderr);
    return told < 0 ? 1 : 0;
  }
  addon::fuzz::look_at(addon::fuzz::text_of(data, size));
  return 0;
}
