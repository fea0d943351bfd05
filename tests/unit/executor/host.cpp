#include "unit/executor/host.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "bundle/archive.hpp"
#include "bundle/pack.hpp"
#include "linux/directory.hpp"
#include "linux/offline_manager.hpp"
#include "linux/program_runner.hpp"

namespace addon::executor::test {

namespace fs = std::filesystem;

namespace {
constexpr const char* kPolicy = R"(policy: test
version: 1
capabilities: {allow: [CAP_NET_RAW]}
supervision: {allow: [systemd-service, systemd-timer, agent-sidecar, config-toggle]}
delivery: {allow: [pushed-artifact, os-package, compiled-in]}
run_as: {allow: [probe], allow_dynamic_user: true}
units: {names: ["probe*", "scan*", "helper*"], exec_paths: ["/usr/lib/probe/*"]}
paths: {state_dirs: ["/var/lib/probe", "/var/lib/probe/**", "/srv/**"]}
)";

policy::SitePolicy test_policy() {
  policy::ParsedPolicy parsed = policy::parse_policy({{"policy.yaml", kPolicy}});
  REQUIRE(messages(parsed.findings) == Lines{});
  return std::move(*parsed.policy);
}

class Users final : public host::Accounts {
 public:
  explicit Users(const std::set<std::string>& unknown) : unknown_(unknown) {}
  Result<std::optional<host::Account>> find(const std::string& user) override {
    if (user != "probe" || unknown_.contains(user)) return std::nullopt;
    return host::Account{990, 991};
  }
  Result<std::optional<unsigned>> find_group(const std::string& group) override {
    return group == "probe" ? std::optional(991U) : std::nullopt;
  }

 private:
  const std::set<std::string>& unknown_;
};

class Listener final : public Progress {
 public:
  explicit Listener(Host& host) : host_(host) {}
  void doing(std::string_view what) override {
    host_.progress.emplace_back(what);
    if (host_.on_progress) host_.on_progress(what);
  }

 private:
  Host& host_;
};

std::string new_directory(const std::string& parent) {
  std::string path = parent + "/addonctl-executor-XXXXXX";
  REQUIRE(mkdtemp(path.data()) != nullptr);
  REQUIRE(chmod(path.c_str(), 0755) == 0);
  return path;
}

/// The world as the executor sees it.
struct World {
  std::unique_ptr<host::Directory> root;
  linux::OfflineManager no_units;
  Users users;
  linux::ProcessRunner programs;
  Listener listener;
  Ports ports;

  World(Host& host, const std::string& path)
      : root(opened(path, host.faults)),
        users(host.unknown_users),
        listener(host),
        ports{*root,      host.offline ? static_cast<host::UnitManager&>(no_units) : host.units,
              users,      programs,
              host.clock, {CapabilitySet::all(), false, true, host.boot},
              listener,   &host.interrupted,
              host.caller} {
    ports.packages = host.packages;
  }

  static std::unique_ptr<host::Directory> opened(const std::string& path, Faults& faults) {
    auto root = linux::open_root(path);
    REQUIRE(error_of(root) == "");
    return with_faults(std::move(*root), faults);
  }
};
}  // namespace

Lines messages(const std::vector<Finding>& findings) { return plan::test::messages(findings); }

std::string raw_capabilities(const std::string& path) {
  std::array<unsigned char, 64> value{};
  const ssize_t size = lgetxattr(path.c_str(), "security.capability", value.data(), value.size());
  std::string hex;
  for (ssize_t at = 0; at < size; ++at) hex += fmt::format("{:02x}", value[static_cast<std::size_t>(at)]);
  return hex;
}

namespace {
// It tells of what failed, too, and stays with the directories that it is in.
bool is_audit(const std::string& path) {
  return path == "/var" || path == "/var/lib" || path == "/var/lib/addonctl" ||
         path.starts_with("/var/lib/addonctl/audit.");
}
}  // namespace

Snapshot snapshot_of(const std::string& directory) {
  Snapshot snapshot;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string path = entry.path();
    if (is_audit(path.substr(directory.size()))) continue;
    struct stat state {};
    REQUIRE(lstat(path.c_str(), &state) == 0);
    std::string what = fmt::format("{:06o} {}:{} ", state.st_mode, state.st_uid, state.st_gid);
    if (S_ISLNK(state.st_mode)) what += "-> " + link_of(path);
    if (S_ISREG(state.st_mode)) {
      what += fmt::format("{} links, {} {}", state.st_nlink, Digest::of(read_file(path)).hex(),
                          raw_capabilities(path));
    }
    snapshot.emplace(path.substr(directory.size()), what);
  }
  return snapshot;
}

Lines difference(const Snapshot& before, const Snapshot& after) {
  Lines lines;
  for (const auto& [path, what] : before) {
    const auto found = after.find(path);
    if (found == after.end()) {
      lines.push_back("gone: " + path);
    } else if (found->second != what) {
      lines.push_back(fmt::format("{}: {} became {}", path, what, found->second));
    }
  }
  for (const auto& [path, what] : after) {
    if (!before.contains(path)) lines.push_back("new: " + path);
  }
  return lines;
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

bool exists(const std::string& path) {
  struct stat state {};
  return lstat(path.c_str(), &state) == 0;
}

std::string link_of(const std::string& path) {
  std::error_code failed;
  const auto target = fs::read_symlink(path, failed);
  return failed ? "" : target.string();
}

Lines names_in(const std::string& directory) {
  Lines names;
  for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::string Host::memory() {
  const std::string probe = "/dev/shm/addonctl-executor-" + std::to_string(getpid());
  write_file(probe, "");
  const unsigned char nothing[20] = {0, 0, 0, 2};
  const bool works = setxattr(probe.c_str(), "security.capability", nothing, sizeof nothing, 0) == 0;
  unlink(probe.c_str());
  return works ? "/dev/shm" : "/tmp";
}

Host::Host(const std::string& parent)
    : units("", clock), top_(new_directory(parent)), root_(top_ + "/root"), policy_(test_policy()) {
  fs::create_directory(root_);
  fs::create_directory(top_ + "/bundles");
  units.set_root(root_);
  units.before_call = [this] { faults.survive(); };
}

Host::~Host() {
  std::error_code ignored;
  fs::remove_all(top_, ignored);
}

void Host::write_bundle(const std::string& name, const Files& files) const {
  fs::remove_all(bundle_path(name));
  fs::create_directory(bundle_path(name));
  for (const auto& [file, text] : files) write_file(bundle_path(name) + "/" + file, text);
}

Request Host::apply(std::initializer_list<const char*> bundles) const {
  Request request;
  for (const char* name : bundles) {
    auto directory = linux::open_directory_path(bundle_path(name));
    REQUIRE(error_of(directory) == "");
    request.bundles.push_back({name, std::shared_ptr<const host::Directory>(std::move(*directory))});
  }
  return request;
}

namespace {
std::string packed(const std::string& name, std::shared_ptr<const host::Directory> directory) {
  const bundle::ReadBundle read =
      bundle::read_directory(std::move(directory), name, bundle::Origin::bundle, {});
  REQUIRE(messages(read.findings) == Lines{});
  std::string bytes;
  const auto done = bundle::pack(*read.bundle, bundle::Packing::zstd, [&](std::span<const std::byte> more) {
    bytes.append(reinterpret_cast<const char*>(more.data()), more.size());
    return Result<>();
  });
  REQUIRE(error_of(done) == "");
  return bytes;
}
}  // namespace

Request Host::apply_archives(std::initializer_list<const char*> bundles) const {
  Request request;
  roots_.push_back(std::move(*linux::open_root(root_)));
  incoming_.push_back(std::make_unique<Incoming>(*roots_.back()));
  for (const char* name : bundles) {
    const std::string path = bundle_path(name) + ".tar.zst";
    write_file(path, packed(name, std::move(*linux::open_directory_path(bundle_path(name)))));
    const auto file = linux::open_file_path(path);
    REQUIRE(error_of(file) == "");
    auto into = incoming_.back()->make();
    REQUIRE(error_of(into) == "");
    bundle::ArchiveOptions options;
    options.into = std::move(*into);
    auto read = bundle::read_archive(**file, name, std::move(options));
    REQUIRE(error_of(read) == "");
    request.bundles.push_back({name, nullptr, std::make_shared<const bundle::ReadBundle>(*std::move(read))});
  }
  return request;
}

Request Host::remove(std::initializer_list<const char*> ids) {
  Request request;
  request.verb = Request::Verb::remove;
  for (const char* id : ids) request.addons.insert(plan::test::id(id));
  return request;
}

Request Host::rollback(const char* id) {
  Request request;
  request.verb = Request::Verb::rollback_addon;
  request.addons.insert(plan::test::id(id));
  return request;
}

Request Host::rollback_host(std::optional<std::uint64_t> generation) {
  Request request;
  request.verb = Request::Verb::rollback_host;
  request.generation = generation;
  return request;
}

Request Host::repair() {
  Request request;
  request.verb = Request::Verb::repair;
  return request;
}

Result<Prepared> Host::prepare(const Request& request) {
  // Faults are for the executor.
  const auto faults_to_come = std::exchange(faults.fail_at, std::nullopt);
  const auto death_to_come = std::exchange(faults.kill_at, std::nullopt);
  World world(*this, root_);
  auto prepared = executor::prepare(request, policy_, world.ports);
  faults.fail_at = faults_to_come;
  faults.kill_at = death_to_come;
  return prepared;
}

Result<Outcome> Host::execute(const Prepared& prepared) {
  if (has_errors(prepared.findings)) return tl::unexpected(Error::of(prepared.findings));
  World world(*this, root_);
  const auto today = std::chrono::floor<std::chrono::days>(clock.now());
  const auto approved = TRY(policy::approve(prepared.plan, policy_, today));
  return executor::execute(approved, prepared.bundles, prepared.generation, world.ports);
}

Result<Recovery> Host::recover() {
  World world(*this, root_);
  return executor::recover(world.ports);
}

Result<Outcome> Host::run(const Request& request) { return execute(TRY(prepare(request))); }

Outcome Host::must(const Request& request) {
  const auto outcome = run(request);
  if (!outcome) {
    for (const std::string& line : messages(outcome.error().findings())) UNSCOPED_INFO(line);
  }
  REQUIRE(error_of(outcome) == "");
  CHECK(outcome->warnings == Lines{});
  return *outcome;
}

Outcome Host::install(const std::string& name, const Files& files) {
  write_bundle(name, files);
  return must(apply({name.c_str()}));
}

}  // namespace addon::executor::test
