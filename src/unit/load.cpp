#include "unit/load.hpp"

#include <iterator>
#include <utility>

namespace addon::unit {

namespace {
void append(std::vector<Finding>& to, std::vector<Finding> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}
}  // namespace

std::string_view to_string(LoadState state) {
  switch (state) {
    case LoadState::loaded:
      return "loaded";
    case LoadState::masked:
      return "masked";
    case LoadState::not_found:
      break;
  }
  return "not-found";
}

void add_drop_in(UnitFile& unit, UnitFile drop_in) {
  unit.directives.insert(unit.directives.end(), std::make_move_iterator(drop_in.directives.begin()),
                         std::make_move_iterator(drop_in.directives.end()));
}

Result<LoadedUnit> load_unit(UnitReader& reader, const UnitIndex& index, const FullName& name) {
  LoadedUnit loaded{name, index.find(name), LoadState::not_found, {}, {}, {}};
  loaded.unit.file = loaded.found.fragment;
  if (loaded.found.fragment.empty()) return loaded;
  const auto text = TRY(reader.read(loaded.found.fragment));
  if (!text) {
    loaded.found.fragment.clear();
    return loaded;
  }
  loaded.state = text->empty() ? LoadState::masked : LoadState::loaded;
  loaded.drop_ins = TRY(search_drop_ins(reader, loaded.found.id, loaded.found.aliases));
  if (loaded.state == LoadState::masked) return loaded;
  ParsedUnit parsed = parse_unit(*text, loaded.found.fragment);
  loaded.unit = std::move(parsed.unit);
  loaded.findings = std::move(parsed.findings);
  for (const DropIn& drop_in : loaded.drop_ins) {
    ParsedUnit more = parse_unit(TRY(reader.read(drop_in.path)).value_or(std::string()), drop_in.path);
    add_drop_in(loaded.unit, std::move(more.unit));
    append(loaded.findings, std::move(more.findings));
  }
  return loaded;
}

}  // namespace addon::unit
