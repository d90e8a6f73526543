#include <fmt/format.h>

#include <algorithm>

#include "autograd/graph.h"
#include "autograd/ops.h"
#include "autograd/testing.h"

namespace heed::inline HEED_REAL {

#ifdef HEED_TESTING
namespace testing {
namespace {

RuleName broken;
Break how_broken = Break::none;
std::vector<RuleName> ran;

}  // namespace

void break_rule(const RuleName& rule, Break how) {
  broken = rule;
  how_broken = how;
}

std::vector<RuleName> rules_that_ran(bool forget) {
  std::vector<RuleName> result = ran;
  if (forget) ran.clear();
  return result;
}

static Tensor observed(const Node& node, int argument, Tensor gradient) {
  const RuleName rule{node.name, argument};
  if (std::find(ran.begin(), ran.end(), rule) == ran.end()) ran.push_back(rule);
  if (how_broken == Break::none || !(rule == broken)) return gradient;
  return how_broken == Break::sign ? -gradient : gradient * 1.01;
}

}  // namespace testing
#endif

namespace detail {

Tensor checked(const Node& node, int argument, Tensor gradient) {
  const Shape& expected = node.edges[argument].shape;
  if (!(gradient.shape() == expected)) {
    throw Error(
        fmt::format("[{}] the rule of argument {} returned shape {} for an input of shape {}",
                    node.name, argument, gradient.shape().str(), expected.str()));
  }
#ifdef HEED_TESTING
  return testing::observed(node, argument, std::move(gradient));
#else
  return gradient;
#endif
}

}  // namespace detail
}  // namespace heed::inline HEED_REAL
