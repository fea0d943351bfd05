#include "service/handed_desk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/archive_signature.hpp"
#include "cli/artifacts.hpp"
#include "core/text.hpp"
#include "linux/accounts.hpp"
#include "linux/directory.hpp"
#include "linux/handed_file.hpp"
#include "linux/transient_runner.hpp"

namespace addon::service {

namespace {

std::string text_of(const client::Source& source, std::string_view name) {
  const auto found = source.more.find(name);
  if (found == source.more.end()) return "";
  const auto* text = std::get_if<std::string>(&found->second);
  return text == nullptr ? "" : *text;
}

std::optional<std::uint64_t> number_of(const client::Source& source, std::string_view name) {
  const auto found = source.more.find(name);
  if (found == source.more.end()) return std::nullopt;
  const auto* number = std::get_if<std::uint64_t>(&found->second);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

Error wrong_source(const client::Source& source, std::string_view what) {
  return Error(fmt::format("{}: {}", printable(source.path), what), ErrorKind::invalid);
}

// Where what is handed over waits: the executor's own state.
Result<std::unique_ptr<host::Directory>> open_spool() {
  const auto root = TRY(linux::open_root("/"));
  return root->make_directories(RelativePath::of({"var", "lib", "addonctl"}));
}

// A source's part of its file.
Result<std::unique_ptr<host::File>> part_of(const client::Source& source, const linux::TakenFile& file) {
  const std::uint64_t offset = number_of(source, "offset").value_or(0);
  const std::uint64_t rest = offset > file.size() ? 0 : file.size() - offset;
  return file.part(offset, number_of(source, "size").value_or(rest));
}

Finding not_handed(const std::string& path) {
  Finding finding =
      make_finding(rules::bundle_unreadable, "it was not handed over with the call", {path, 0, 0});
  finding.fix = "name every bundle of the plan in the call";
  return finding;
}

}  // namespace

Result<std::unique_ptr<HandedDesk>> HandedDesk::take_over(const Call& call, ChannelWriter& daemon) {
  linux::LiveAccounts accounts;
  const linux::CageTerms terms = TRY(cage_terms(accounts));
  std::unique_ptr<HandedDesk> desk(new HandedDesk(call, daemon, terms));
  if (call.files.empty() && !call.plan_file) return desk;
  const auto spool = TRY(open_spool());
  // Each file once, however many bundles are in it; and all that has to be copied together is no more than
  // one bundle may have.
  std::uint64_t left = bundle::kMaxBundleBytes;
  std::vector<linux::TakenFile> files;
  for (const UniqueFd& file : call.files) {
    files.push_back(TRY(linux::TakenFile::take_over(file.get(), left, *spool)));
    if (files.back().is_copy()) left -= files.back().size();
  }
  for (const client::Source& source : call.sources) {
    if (source.kind != "archive" && source.kind != "directory")
      return tl::unexpected(wrong_source(source, "a bundle is of the kind archive or directory"));
    desk->parts_.push_back(TRY_CONTEXT(printable(source.path), part_of(source, files.at(source.file))));
  }
  if (call.plan_file) {
    const linux::TakenFile plan = TRY(linux::TakenFile::take_over(call.plan_file.get(), left, *spool));
    // One byte over the limit is enough for its parser to refuse it as too large.
    constexpr std::uint64_t most = (std::uint64_t{64} << 20) + 1;
    desk->plan_ = TRY(plan.part(0, std::min(most, plan.size())));
  }
  return desk;
}

bool HandedDesk::is_plan_file(const std::string& /*operand*/) const {
  return call_.method->operands == client::Operands::plan_sources;
}

cli::SourceName HandedDesk::name(const std::string& operand, const std::string& /*plan_file*/) const {
  const std::vector<std::string>& operands = call_.request.arguments.operands;
  const auto found = std::find(operands.begin(), operands.end(), operand);
  const auto index = static_cast<std::size_t>(found - operands.begin());
  if (index >= call_.sources.size()) return {operand, operand};
  return {call_.sources[index].path, call_.sources[index].name};
}

cli::SourceName HandedDesk::locate(const std::string& name, const std::string& /*plan_file*/,
                                   const std::optional<std::string>& /*below*/) const {
  const auto found = std::find_if(call_.sources.begin(), call_.sources.end(),
                                  [&](const client::Source& source) { return source.name == name; });
  return {found == call_.sources.end() ? name : found->path, name};
}

Result<std::vector<executor::BundleSource>> HandedDesk::open(const std::vector<cli::SourceName>& sources,
                                                             const cli::Opening& opening) {
  std::vector<executor::BundleSource> opened;
  std::vector<Finding> findings;
  for (const cli::SourceName& wanted : sources) {
    const auto found =
        std::find_if(call_.sources.begin(), call_.sources.end(), [&](const client::Source& source) {
          return source.name == wanted.name && source.path == wanted.path;
        });
    if (found == call_.sources.end()) {
      findings.push_back(not_handed(wanted.path));
      continue;
    }
    auto one = open_one(static_cast<std::size_t>(found - call_.sources.begin()), opening);
    if (!one) {
      return tl::unexpected(std::move(one)
                                .error()
                                .with_context(fmt::format("nothing was changed, since {} cannot be unpacked",
                                                          printable(wanted.path)))
                                .with_kind(ErrorKind::rolled_back));
    }
    opened.push_back(*std::move(one));
  }
  if (!findings.empty()) return tl::unexpected(Error::of(std::move(findings)));
  return opened;
}

Result<executor::BundleSource> HandedDesk::open_one(std::size_t index, const cli::Opening& opening) {
  const client::Source& source = call_.sources[index];
  const std::string file = text_of(source, "file");
  const std::string& called = file.empty() ? source.name : file;
  bundle::ArchiveOptions options;
  if (opening.incoming != nullptr) options.into = TRY(opening.incoming->make());
  options.write_limit = opening.write_limit;
  options.interrupted = opening.interrupted;
  const std::string pinned = text_of(source, "sha256");
  if (!pinned.empty()) options.pinned = TRY(Digest::parse(pinned));
  const bool is_directory = source.kind == "directory";
  options.form = is_directory ? bundle::Form::directory : bundle::Form::archive;
  bundle::ReadBundle read = TRY(reader_.read_archive(*parts_[index], called, std::move(options)));
  if (!pinned.empty()) {
    const AddonId id = TRY(AddonId::parse(text_of(source, "id")));
    const Version version = TRY(Version::parse(text_of(source, "version")));
    cli::check_artifact(id, version, called, read);
  }
  if (source.more.contains("signature") && !is_directory) {
    cli::attach_signature(read, text_of(source, "signature"), text_of(source, "signature-file"));
    if (read.bundle) bundle::read_signature(*read.bundle, reader_.parser());
  }
  // Plans remember what was asked for, not what was chosen.
  if (read.bundle) read.bundle->source = source.name;
  executor::BundleSource opened;
  opened.name = source.name;
  opened.archive = std::make_shared<const bundle::ReadBundle>(std::move(read));
  return opened;
}

Result<plan::SavedPlan> HandedDesk::read_plan(const std::string& file) {
  if (plan_ == nullptr) return tl::unexpected(Error("no plan was handed over", ErrorKind::invalid));
  return reader_.read_plan(*plan_, file);
}

std::unique_ptr<host::ProgramRunner> HandedDesk::programs() const {
  return std::make_unique<linux::TransientRunner>();
}

void HandedDesk::begins() { daemon_.send(ChannelKind::begun, ""); }

void HandedDesk::doing(std::string_view what) { daemon_.send(ChannelKind::progress, what); }

}  // namespace addon::service
