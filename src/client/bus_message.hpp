#pragma once

#include <systemd/sd-bus.h>

#include <string>
#include <vector>

#include "client/protocol.hpp"
#include "core/unique_fd.hpp"

/// Calls of io.addonctl.Executor1 to and from sd-bus messages. The functions return a negative errno where
/// sd-bus does, as sd-bus(3).
namespace addon::client {

/// Appends a{sv}.
int append_options(sd_bus_message* message, const Options& options);
/// Reads a{sv}. -EINVAL: a variant of a type that no option has; -E2BIG: more than 64 of them; -EEXIST: one
/// is there twice.
int read_options(sd_bus_message* message, Options& options);

/// Appends aha(sssua{sv}); the message has duplicates of the files.
int append_sources(sd_bus_message* message, const std::vector<UniqueFd>& files,
                   const std::vector<Source>& sources);
/// Reads aha(sssua{sv}), with duplicates of the files. -E2BIG: more than 4,096 sources. -ENXIO: one of a file
/// that there is not.
int read_sources(sd_bus_message* message, std::vector<UniqueFd>& files, std::vector<Source>& sources);

int append_texts(sd_bus_message* message, const std::vector<std::string>& texts);
/// Reads as. -E2BIG: more than 4,096 of them.
int read_texts(sd_bus_message* message, std::vector<std::string>& texts);
/// Reads h, as a duplicate.
int read_file(sd_bus_message* message, UniqueFd& file);

}  // namespace addon::client
