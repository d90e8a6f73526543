// Parameters that learn at a rate of their own or do not decay, picked by name or by shape.
//
//   optim::AdamW optimizer(model.parameters(),
//                          {.lr = 1e-3,
//                           .groups = {{.holds = optim::named("encoder.*"), .lr_scale = 0.1},
//                                      {.holds = optim::named("*.bias"), .weight_decay = 0}}});
//
// A parameter belongs to the first group that holds it; one that none holds has the optimizer's own
// numbers. What an optimizer saves does not depend on its groups.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::optim {

struct ParameterGroup {
  std::function<bool(const Parameter&)> holds = {};
  // Times the optimizer's lr(), so that one schedule moves all groups. 0 freezes the group.
  double lr_scale = 1;
  std::optional<double> weight_decay = {};  // empty: the optimizer's
  // A group that holds no parameter is most often a misspelt name, and refused.
  bool may_be_empty = false;
};

// Whether the name fits the pattern: '*' stands for any run of characters, dots included.
std::function<bool(const Parameter&)> named(std::string pattern);

// One group without weight decay for everything of rank 0 and 1: biases, the gains of norms, single
// numbers. Weights of layers and embeddings are of rank 2 and more.
std::vector<ParameterGroup> no_decay_on_norms_and_biases();

// What the groups say about one parameter.
struct GroupNumbers {
  double lr_scale;
  double weight_decay;
};

// Of each parameter. Throws ValueError, naming the optimizer and the group, on a number below 0, on
// a group without a predicate and on one that holds no parameter.
std::vector<GroupNumbers> numbers_by_group(const char* optimizer,
                                           const std::vector<Parameter>& parameters,
                                           const std::vector<ParameterGroup>& groups,
                                           double weight_decay);

}  // namespace heed::inline HEED_REAL::optim
