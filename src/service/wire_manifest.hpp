#pragma once

#include "manifest/manifest.hpp"
#include "service/wire.hpp"

namespace addon::service {

/// What is read fits together as what parse_manifest() returns: manifest::why_unsound().
void wire(WireWriter& writer, const manifest::ParsedManifest& parsed);
void wire(WireReader& reader, manifest::ParsedManifest& parsed);

}  // namespace addon::service
