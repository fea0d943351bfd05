#include "help_page.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace addon::man {

namespace {
std::size_t indentation(const std::string& line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

bool is_heading(const std::string& line, const std::vector<std::string>& rest) {
  return line.size() > 1 && line.back() == ':' && std::isupper(static_cast<unsigned char>(line[0])) != 0 &&
         !rest.empty() && indentation(rest.front()) >= 2;
}

bool is_calls(const HelpBlock& block) { return block.lines.front().starts_with("Usage: "); }

// "Usage: addonctl plan [PATH...]" with the lines that continue it, each call as one line.
std::vector<std::string> calls_of(const HelpBlock& block) {
  std::vector<std::string> calls;
  for (const std::string& line : block.lines) {
    const std::string call = line.starts_with("Usage: ") ? line.substr(7) : line.substr(indentation(line));
    if (calls.empty() || call.starts_with("addonctl")) {
      calls.push_back(call);
    } else {
      calls.back() += " " + call;
    }
  }
  return calls;
}

// The words in capitals of the calls, such as FILE.
std::string operands_of(const std::vector<std::string>& calls) {
  std::string operands;
  std::string word;
  for (const std::string& call : calls) {
    for (const char c : call + " ") {
      if (std::isupper(static_cast<unsigned char>(c)) != 0) {
        word += c;
        continue;
      }
      if (!word.empty()) operands += word + " ";
      word.clear();
    }
  }
  return operands;
}

struct Entry {
  std::string term;
  std::string meaning;
};

// Terms are indented by two blanks; what they mean begins behind two more, or on the next line.
std::vector<Entry> entries_of(const std::vector<std::string>& lines) {
  std::vector<Entry> entries;
  for (const std::string& line : lines) {
    const std::string text = line.substr(indentation(line));
    if (indentation(line) > 2 && !entries.empty()) {
      std::string& meaning = entries.back().meaning;
      meaning += (meaning.empty() ? "" : "\n") + text;
      continue;
    }
    const std::size_t gap = text.find("  ");
    const std::size_t begin = gap == std::string::npos ? text.size() : text.find_first_not_of(' ', gap);
    entries.push_back({text.substr(0, gap), text.substr(begin)});
  }
  return entries;
}

// "  2  wrong use                   8  failed": two columns of a number and what it means.
std::vector<Entry> numbers_of(const std::vector<std::string>& lines) {
  std::vector<Entry> numbers;
  for (const std::string& line : lines) {
    for (std::size_t i = indentation(line); i < line.size();) {
      const std::size_t end = line.find(' ', i);
      const std::size_t text = line.find_first_not_of(' ', end);
      std::size_t next = text;
      do next = line.find_first_of("0123456789", next + 1);
      while (next != std::string::npos && line[next - 1] != ' ');
      const std::string meaning = line.substr(text, next == std::string::npos ? next : next - text);
      numbers.push_back({line.substr(i, end - i), meaning.substr(0, meaning.find_last_not_of(' ') + 1)});
      i = std::min(next, line.size());
    }
  }
  std::sort(numbers.begin(), numbers.end(),
            [](const Entry& a, const Entry& b) { return std::stoi(a.term) < std::stoi(b.term); });
  return numbers;
}

void write_section(Page& page, const HelpBlock& block, const std::string& operands) {
  if (block.heading == "Exit codes") {
    page.section("EXIT STATUS");
    for (const Entry& entry : numbers_of(block.lines)) page.entry(bold(entry.term), entry.meaning);
    return;
  }
  page.section(upper(block.heading));
  if (block.heading == "Verbs") {
    for (const Entry& entry : entries_of(block.lines))
      page.entry(bold("addonctl-" + entry.term) + "(1)", entry.meaning);
  } else if (block.heading.starts_with("Options")) {
    for (const Entry& entry : entries_of(block.lines))
      page.entry(call_markup(entry.term), entry.meaning, operands);
  } else {
    for (const std::string& line : block.lines) page.literal(line.substr(2));
  }
}

// Indented lines are examples and stay as they are.
void write_paragraph(Page& page, const std::vector<std::string>& lines, const std::string& operands) {
  std::string text;
  std::string example;
  const auto flush = [&] {
    if (!text.empty()) page.paragraph(text, operands);
    if (!example.empty()) page.literal(example);
    text.clear();
    example.clear();
  };
  for (const std::string& line : lines) {
    std::string& to = indentation(line) >= 2 ? example : text;
    const std::string& other = indentation(line) >= 2 ? text : example;
    if (!other.empty()) flush();
    to += (to.empty() ? "" : "\n") + line.substr(std::min<std::size_t>(indentation(line), 2));
  }
  flush();
}
}  // namespace

std::vector<HelpBlock> blocks_of(std::string_view help) {
  std::vector<HelpBlock> blocks;
  std::istringstream lines{std::string(help)};
  std::string line;
  std::getline(lines, line);
  bool begins = true;
  while (std::getline(lines, line)) {
    if (line.empty()) {
      begins = true;
      continue;
    }
    if (begins) blocks.emplace_back();
    begins = false;
    blocks.back().lines.push_back(line);
  }
  for (HelpBlock& block : blocks) {
    const std::vector<std::string> rest(block.lines.begin() + 1, block.lines.end());
    if (!is_heading(block.lines.front(), rest)) continue;
    block.heading = block.lines.front().substr(0, block.lines.front().size() - 1);
    block.lines = rest;
  }
  return blocks;
}

void write_blocks(Page& page, const std::vector<HelpBlock>& blocks) {
  std::string operands;
  page.section("SYNOPSIS");
  for (const HelpBlock& block : blocks) {
    if (!is_calls(block)) continue;
    const std::vector<std::string> calls = calls_of(block);
    for (const std::string& call : calls) page.synopsis(call);
    operands += operands_of(calls);
  }
  page.section("DESCRIPTION");
  for (const HelpBlock& block : blocks) {
    if (block.heading.empty() && !is_calls(block)) write_paragraph(page, block.lines, operands);
  }
  for (const HelpBlock& block : blocks) {
    if (!block.heading.empty()) write_section(page, block, operands);
  }
}

}  // namespace addon::man
