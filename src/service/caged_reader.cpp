#include "service/caged_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "bundle/tar_stream.hpp"
#include "service/frames.hpp"
#include "service/wire_manifest.hpp"
#include "service/wire_plan.hpp"
#include "service/wire_signature.hpp"
#include "service/wire_unit.hpp"

namespace addon::service {

namespace {

// Of a plan and of the tree that it becomes.
constexpr std::uint64_t kPlanMemory = std::uint64_t{2} << 30;
constexpr std::size_t kSaid = std::size_t{256} << 10;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

Finding failed_reader(const std::string& file, std::string_view why) {
  Finding finding =
      make_finding(rules::reader_failed, fmt::format("the process that reads it without privileges {}", why),
                   {file, 0, 0});
  finding.fix =
      "try again; where that does not help, look at it with addonctl on a machine that does not matter";
  return finding;
}

/// An error that says that what came from the process was not what comes from one.
Error as_finding(Error error, const std::string& file) {
  const bool is_lie = error.findings().empty() && error.kind() == ErrorKind::invalid;
  if (!is_lie) return error;
  return Error::of({failed_reader(file, fmt::format("made no sense: {}", error.message()))});
}

/// Runs one, and makes its faults findings.
Result<> run(const linux::CageTerms& terms, const linux::Caged& work, linux::CageTalk& talk,
             const std::string& file) {
  auto end = linux::run_caged(terms, work, talk);
  if (!end) return tl::unexpected(as_finding(std::move(end).error(), file));
  if (!end->fault.empty()) return tl::unexpected(Error::of({failed_reader(file, end->fault)}));
  return {};
}

/// One text there, one back.
class Question final : public linux::CageTalk {
 public:
  explicit Question(std::string_view text) : text_(text) {}

  Result<std::span<const std::byte>> give() override { return bytes_of(std::exchange(text_, {})); }
  Result<> take(std::span<const std::byte> bytes) override {
    if (answer_.size() + bytes.size() > kMaxWireBytes)
      return tl::unexpected(Error("its answer has no end", ErrorKind::invalid));
    answer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
  std::string answer() && { return std::move(answer_); }

 private:
  std::string_view text_;
  std::string answer_;
};

Result<std::string> text_from(host::File& file, std::size_t most) {
  std::string text;
  std::vector<std::byte> buffer(kSaid);
  while (text.size() < most) {
    const std::size_t got =
        TRY(file.read(std::span(buffer).first(std::min(buffer.size(), most - text.size()))));
    if (got == 0) break;
    text.append(reinterpret_cast<const char*>(buffer.data()), got);
  }
  return text;
}

/// The bytes of an archive there, its files back.
class WalkTalk final : public linux::CageTalk {
 public:
  WalkTalk(bundle::ByteTap& tap, bundle::FileTaker& files) : tap_(tap), frames_(files) {}

  Result<std::span<const std::byte>> give() override { return tap_.next(); }
  Result<> take(std::span<const std::byte> bytes) override { return frames_.take(bytes); }
  Result<bundle::Walked> finish() { return frames_.finish(); }

 private:
  bundle::ByteTap& tap_;
  FrameReader frames_;
};

}  // namespace

Result<linux::CageTerms> cage_terms(host::Accounts& accounts) {
  linux::CageTerms terms;
  if (const auto account = TRY(accounts.find("addonctl-parse"))) {
    terms.uid = account->uid;
    terms.gid = account->gid;
  }
  return terms;
}

Result<std::string> ask_caged(const linux::CageTerms& terms, std::string_view text, const std::string& file,
                              const Answer& answer) {
  Question question(text);
  const linux::Caged work = [&answer](host::File& input, host::File& output) {
    const auto asked = text_from(input, kMaxAsked);
    return asked && output.write(bytes_of(answer(*asked))) ? 0 : 1;
  };
  TRY(run(terms, work, question, file));
  return std::move(question).answer();
}

namespace {

/// The answer as what it is to be, or why there is none.
template <class T>
Result<T> ask(const linux::CageTerms& terms, std::string_view text, const std::string& file,
              const Answer& answer) {
  const std::string bytes = TRY(ask_caged(terms, text, file, answer));
  auto value = from_wire<T>(bytes);
  if (!value) return tl::unexpected(as_finding(std::move(value).error(), file));
  return *std::move(value);
}

std::vector<Finding> findings_of(const Error& error, const std::string& file) {
  if (!error.findings().empty()) return error.findings();
  return {failed_reader(file, fmt::format("could not be asked: {}", error.message()))};
}

}  // namespace

manifest::ParsedManifest CagedParser::manifest(std::string_view text, const std::string& file) {
  auto parsed = ask<manifest::ParsedManifest>(terms_, text, file, [&](std::string_view asked) {
    return to_wire(bundle::OwnParser().manifest(asked, file));
  });
  if (!parsed) return {std::nullopt, findings_of(parsed.error(), file)};
  // By this name the program knows it.
  if (parsed->manifest && parsed->manifest->file != file)
    return {std::nullopt, {failed_reader(file, "made no sense: it read another file")}};
  return *std::move(parsed);
}

bundle::AnalyzedUnit CagedParser::unit(const UnitName& name, std::string_view text, const std::string& file) {
  auto unit = ask<bundle::AnalyzedUnit>(terms_, text, file, [&](std::string_view asked) {
    return to_wire(bundle::OwnParser().unit(name, asked, file));
  });
  if (!unit) return {{}, {}, {}, findings_of(unit.error(), file)};
  return *std::move(unit);
}

Result<bundle::minisign::Signature> CagedParser::signature(std::string_view text, const std::string& file) {
  auto answer = TRY(ask<SignatureAnswer>(terms_, text, file, [&](std::string_view asked) {
    return to_wire(SignatureAnswer::of(bundle::OwnParser().signature(asked, file)));
  }));
  if (!answer.signature) return tl::unexpected(Error::of(std::move(answer.findings)));
  return *std::move(answer.signature);
}

linux::Caged walk_in_cage(const std::string& source, bundle::Form form) {
  bundle::load_conversions();
  return [source, form](host::File& input, host::File& output) {
    // Who feeds it hashes what it gives, and what it gets.
    bundle::ByteTap tap(input, source, nullptr, bundle::Hashing::elsewhere);
    FrameWriter frames(output);
    const auto walked = bundle::walk_archive(tap, source, form, frames);
    return walked && frames.finish(*walked) ? 0 : 1;
  };
}

Result<bundle::Walked> hear_walk(const linux::CageTerms& terms, const linux::Caged& walk,
                                 bundle::ByteTap& tap, const std::string& source, bundle::FileTaker& files) {
  WalkTalk talk(tap, files);
  TRY(run(terms, walk, talk, source));
  auto walked = talk.finish();
  if (!walked) return tl::unexpected(as_finding(std::move(walked).error(), source));
  // Its digests are those of all its bytes, whether or not anybody wanted to hear them.
  while (!TRY(tap.next()).empty()) continue;
  return walked;
}

Result<bundle::ReadBundle> CagedReader::read_archive(host::File& file, const std::string& source,
                                                     bundle::ArchiveOptions options) {
  linux::CageTerms terms = terms_;
  terms.interrupted = options.interrupted;
  options.parser = &parser_;
  options.walk = [&](bundle::ByteTap& tap, const std::string& name, bundle::Form form,
                     bundle::FileTaker& files) {
    return hear_walk(terms, walker(name, form), tap, name, files);
  };
  const std::optional<bundle::Unpacked> into = options.into;
  auto read = bundle::read_archive(file, source, std::move(options));
  if (read && read->bundle) bundle::read_signature(*read->bundle, parser_);
  const bool is_kept = read && read->bundle && read->bundle->unpacked;
  // What stays all the same goes with the directory.
  if (into && !is_kept) static_cast<void>(into->directory->remove_entries());
  return read;
}

Result<plan::SavedPlan> CagedReader::read_plan(host::File& file, const std::string& name) {
  const auto text = text_from(file, kMaxAsked);
  if (!text)
    return tl::unexpected(
        Error::of({make_finding(rules::document_unreadable, text.error().message(), {name, 0, 0})}));
  linux::CageTerms terms = terms_;
  terms.memory = kPlanMemory;
  PlanAnswer answer = TRY(ask<PlanAnswer>(terms, *text, name, [&](std::string_view asked) {
    return to_wire(PlanAnswer::of(plan::read_saved_plan(asked, name)));
  }));
  if (!answer.plan) return tl::unexpected(std::move(answer).error());
  auto plan = plan::saved_plan_of(*std::move(answer.plan));
  if (!plan) return tl::unexpected(as_finding(std::move(plan).error(), name));
  return *std::move(plan);
}

}  // namespace addon::service
