#pragma once

#include "bundle/parser.hpp"
#include "service/wire.hpp"

namespace addon::service {

void wire(WireWriter& writer, const bundle::AnalyzedUnit& unit);
void wire(WireReader& reader, bundle::AnalyzedUnit& unit);

}  // namespace addon::service
