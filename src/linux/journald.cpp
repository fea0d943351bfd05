#include "linux/journald.hpp"

#include <fmt/format.h>
#include <sys/uio.h>

// Where a message comes from is of no use to those who read it.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include <string>
#include <vector>

namespace addon::linux {

void Journald::write(const host::EventFields& fields) {
  std::vector<std::string> texts;
  texts.reserve(fields.size() + 1);
  texts.emplace_back("SYSLOG_IDENTIFIER=addonctl");
  for (const auto& [name, value] : fields) texts.push_back(fmt::format("{}={}", name, value));
  std::vector<iovec> vector;
  vector.reserve(texts.size());
  for (std::string& text : texts) vector.push_back({text.data(), text.size()});
  sd_journal_sendv(vector.data(), static_cast<int>(vector.size()));
}

}  // namespace addon::linux
