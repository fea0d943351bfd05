#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// io.addonctl.Executor1 as both sides of the system bus know it. What each method means to its users says
/// packaging/dbus/io.addonctl.Executor1.xml.
namespace addon::client {

inline constexpr const char* kBusName = "io.addonctl.Executor1";
inline constexpr const char* kObjectPath = "/io/addonctl/Executor1";
inline constexpr const char* kInterface = "io.addonctl.Executor1";

/// Errors of the D-Bus specification that calls are refused with.
inline constexpr const char* kAccessDenied = "org.freedesktop.DBus.Error.AccessDenied";
inline constexpr const char* kLimitsExceeded = "org.freedesktop.DBus.Error.LimitsExceeded";
inline constexpr const char* kInvalidArgs = "org.freedesktop.DBus.Error.InvalidArgs";
inline constexpr const char* kFailed = "org.freedesktop.DBus.Error.Failed";

/// It ends, and nothing of the call was done: another one is started by the next call.
inline constexpr const char* kEnding = "io.addonctl.Executor1.Error.Ending";

/// An option of a call, a variant of the type b, t, s or as.
using Option = std::variant<bool, std::uint64_t, std::string, std::vector<std::string>>;
using Options = std::map<std::string, Option, std::less<>>;

/// A bundle, as the caller opened it. On the bus: (sssua{sv}).
struct Source {
  std::string path{};      ///< how findings call it: where it is for the caller
  std::string name{};      ///< how plans call it
  std::string kind{};      ///< "archive", or "directory": packed for the way only
  std::uint32_t file = 0;  ///< which of the call's files holds it
  /// "offset" and "size", where it is not the whole file. Of an archive: "signature" (the text of its
  /// .minisig), "signature-file" (how findings call that); of an artifact also "sha256", "id", "version"
  /// (what its manifest says) and "file" (how findings call it).
  Options more{};
};

/// What comes before the options of a method.
enum class Operands {
  none,
  id,           ///< s: an add-on, "" for none
  ids,          ///< as
  sources,      ///< ah: regular files, and a(sssua{sv}): the bundles in them
  plan_sources  ///< sh: the name of a saved plan and its file, then as above
};

struct Method {
  const char* name;
  std::string_view verb;
  Operands operands;
  std::string_view action;  ///< of polkit, behind "io.addonctl.executor1."
  bool changes;             ///< the host; else it only looks
};

/// Every method, each with a{sv} as its last argument, and (is) as its answer: the exit code and the report.
inline constexpr std::array kMethods = {
    Method{"Plan", "plan", Operands::sources, "plan", false},
    Method{"Apply", "apply", Operands::sources, "apply", true},
    Method{"ApplyPlan", "apply", Operands::plan_sources, "apply", true},
    Method{"Rollback", "rollback", Operands::id, "rollback", true},
    Method{"Remove", "remove", Operands::ids, "remove", true},
    Method{"Recover", "recover", Operands::none, "recover", true},
    Method{"CollectGarbage", "gc", Operands::none, "gc", true},
    Method{"Diff", "diff", Operands::ids, "read", false},
    Method{"Status", "status", Operands::ids, "read", false},
    Method{"History", "history", Operands::none, "read", false},
    Method{"Verify", "verify", Operands::none, "read", false},
};

/// The signature of a method's arguments: "asa{sv}".
std::string signature_of(const Method& method);

/// What a verb writes for people, on the way to whoever called it: the signal Output(u call, y stream, ay
/// bytes), to the caller alone; `call` is the serial number of the call.
enum class Stream : std::uint8_t {
  out = 1,
  err = 2,
  progress = 3,  ///< what it is doing, for a caller whose standard error is a terminal; "" when that is over
  /// Findings as in a report, one JSON array, for standard error: with the lines that they are about, which
  /// only the caller reads.
  findings = 4,
  findings_as_results = 5  ///< the same for standard output
};

}  // namespace addon::client
