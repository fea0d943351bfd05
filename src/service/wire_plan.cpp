#include "service/wire_plan.hpp"

#include <utility>

namespace addon::service {

PlanAnswer PlanAnswer::of(Result<plan::SavedPlan> read) {
  PlanAnswer answer;
  if (read) {
    answer.plan = std::move(read->json);
  } else {
    answer.kind = read.error().kind();
    answer.message = read.error().message();
    answer.findings = read.error().findings();
  }
  return answer;
}

Error PlanAnswer::error() && {
  if (!findings.empty()) return Error::of(std::move(findings));
  return Error(std::move(message), kind);
}

namespace {

template <class V, class T>
void wire_answer(V& visitor, T& answer) {
  wire(visitor, answer.plan);
  wire_number(visitor, answer.kind, static_cast<std::uint64_t>(ErrorKind::unauthorised));
  wire_all(visitor, answer.message, answer.findings);
}

}  // namespace

void wire(WireWriter& writer, const PlanAnswer& answer) { wire_answer(writer, answer); }

void wire(WireReader& reader, PlanAnswer& answer) {
  wire_answer(reader, answer);
  // A plan that cannot be read is the caller's fault, whatever its reader says.
  const bool is_plan = answer.plan && answer.findings.empty();
  if (!is_plan && answer.kind != ErrorKind::invalid && answer.kind != ErrorKind::failed) reader.fail();
}

}  // namespace addon::service
