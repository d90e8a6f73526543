#include "optim/state.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace heed::inline HEED_REAL::optim {

void check_parameters(const char* optimizer, const std::vector<Parameter>& parameters) {
  std::unordered_set<std::string> names;
  std::unordered_map<const Node*, std::string> leaves;
  for (const auto& [name, value] : parameters) {
    if (!names.insert(name).second) {
      throw ValueError(fmt::format("[{}] two parameters are called '{}'", optimizer, name));
    }
    if (!value.is_leaf() || !value.requires_grad()) {
      throw ValueError(fmt::format("[{}] '{}' is not a leaf that wants a gradient\n"
                                   "hint: pass model.parameters()",
                                   optimizer, name));
    }
    const auto [first, fresh] = leaves.emplace(value.node().get(), name);
    if (!fresh) {
      throw ValueError(
          fmt::format("[{}] '{}' and '{}' are the same tensor", optimizer, first->second, name));
    }
  }
}

void zero_gradients(const std::vector<Parameter>& parameters) {
  for (const Parameter& parameter : parameters) parameter.value.zero_grad();
}

std::vector<Parameter> zeros_beside(const std::vector<Parameter>& parameters, const char* what) {
  std::vector<Parameter> made;
  for (const auto& [name, value] : parameters) {
    made.push_back({fmt::format("{}.{}", what, name), Tensor::zeros(value.shape())});
  }
  return made;
}

OptimizerState copied(std::int64_t steps, const std::vector<Parameter>& tensors) {
  OptimizerState state{steps, {}};
  for (const auto& [name, value] : tensors) {
    state.tensors.push_back({name, Tensor(value.shape(), value.values())});
  }
  return state;
}

void overwrite(const char* optimizer, const std::vector<Parameter>& tensors,
               const OptimizerState& state) {
  if (state.steps < 0) {
    throw ValueError(fmt::format("[{}] a state of {} steps", optimizer, state.steps));
  }
  std::unordered_map<std::string, Tensor> given;
  for (const auto& [name, value] : state.tensors) given.emplace(name, value);
  for (const auto& [name, value] : tensors) {
    const auto found = given.find(name);
    if (found == given.end()) {
      throw ValueError(fmt::format("[{}] the state has no '{}'", optimizer, name));
    }
    if (!(found->second.shape() == value.shape())) {
      throw ValueError(fmt::format("[{}] the state's '{}' is {} and must be {}", optimizer, name,
                                   found->second.shape().str(), value.shape().str()));
    }
  }
  if (state.tensors.size() != tensors.size()) {
    std::unordered_set<std::string> expected;
    for (const Parameter& tensor : tensors) expected.insert(tensor.name);
    // One more than there should be: a name that is not ours, or one that comes twice.
    const auto odd = std::find_if(state.tensors.begin(), state.tensors.end(), [&](const auto& t) {
      return expected.erase(t.name) == 0;
    });
    throw ValueError(fmt::format("[{}] the state has an unexpected '{}'", optimizer, odd->name));
  }
  for (const auto& [name, value] : tensors) value.assign(given.at(name));
}

}  // namespace heed::inline HEED_REAL::optim
