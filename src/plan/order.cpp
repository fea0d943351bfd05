#include "plan/order.hpp"

#include <algorithm>
#include <deque>

namespace addon::plan {

std::vector<AddonId> needed_first(const Needs& needs) {
  Needs left;
  for (const auto& [id, others] : needs) {
    std::set<AddonId>& waits_for = left[id];
    for (const AddonId& other : others) {
      if (needs.contains(other)) waits_for.insert(other);
    }
  }
  std::vector<AddonId> order;
  while (!left.empty()) {
    auto next = std::find_if(left.begin(), left.end(), [](const auto& one) { return one.second.empty(); });
    // A circle, which is reported: any order will do.
    if (next == left.end()) next = left.begin();
    const AddonId id = next->first;
    left.erase(next);
    for (auto& [other, waits_for] : left) waits_for.erase(id);
    order.push_back(id);
  }
  return order;
}

std::vector<AddonId> dependents_first(const Needs& needs) {
  Needs needed_by;
  for (const auto& [id, others] : needs) {
    needed_by.try_emplace(id);
    for (const AddonId& other : others) {
      if (needs.contains(other)) needed_by[other].insert(id);
    }
  }
  return needed_first(needed_by);
}

namespace {

/// The shortest way from `id` back to itself; empty where there is none.
std::vector<AddonId> way_back(const Needs& needs, const AddonId& id) {
  std::map<AddonId, AddonId> reached_from;
  std::deque<AddonId> left{id};
  while (!left.empty()) {
    const AddonId at = left.front();
    left.pop_front();
    const auto found = needs.find(at);
    if (found == needs.end()) continue;
    for (const AddonId& next : found->second) {
      if (next == id) {
        std::vector<AddonId> way{at};
        while (way.back() != id) way.push_back(reached_from.at(way.back()));
        std::reverse(way.begin(), way.end());
        return way;
      }
      if (reached_from.emplace(next, at).second) left.push_back(next);
    }
  }
  return {};
}

}  // namespace

std::vector<std::vector<AddonId>> circles(const Needs& needs) {
  std::vector<std::vector<AddonId>> found;
  std::set<AddonId> known;
  for (const auto& [id, others] : needs) {
    if (known.contains(id)) continue;
    std::vector<AddonId> way = way_back(needs, id);
    known.insert(way.begin(), way.end());
    if (way.empty()) continue;
    std::rotate(way.begin(), std::min_element(way.begin(), way.end()), way.end());
    found.push_back(std::move(way));
  }
  return found;
}

}  // namespace addon::plan
