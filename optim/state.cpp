#include "optim/state.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace heed::inline HEED_REAL::optim {

std::vector<Parameter> copied(const std::vector<Parameter>& tensors) {
  std::vector<Parameter> copies;
  for (const auto& [name, value] : tensors) {
    copies.push_back({name, Tensor(value.shape(), value.values())});
  }
  return copies;
}

std::vector<Tensor> matched(const char* optimizer, const std::vector<NamedShape>& expected,
                            const OptimizerState& state) {
  if (state.steps < 0) {
    throw ValueError(fmt::format("[{}] a state of {} steps", optimizer, state.steps));
  }
  std::unordered_map<std::string, Tensor> given;
  for (const auto& [name, value] : state.tensors) given.emplace(name, value);
  std::vector<Tensor> found;
  for (const auto& [name, shape] : expected) {
    const auto tensor = given.find(name);
    if (tensor == given.end()) {
      throw ValueError(fmt::format("[{}] the state has no '{}'", optimizer, name));
    }
    if (!(tensor->second.shape() == shape)) {
      throw ValueError(fmt::format("[{}] the state's '{}' is {} and must be {}", optimizer, name,
                                   tensor->second.shape().str(), shape.str()));
    }
    found.push_back(tensor->second);
  }
  if (state.tensors.size() != expected.size()) {
    std::unordered_set<std::string> names;
    for (const NamedShape& tensor : expected) names.insert(tensor.name);
    // One more than there should be: a name that is not ours, or one that comes twice.
    const auto odd = std::find_if(state.tensors.begin(), state.tensors.end(),
                                  [&](const auto& t) { return names.erase(t.name) == 0; });
    throw ValueError(fmt::format("[{}] the state has an unexpected '{}'", optimizer, odd->name));
  }
  return found;
}

}  // namespace heed::inline HEED_REAL::optim
