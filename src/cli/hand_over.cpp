#include "cli/hand_over.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

#include "bundle/bundle.hpp"
#include "bundle/minisign.hpp"
#include "bundle/survey.hpp"
#include "bundle/transport.hpp"
#include "cli/artifacts.hpp"
#include "cli/read_text.hpp"
#include "core/text.hpp"
#include "linux/directory.hpp"
#include "linux/handed_file.hpp"
#include "linux/platform.hpp"

namespace addon::cli {

namespace {
namespace fs = std::filesystem;

// dbus-daemon(1) lets 16 descriptors through in a message; one is a saved plan's, one the common file's.
constexpr std::size_t kMostFiles = 14;

class Handing {
 public:
  explicit Handing(const std::optional<std::string>& artifacts_below) : artifacts_below_(artifacts_below) {}

  Result<> add(const SourceName& name) {
    std::error_code error;
    client::Source source{.path = name.path, .name = name.name, .kind = "archive"};
    if (fs::is_regular_file(name.path, error)) {
      const auto file = TRY(linux::open_file_path(name.path));
      TRY(sign(source, name));
      return give(std::move(source), *file);
    }
    std::shared_ptr<host::Directory> directory = TRY(linux::open_directory_path(name.path));
    if (const auto manifest = released_manifest(*directory, name.name)) {
      return add_artifact(std::move(source), *manifest, *directory);
    }
    source.kind = "directory";
    return pack(std::move(source), directory);
  }

  /// Whether what the last one failed for is no fault of the bundle.
  bool broke() const { return broke_; }

  Result<HandedOver> finish() {
    if (common_) {
      TRY(common_->seal());
      handed_.files.push_back(TRY(common_->descriptor()));
      const auto last = static_cast<std::uint32_t>(handed_.files.size() - 1);
      for (client::Source& source : handed_.sources) {
        if (source.more.contains("offset")) source.file = last;
      }
    }
    return std::move(handed_);
  }

 private:
  // What is no text cannot go over the bus; nor is it a signature, which is for the other side to say.
  static void attach(client::Source& source, std::string text, std::string file) {
    const bool is_text = is_utf8(text) && text.find('\0') == std::string::npos;
    source.more.emplace("signature", is_text ? std::move(text) : std::string("no text"));
    source.more.emplace("signature-file", std::move(file));
  }

  static Result<> sign(client::Source& source, const SourceName& name) {
    // One byte over the limit is enough for its parser to refuse it as too large.
    auto text = read_text(name.path + ".minisig", bundle::minisign::kMaxSignatureFile + 1);
    if (!text && text.error().errno_value() == ENOENT) return {};
    if (!text) {
      Finding finding =
          make_finding(rules::bundle_unreadable, text.error().message(), {name.name + ".minisig", 0, 0});
      finding.fix = "check that it is a file that you may read";
      return tl::unexpected(Error::of({std::move(finding)}));
    }
    attach(source, std::move(*text), name.name + ".minisig");
    return {};
  }

  Result<> add_artifact(client::Source source, const manifest::Manifest& manifest,
                        const host::Directory& directory) {
    const auto root = TRY(linux::open_root("/"));
    const host::PlatformFacts platform = TRY(linux::read_platform(*root));
    FoundArtifact found = TRY(find_artifact(manifest, directory, platform, artifacts_below_));
    source.more.emplace("file", bundle::file_in(source.name, found.artifact.object_key.str()));
    source.more.emplace("sha256", found.artifact.sha256.hex());
    source.more.emplace("id", manifest.id.value.str());
    source.more.emplace("version", manifest.version.value.str());
    if (found.signature) {
      attach(source, std::move(*found.signature), bundle::file_in(source.name, found.signature_key));
    }
    return give(std::move(source), *found.file);
  }

  // The file itself, or, where there are too many for one message, its bytes.
  Result<> give(client::Source source, host::File& file) {
    if (handed_.files.size() < kMostFiles) {
      source.file = static_cast<std::uint32_t>(handed_.files.size());
      handed_.files.push_back(TRY(linux::duplicate(file)));
      handed_.sources.push_back(std::move(source));
      return {};
    }
    return append(std::move(source), [&](host::File& to) -> Result<> {
      std::array<std::byte, 65536> block{};
      for (;;) {
        const std::size_t count = TRY(file.read(block));
        if (count == 0) return {};
        TRY(to.write(std::span(block).first(count)));
      }
    });
  }

  Result<> pack(client::Source source, const std::shared_ptr<const host::Directory>& directory) {
    const std::string name = source.name;
    return append(std::move(source), [&](host::File& to) -> Result<> {
      std::vector<Finding> findings = TRY(bundle::pack_for_transport(
          directory, name, [&](std::span<const std::byte> bytes) { return to.write(bytes); }));
      if (findings.empty()) return {};
      return tl::unexpected(Error::of(std::move(findings)));
    });
  }

  template <class Write>
  Result<> append(client::Source source, const Write& write) {
    if (!common_) common_.emplace(TRY(linux::MemoryFile::make()));
    const std::uint64_t offset = TRY(common_->size());
    if (auto written = write(common_->file()); !written) {
      // The bundle is there; this host could not read or keep it.
      broke_ = written.error().findings().empty();
      return written;
    }
    source.more.emplace("offset", offset);
    source.more.emplace("size", TRY(common_->size()) - offset);
    handed_.sources.push_back(std::move(source));
    return {};
  }

  const std::optional<std::string>& artifacts_below_;
  bool broke_ = false;
  std::optional<linux::MemoryFile> common_;
  HandedOver handed_;
};

// The bundle is there, and one of its files, which the message names, cannot be read or kept.
std::vector<Finding> cannot_read(const Error& error, const std::string& path) {
  Finding finding = make_finding(bundle::unreadable(error), error.message(), {path, 0, 0});
  finding.fix = bundle::how_to_read(error);
  return {std::move(finding)};
}

// As open_sources() says it.
std::vector<Finding> why_not(const Error& error, const std::string& path) {
  if (!error.findings().empty()) return error.findings();
  Finding finding = make_finding(rules::bundle_unreadable, error.message(), {path, 0, 0});
  finding.fix = "name a directory that holds a manifest, or an archive of one";
  return {std::move(finding)};
}

}  // namespace

Result<HandedOver> hand_over(const std::vector<SourceName>& sources,
                             const std::optional<std::string>& artifacts_below) {
  Handing handing(artifacts_below);
  std::vector<Finding> findings;
  for (const SourceName& source : sources) {
    const auto added = handing.add(source);
    if (added) continue;
    const Error& why = added.error();
    for (Finding& finding : handing.broke() ? cannot_read(why, source.path) : why_not(why, source.path))
      findings.push_back(std::move(finding));
  }
  if (!findings.empty()) return tl::unexpected(Error::of(std::move(findings)));
  return handing.finish();
}

}  // namespace addon::cli
