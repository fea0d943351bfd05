#include <fmt/format.h>

#include <utility>

#include "core/text.hpp"
#include "manifest/checks.hpp"

namespace addon::manifest {

namespace {
std::string plain(Reader& reader, const Field& field) {
  const std::string* text = reader.plain_text(field);
  return text == nullptr ? "" : *text;
}

template <class T>
std::optional<T> parsed(Reader& reader, const Field& field, const Rule& rule, const std::string& text) {
  auto value = T::parse(text);
  if (value) return *std::move(value);
  reader.report(rule, field, fmt::format("{}: {}", field.label, value.error().message()));
  return std::nullopt;
}
}  // namespace

std::vector<Artifact> read_artifacts(Reader& reader) {
  std::vector<Artifact> artifacts;
  for (const Field& item : reader.root()["artifacts"].items()) {
    const Field key = item["object_key"];
    const Field sha256 = item["sha256"];
    std::string os = plain(reader, item["os"]);
    std::string arch = plain(reader, item["arch"]);
    std::string signature = plain(reader, item["signature_ref"]);
    const std::string* key_text = reader.plain_text(key);
    const std::string* sha256_text = reader.plain_text(sha256);
    if (key_text == nullptr || sha256_text == nullptr) continue;
    auto path = parsed<RelativePath>(reader, key, rules::unsafe_path, *key_text);
    auto digest = parsed<Digest>(reader, sha256, rules::schema_pattern, to_lower(*sha256_text));
    if (!path || !digest) continue;
    artifacts.push_back({std::move(os), std::move(arch), *std::move(path), *digest, std::move(signature),
                         reader.span(item), item.pointer});
  }
  return artifacts;
}

}  // namespace addon::manifest
