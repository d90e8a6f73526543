#include "optim/stepper.h"

#include <fmt/format.h>

#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "autograd/update.h"
#include "optim/options.h"

namespace heed::inline HEED_REAL::optim {
namespace {

// Counts are saved as numbers of the library's own kind, which in float are exact up to 2^24: more
// than any formula can tell from infinity.
std::int64_t count_from(const char* optimizer, const std::string& name, const Tensor& saved) {
  const auto count = static_cast<double>(saved.item());
  if (!(count >= 0) || count != std::floor(count) || count > 0x1p53) {
    throw ValueError(fmt::format("[{}] the state's '{}' must be a whole number >= 0, got {}",
                                 optimizer, name, count));
  }
  return static_cast<std::int64_t>(count);
}

}  // namespace

void check_parameters(const char* owner, const std::vector<Parameter>& parameters) {
  std::unordered_set<std::string> names;
  std::unordered_map<const Node*, std::string> leaves;
  for (const auto& [name, value] : parameters) {
    if (!names.insert(name).second) {
      throw ValueError(fmt::format("[{}] two parameters are called '{}'", owner, name));
    }
    if (!value.is_leaf() || !value.requires_grad()) {
      throw ValueError(
          fmt::format("[{}] '{}' is not a leaf that wants a gradient\n"
                      "hint: pass model.parameters()",
                      owner, name));
    }
    const auto [first, fresh] = leaves.emplace(value.node().get(), name);
    if (!fresh) {
      throw ValueError(
          fmt::format("[{}] '{}' and '{}' are the same tensor", owner, first->second, name));
    }
  }
}

Stepper::Stepper(const char* optimizer, std::vector<Parameter> parameters, double lr,
                 double weight_decay, const std::vector<ParameterGroup>& groups, const Slots& slots)
    : optimizer_(optimizer),
      parameters_(std::move(parameters)),
      updates_(parameters_.size()),
      claim_(parameters_) {
  check_parameters(optimizer, parameters_);
  if (parameters_.empty()) {
    throw ValueError(fmt::format(
        "[{}] there are no parameters to train\nhint: pass model.parameters(), of a model that has "
        "some", optimizer));
  }
  set_lr(lr);
  groups_ = numbers_by_group(optimizer, parameters_, groups, weight_decay);
  for (std::size_t slot = 0; slot < most_slots; ++slot) {
    if (!slots[slot].name) continue;
    for (const auto& [name, value] : parameters_) {
      slots_[slot].push_back(Tensor::full(value.shape(), slots[slot].initial));
      saved_.push_back({fmt::format("{}.{}", slots[slot].name, name), slots_[slot].back()});
    }
  }
}

void Stepper::zero_grad() const {
  for (const Parameter& parameter : parameters_) parameter.value.zero_grad();
}

void Stepper::update_all(const std::function<void(const Piece&)>& update) {
  std::vector<Tensor> targets;
  std::vector<std::size_t> numbers;  // of each target among all parameters
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (!parameters_[i].value.grad().defined()) continue;
    targets.push_back(parameters_[i].value);
    numbers.push_back(i);
  }
  update_in_place(targets, [&](std::size_t target, Index begin, Index end) {
    const std::size_t i = numbers[target];
    Piece piece{.n = end - begin,
                .w = targets[target].mutable_data() + begin,
                .g = targets[target].grad().data() + begin,
                .slots = {},
                .lr = lr_ * groups_[i].lr_scale,
                .weight_decay = groups_[i].weight_decay,
                .t = updates_[i] + 1};
    for (std::size_t slot = 0; slot < most_slots; ++slot) {
      if (!slots_[slot].empty()) piece.slots[slot] = slots_[slot][i].mutable_data() + begin;
    }
    update(piece);
  });
  for (const std::size_t i : numbers) ++updates_[i];
  ++steps_;
}

void Stepper::set_lr(double lr) {
  require_not_negative(optimizer_, "lr", lr);
  lr_ = lr;
}

std::string Stepper::count_name(std::size_t parameter) const {
  return "step." + parameters_[parameter].name;
}

OptimizerState Stepper::state() const {
  OptimizerState state{steps_, {}};
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    state.tensors.push_back({count_name(i), Tensor::scalar(static_cast<Real>(updates_[i]))});
  }
  for (Parameter& copy : copied(saved_)) state.tensors.push_back(std::move(copy));
  return state;
}

void Stepper::restore(const OptimizerState& state) {
  std::vector<NamedShape> expected;
  for (std::size_t i = 0; i < parameters_.size(); ++i) expected.push_back({count_name(i), Shape{}});
  for (const Parameter& slot : saved_) expected.push_back({slot.name, slot.value.shape()});
  const std::vector<Tensor> given = matched(optimizer_, expected, state);
  std::vector<std::int64_t> updates;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    updates.push_back(count_from(optimizer_, expected[i].name, given[i]));
  }
  for (std::size_t i = 0; i < saved_.size(); ++i) {
    saved_[i].value.assign(given[parameters_.size() + i]);
  }
  updates_ = std::move(updates);
  steps_ = state.steps;
}

}  // namespace heed::inline HEED_REAL::optim
