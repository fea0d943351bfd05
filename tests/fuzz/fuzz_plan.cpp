// Saved plans: what is read has the digest that it says, reads the same when it is written again, and is
// refused once a digit of its digest is another one. An input is also tried with the digest that it should
// have, for nobody guesses one.
#include "core/json.hpp"
#include "fuzz/property.hpp"
#include "plan/generation.hpp"
#include "plan/plan.hpp"

namespace addon::fuzz {

namespace {

constexpr const char* file = "saved.json";

std::string saved(const Json& plan) { return canonical(Json{{"plan", plan}}); }

Digest digest_of_content(Json plan) {
  plan.erase("digest");
  return digest_of(plan);
}

plan::Plan other_plan() {
  plan::Plan plan;
  plan.verb = "apply";
  plan.inputs.push_back(
      {*AddonId::parse("probe"), *Version::parse("1.0.0"), "bundles/probe", Digest{}, {{"probe", Digest{}}}});
  return plan;
}

void check_plan(const plan::SavedPlan& plan) {
  must(plan.digest == digest_of_content(plan.json).str(), "a plan that is read has the digest that it says");
  const auto again = plan::read_saved_plan(saved(plan.json), file);
  must(again.has_value() && again->json == plan.json && again->sources == plan.sources &&
           again->prune == plan.prune,
       "a plan is the same when it is written again");
  Json edited = plan.json;
  std::string digest = plan.digest;
  digest.back() = digest.back() == '0' ? '1' : '0';
  edited["digest"] = digest;
  must(!plan::read_saved_plan(saved(edited), file).has_value(), "a plan with another digest is refused");
  static const plan::Plan now = other_plan();
  must(!plan::differences(plan, now).empty() || plan.digest == plan::digest_of(now).str(),
       "a plan that is another one differs");
}

void try_plan(std::string_view text) {
  const auto plan = plan::read_saved_plan(text, file);
  if (plan) return check_plan(*plan);
  must(plan.error().kind() == ErrorKind::invalid, "what is no plan is invalid", plan.error().message());
  check_error(plan.error(), text, Place::optional);
}

// With the digest that fits, as "plan" and, where the input is only that, around it.
void try_repaired(const Json& json) {
  if (!json.is_object()) return;
  Json plan = json.contains("plan") ? json.at("plan") : json;
  if (!plan.is_object()) return;
  plan["digest"] = digest_of_content(plan).str();
  try_plan(saved(plan));
}

void check_json(std::string_view text, const Json& json) {
  const std::string written = canonical(json);
  const auto again = parse_json(written, file);
  must(again.has_value() && *again == json && canonical(*again) == written,
       "JSON is the same when it is written again", text);
}

void look_at(std::string_view text) {
  try_plan(text);
  const auto json = parse_json(text, file);
  if (!json) return check_error(json.error(), text, Place::needed);
  check_json(text, *json);
  try_repaired(*json);
}

}  // namespace

}  // namespace addon::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  addon::fuzz::look_at(addon::fuzz::text_of(data, size));
  return 0;
}
