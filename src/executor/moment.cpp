#include "executor/moment.hpp"

#include "executor/generations.hpp"
#include "executor/journal.hpp"

namespace addon::executor {

Result<Moment> moment_of(const host::Directory& root) {
  return Moment{TRY(has_open_journal(root)), TRY(last_number(root))};
}

}  // namespace addon::executor
