#include "document/validator.hpp"

#include <cstdlib>
#include <exception>
#include <mutex>
#include <utility>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace addon::document {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

// A valijson::Validator keeps the regular expressions that it has compiled, which take far longer
// to make than to use, but is not thread-safe: each is lent to one thread at a time.
struct Validator::Engine {
  valijson::Schema schema;
  std::mutex mutex;
  std::vector<std::unique_ptr<valijson::Validator>> idle;
};

class Validator::Lease {
 public:
  explicit Lease(Engine& engine) : engine_(engine) {
    const std::lock_guard lock(engine_.mutex);
    if (engine_.idle.empty()) {
      validator_ = std::make_unique<valijson::Validator>();
    } else {
      validator_ = std::move(engine_.idle.back());
      engine_.idle.pop_back();
    }
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    const std::lock_guard lock(engine_.mutex);
    engine_.idle.push_back(std::move(validator_));
  }
  valijson::Validator* operator->() { return validator_.get(); }

 private:
  Engine& engine_;
  std::unique_ptr<valijson::Validator> validator_;
};

namespace {
// valijson writes "[KEY]" for every step below "<root>".
Place place_of(const std::vector<std::string>& context) {
  Place place;
  for (std::size_t i = 1; i < context.size(); ++i)
    place.push_back(context[i].substr(1, context[i].size() - 2));
  return place;
}
}  // namespace

Validator::Validator(const Json& schema) : engine_(std::make_unique<Engine>()) {
  try {
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    const Adapter adapter(schema);
    parser.populateSchema(adapter, engine_->schema);
  } catch (const std::exception&) {
    std::abort();  // our own schema is broken: a bug, and an empty schema would accept everything
  }
}

Validator::~Validator() = default;

bool Validator::accepts(const Json& value) const {
  try {
    Lease validator(*engine_);
    return validator->validate(engine_->schema, Adapter(value), nullptr);
  } catch (const std::exception&) {
    return false;
  }
}

Validator::Complaints Validator::complaints(const Json& value) const {
  Complaints out;
  try {
    Lease validator(*engine_);
    valijson::ValidationResults results;
    validator->validate(engine_->schema, Adapter(value), &results);
    for (const auto& error : results) {
      Place place = place_of(error.context);
      if (out.description.empty() || place.size() > out.deepest.size()) {
        out.deepest = place;
        out.description = error.description;
      }
      out.places.insert(std::move(place));
    }
  } catch (const std::exception& error) {
    out.description = error.what();
  }
  return out;
}

}  // namespace addon::document
