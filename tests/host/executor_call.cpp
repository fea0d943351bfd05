// Calls a method of io.addonctl.Executor1 with descriptor 3 as what is handed over, whatever that is:
//
//   executor-call Plan|Apply PATH NAME KIND      executor-call ApplyPlan NAME
#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <string_view>

#include "client/executor_bus.hpp"

namespace {

namespace client = addon::client;

int print_error(const addon::Error& error) {
  static_cast<void>(std::printf("error: %s\n", error.message().c_str()));
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc > 2 ? argv[1] : "";
  const auto* method = std::find_if(client::kMethods.begin(), client::kMethods.end(),
                                    [&](const client::Method& one) { return one.name == name; });
  if (method == client::kMethods.end()) return 2;
  client::Call call{.method = method};
  addon::UniqueFd file(fcntl(3, F_DUPFD_CLOEXEC, 3));
  if (method->operands == client::Operands::plan_sources) {
    call.plan = argv[2];
    call.plan_file = std::move(file);
  } else if (argc == 5) {
    call.files.push_back(std::move(file));
    call.sources.push_back({.path = argv[2], .name = argv[3], .kind = argv[4]});
  }
  if (method->changes) call.options.emplace("yes", true);
  const auto bus = client::ExecutorBus::connect();
  if (!bus) return print_error(bus.error());
  if (*bus == nullptr) return 3;
  const std::atomic<bool> never = false;
  call.options.emplace("render", true);
  const auto show = [](client::Stream stream, std::string_view bytes) {
    static_cast<void>(
        std::printf("%d: %.*s\n", static_cast<int>(stream), static_cast<int>(bytes.size()), bytes.data()));
  };
  const auto answer = (*bus)->call(call, show, never);
  if (!answer) return print_error(answer.error());
  return std::printf("%d %s\n", (*answer)->exit, (*answer)->report.c_str()) < 0 ? 1 : 0;
}
