#include "executor/audit_line.hpp"

#include <utility>

#include "core/text.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

namespace {
Digest hash_of(const Json& record) { return Digest::of(canonical(record)); }

Result<Digest> digest_field(const Json& json, const char* name) {
  return Digest::parse(TRY(plan::text_field(json, name)));
}
}  // namespace

AuditLine AuditLine::after(const AuditLink& before, Json record) {
  record["seq"] = before.seq + 1;
  record["prev"] = before.hash.hex();
  const Digest hash = hash_of(record);
  return {{before.seq + 1, hash}, before.hash, std::move(record)};
}

Result<AuditLine> AuditLine::parse(std::string_view text) {
  Json record = TRY(parse_json(text, "line"));
  AuditLine line;
  line.link.seq = TRY(plan::number_field(record, "seq"));
  line.link.hash = TRY(digest_field(record, "hash"));
  line.prev = TRY(digest_field(record, "prev"));
  record.erase("hash");
  if (hash_of(record) != line.link.hash) return tl::unexpected(Error("its hash does not fit what it says"));
  line.record = std::move(record);
  return line;
}

std::string AuditLine::text() const {
  Json line = record;
  line["hash"] = link.hash.hex();
  return canonical(line);
}

std::string head_text(const AuditLink& link) {
  return canonical(Json{{"seq", link.seq}, {"hash", link.hash.hex()}}) + "\n";
}

Result<AuditLink> parse_head(std::string_view text) {
  const Json json = TRY(parse_json(trim(text), "audit.head"));
  return AuditLink{TRY(plan::number_field(json, "seq")), TRY(digest_field(json, "hash"))};
}

}  // namespace addon::executor
