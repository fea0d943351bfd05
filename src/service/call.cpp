#include "service/call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "client/bus_message.hpp"
#include "core/text.hpp"

namespace addon::service {

namespace {

Error malformed(const client::Method& method, int negative_errno) {
  return Error::from_errno(-negative_errno, fmt::format("cannot read the call of {}", method.name))
      .with_kind(ErrorKind::invalid);
}

int read_operands(sd_bus_message* message, Call& call) {
  std::vector<std::string>& operands = call.request.arguments.operands;
  switch (call.method->operands) {
    case client::Operands::none:
      return 0;
    case client::Operands::id: {
      const char* id = nullptr;
      const int r = sd_bus_message_read_basic(message, SD_BUS_TYPE_STRING, &id);
      if (r > 0 && *id != '\0') operands.emplace_back(id);
      return r;
    }
    case client::Operands::ids:
      return client::read_texts(message, operands);
    case client::Operands::plan_sources: {
      const char* plan = nullptr;
      int r = sd_bus_message_read_basic(message, SD_BUS_TYPE_STRING, &plan);
      if (r > 0) call.plan = plan;
      if (r > 0) r = client::read_file(message, call.plan_file);
      return r < 0 ? r : client::read_sources(message, call.files, call.sources);
    }
    case client::Operands::sources:
      return client::read_sources(message, call.files, call.sources);
  }
  return -EINVAL;
}

// Hints quote them; what is not said is called by its path.
void name_operands(Call& call) {
  std::vector<std::string>& operands = call.request.arguments.operands;
  if (call.method->operands == client::Operands::plan_sources) {
    operands = {call.plan};
  } else if (call.method->operands == client::Operands::sources && operands.size() != call.sources.size()) {
    operands.clear();
    for (const client::Source& source : call.sources) operands.push_back(source.path);
  }
}

}  // namespace

const client::Method* find_method(std::string_view name) {
  const auto found = std::find_if(client::kMethods.begin(), client::kMethods.end(),
                                  [&](const client::Method& method) { return name == method.name; });
  return found == client::kMethods.end() ? nullptr : &*found;
}

Result<Call> read_call(sd_bus_message* message) {
  Call call;
  call.method = find_method(sd_bus_message_get_member(message));
  if (call.method == nullptr) return tl::unexpected(Error("there is no such method", ErrorKind::invalid));
  client::Options options;
  int r = read_operands(message, call);
  if (r >= 0) r = client::read_options(message, options);
  if (r < 0) return tl::unexpected(malformed(*call.method, r));
  std::vector<std::string> ids = std::move(call.request.arguments.operands);
  call.request = TRY(cli::from_bus_options(options));
  const bool has_ids =
      call.method->operands == client::Operands::id || call.method->operands == client::Operands::ids;
  if (has_ids) call.request.arguments.operands = std::move(ids);
  name_operands(call);
  return call;
}

}  // namespace addon::service
