#include "optim/groups.h"

#include <fmt/format.h>

#include <string_view>

#include "optim/options.h"

namespace heed::inline HEED_REAL::optim {
namespace {

// Greedy matching that goes back to the last '*' only: linear in practice, without recursion.
bool fits(std::string_view name, std::string_view pattern) {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t at = 0, in_pattern = 0;
  std::size_t star = none, after_star = 0;  // where the last '*' stands and where its run ends
  while (at < name.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      after_star = at;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == name[at]) {
      ++in_pattern;
      ++at;
    } else if (star != none) {
      in_pattern = star + 1;
      at = ++after_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == none;
}

void check(const char* optimizer, const ParameterGroup& group, std::size_t number) {
  const auto of = [&](const char* option) {
    return fmt::format("{} of groups[{}]", option, number);
  };
  require_not_negative(optimizer, of("lr_scale"), group.lr_scale);
  require_not_negative(optimizer, of("weight_decay"), group.weight_decay.value_or(0));
  if (group.holds) return;
  throw ValueError(
      fmt::format("[{}] groups[{}] does not say which parameters it holds\n"
                  "hint: .holds = optim::named(\"*.bias\")",
                  optimizer, number));
}

}  // namespace

std::function<bool(const Parameter&)> named(std::string pattern) {
  return [pattern = std::move(pattern)](const Parameter& p) { return fits(p.name, pattern); };
}

std::vector<ParameterGroup> no_decay_on_norms_and_biases() {
  return {{.holds = [](const Parameter& p) { return p.value.rank() < 2; },
           .weight_decay = 0,
           .may_be_empty = true}};
}

std::vector<GroupNumbers> numbers_by_group(const char* optimizer,
                                           const std::vector<Parameter>& parameters,
                                           const std::vector<ParameterGroup>& groups,
                                           double weight_decay) {
  require_not_negative(optimizer, "weight_decay", weight_decay);
  for (std::size_t i = 0; i < groups.size(); ++i) check(optimizer, groups[i], i);
  std::vector<GroupNumbers> numbers;
  std::vector<bool> empty(groups.size(), true);
  for (const Parameter& parameter : parameters) {
    std::size_t i = 0;
    while (i < groups.size() && !groups[i].holds(parameter)) ++i;
    if (i == groups.size()) {
      numbers.push_back({1, weight_decay});
    } else {
      numbers.push_back({groups[i].lr_scale, groups[i].weight_decay.value_or(weight_decay)});
      empty[i] = false;
    }
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!empty[i] || groups[i].may_be_empty) continue;
    throw ValueError(fmt::format(
        "[{}] groups[{}] holds no parameter\n"
        "hint: a parameter belongs to the first group that holds it; the names are those of "
        "model.parameters()",
        optimizer, i));
  }
  return numbers;
}

}  // namespace heed::inline HEED_REAL::optim
