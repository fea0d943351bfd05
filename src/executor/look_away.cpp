#include "executor/look_away.hpp"

#include <vector>

namespace addon::executor {

void look_away(Subjects& subjects, const policy::SitePolicy& policy) {
  std::erase_if(subjects.programs,
                [&](const std::string& program) { return !policy::could_allow_program(policy, program); });
  for (auto& [id, releases] : subjects.addons) {
    for (plan::Release& release : releases) {
      std::erase_if(release.state_dirs, [&](const plan::ReleaseStateDir& dir) {
        return !policy::could_allow_state_dir(policy, dir.path);
      });
    }
  }
}

}  // namespace addon::executor
