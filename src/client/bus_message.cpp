#include "client/bus_message.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

namespace addon::client {

namespace {

constexpr std::size_t kMostOptions = 64;
constexpr std::size_t kMostSources = 4096;
constexpr std::size_t kMostTexts = 4096;

struct AppendValue {
  sd_bus_message* message;

  int operator()(bool value) const { return sd_bus_message_append(message, "v", "b", value ? 1 : 0); }
  int operator()(std::uint64_t value) const { return sd_bus_message_append(message, "v", "t", value); }
  int operator()(const std::string& value) const {
    return sd_bus_message_append(message, "v", "s", value.c_str());
  }
  int operator()(const std::vector<std::string>& value) const {
    int r = sd_bus_message_open_container(message, SD_BUS_TYPE_VARIANT, "as");
    if (r >= 0) r = append_texts(message, value);
    return r < 0 ? r : sd_bus_message_close_container(message);
  }
};

int read_text(sd_bus_message* message, std::string& text) {
  const char* value = nullptr;
  const int r = sd_bus_message_read_basic(message, SD_BUS_TYPE_STRING, &value);
  if (r > 0) text = value;
  return r == 0 ? -EBADMSG : r;
}

int read_value(sd_bus_message* message, std::string_view type, Option& value) {
  if (type == "b") {
    int read = 0;
    const int r = sd_bus_message_read_basic(message, SD_BUS_TYPE_BOOLEAN, &read);
    value = read != 0;
    return r;
  }
  if (type == "t") {
    std::uint64_t read = 0;
    const int r = sd_bus_message_read_basic(message, SD_BUS_TYPE_UINT64, &read);
    value = read;
    return r;
  }
  if (type == "s") return read_text(message, value.emplace<std::string>());
  if (type == "as") return read_texts(message, value.emplace<std::vector<std::string>>());
  return -EINVAL;
}

int read_variant(sd_bus_message* message, Option& value) {
  const char* contents = nullptr;
  int r = sd_bus_message_peek_type(message, nullptr, &contents);
  if (r < 0) return r;
  if (contents == nullptr) return -EBADMSG;
  const std::string type = contents;
  r = sd_bus_message_enter_container(message, SD_BUS_TYPE_VARIANT, type.c_str());
  if (r > 0) r = read_value(message, type, value);
  return r < 0 ? r : sd_bus_message_exit_container(message);
}

int read_option(sd_bus_message* message, Options& options) {
  std::string name;
  Option value;
  int r = read_text(message, name);
  if (r >= 0) r = read_variant(message, value);
  if (r < 0) return r;
  return options.emplace(std::move(name), std::move(value)).second ? 0 : -EEXIST;
}

int append_source(sd_bus_message* message, const Source& source) {
  int r = sd_bus_message_open_container(message, SD_BUS_TYPE_STRUCT, "sssua{sv}");
  if (r >= 0) {
    r = sd_bus_message_append(message, "sssu", source.path.c_str(), source.name.c_str(), source.kind.c_str(),
                              source.file);
  }
  if (r >= 0) r = append_options(message, source.more);
  return r < 0 ? r : sd_bus_message_close_container(message);
}

int read_source(sd_bus_message* message, Source& source) {
  int r = read_text(message, source.path);
  if (r >= 0) r = read_text(message, source.name);
  if (r >= 0) r = read_text(message, source.kind);
  if (r >= 0) r = sd_bus_message_read_basic(message, SD_BUS_TYPE_UINT32, &source.file);
  return r < 0 ? r : read_options(message, source.more);
}

/// Reads an array of containers, each by `read`, at most so many.
template <class Read>
int read_array(sd_bus_message* message, char container, const char* contents, std::size_t most, Read read) {
  const std::string array =
      container == SD_BUS_TYPE_STRUCT ? std::string("(") + contents + ")" : std::string("{") + contents + "}";
  int r = sd_bus_message_enter_container(message, SD_BUS_TYPE_ARRAY, array.c_str());
  if (r <= 0) return r == 0 ? -EBADMSG : r;
  for (std::size_t count = 0;; ++count) {
    r = sd_bus_message_enter_container(message, container, contents);
    if (r == 0) return sd_bus_message_exit_container(message);
    if (r > 0 && count == most) return -E2BIG;
    if (r > 0) r = read();
    if (r >= 0) r = sd_bus_message_exit_container(message);
    if (r < 0) return r;
  }
}

}  // namespace

int append_texts(sd_bus_message* message, const std::vector<std::string>& texts) {
  int r = sd_bus_message_open_container(message, SD_BUS_TYPE_ARRAY, "s");
  for (std::size_t i = 0; r >= 0 && i < texts.size(); ++i) {
    r = sd_bus_message_append_basic(message, SD_BUS_TYPE_STRING, texts[i].c_str());
  }
  return r < 0 ? r : sd_bus_message_close_container(message);
}

int read_texts(sd_bus_message* message, std::vector<std::string>& texts) {
  int r = sd_bus_message_enter_container(message, SD_BUS_TYPE_ARRAY, "s");
  if (r <= 0) return r == 0 ? -EBADMSG : r;
  const char* text = nullptr;
  while ((r = sd_bus_message_read_basic(message, SD_BUS_TYPE_STRING, &text)) > 0) {
    if (texts.size() == kMostTexts) return -E2BIG;
    texts.emplace_back(text);
  }
  return r < 0 ? r : sd_bus_message_exit_container(message);
}

int read_file(sd_bus_message* message, UniqueFd& file) {
  int lent = -1;
  const int r = sd_bus_message_read_basic(message, SD_BUS_TYPE_UNIX_FD, &lent);
  if (r <= 0) return r == 0 ? -EBADMSG : r;
  file = UniqueFd(fcntl(lent, F_DUPFD_CLOEXEC, 3));
  return file ? 1 : -errno;
}

int append_options(sd_bus_message* message, const Options& options) {
  int r = sd_bus_message_open_container(message, SD_BUS_TYPE_ARRAY, "{sv}");
  for (const auto& [name, value] : options) {
    if (r >= 0) r = sd_bus_message_open_container(message, SD_BUS_TYPE_DICT_ENTRY, "sv");
    if (r >= 0) r = sd_bus_message_append_basic(message, SD_BUS_TYPE_STRING, name.c_str());
    if (r >= 0) r = std::visit(AppendValue{message}, value);
    if (r >= 0) r = sd_bus_message_close_container(message);
  }
  return r < 0 ? r : sd_bus_message_close_container(message);
}

int read_options(sd_bus_message* message, Options& options) {
  return read_array(message, SD_BUS_TYPE_DICT_ENTRY, "sv", kMostOptions,
                    [&] { return read_option(message, options); });
}

int append_sources(sd_bus_message* message, const std::vector<UniqueFd>& files,
                   const std::vector<Source>& sources) {
  int r = sd_bus_message_open_container(message, SD_BUS_TYPE_ARRAY, "h");
  for (std::size_t i = 0; r >= 0 && i < files.size(); ++i) {
    const int file = files[i].get();
    r = sd_bus_message_append_basic(message, SD_BUS_TYPE_UNIX_FD, &file);
  }
  if (r >= 0) r = sd_bus_message_close_container(message);
  if (r >= 0) r = sd_bus_message_open_container(message, SD_BUS_TYPE_ARRAY, "(sssua{sv})");
  for (std::size_t i = 0; r >= 0 && i < sources.size(); ++i) r = append_source(message, sources[i]);
  return r < 0 ? r : sd_bus_message_close_container(message);
}

int read_sources(sd_bus_message* message, std::vector<UniqueFd>& files, std::vector<Source>& sources) {
  int r = sd_bus_message_enter_container(message, SD_BUS_TYPE_ARRAY, "h");
  // The bus lets through no more than a few.
  while (r > 0 && sd_bus_message_at_end(message, 0) == 0) r = read_file(message, files.emplace_back());
  if (r >= 0) r = sd_bus_message_exit_container(message);
  if (r < 0) return r;
  r = read_array(message, SD_BUS_TYPE_STRUCT, "sssua{sv}", kMostSources,
                 [&] { return read_source(message, sources.emplace_back()); });
  const bool is_sound = std::all_of(sources.begin(), sources.end(),
                                    [&](const Source& source) { return source.file < files.size(); });
  return r >= 0 && !is_sound ? -ENXIO : r;
}

}  // namespace addon::client
