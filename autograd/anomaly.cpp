#include "autograd/anomaly.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/finite.h"
#include "autograd/graph.h"

namespace heed::inline HEED_REAL {
namespace {

thread_local bool enabled = false;

bool all_finite(const Tensor& x) { return heed::all_finite(x.data(), x.size()); }

// "[1, 2]" of the element at `offset`.
std::string position(const Shape& shape, Index offset) {
  std::string text;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    text = fmt::format("{}{}{}", offset % shape[axis], text.empty() ? "" : ", ", text);
    offset /= shape[axis];
  }
  return '[' + text + ']';
}

// "(2, 3) is not finite in 1 of 6 elements, first -inf at [0, 1]"
std::string where_not_finite(const Tensor& x) {
  const auto values = x.values();
  const auto bad = [](Real v) { return !std::isfinite(v); };
  const auto first = std::find_if(values.begin(), values.end(), bad);
  return fmt::format("{} is not finite in {} of {} elements, first {} at {}", x.shape().str(),
                     std::count_if(values.begin(), values.end(), bad), values.size(),
                     std::isnan(*first) ? std::numeric_limits<Real>::quiet_NaN() : *first,
                     position(x.shape(), first - values.begin()));
}

// "(2, 3) from -1 to 4"
std::string range(const Tensor& x) {
  if (x.size() == 0) return x.shape().str() + " without elements";
  if (!all_finite(x)) return where_not_finite(x);
  const auto [low, high] = std::minmax_element(x.values().begin(), x.values().end());
  return fmt::format("{} from {} to {}", x.shape().str(), *low, *high);
}

void check_output(const Operation& operation) {
  if (!enabled || all_finite(operation.output)) return;
  std::string text =
      fmt::format("[{}] forward: the output {}",
                  detail::named_part(operation.name, detail::calling),
                  where_not_finite(operation.output));
  bool made_here = true;
  for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
    const Tensor& input = *operation.inputs[i];
    if (!input.defined()) continue;
    text += fmt::format("\ninput {} {}", i, range(input));
    made_here = made_here && all_finite(input);
  }
  if (!made_here) text += "\nhint: it was not finite before: look at the data and the parameters";
  throw NonFiniteError(text);
}

}  // namespace

AnomalyGuard::AnomalyGuard(bool on) : before_(enabled) {
  enabled = on;
  if (on && !before_) watcher_.emplace(check_output);
}

AnomalyGuard::~AnomalyGuard() { enabled = before_; }

bool anomaly_enabled() { return enabled; }

namespace detail {

void check_gradient(const Node& node, int argument, const Tensor& gradient,
                    const Tensor& cotangent) {
  if (all_finite(gradient)) return;
  std::string text = fmt::format("[{}] backward: the gradient of input {} {}\ncotangent {}",
                                 named_part(node.name, node.calling), argument,
                                 where_not_finite(gradient), range(cotangent));
  for (int i = 0; i < node.edge_count; ++i) {
    text += fmt::format("\ninput {} {}", i, node.edges[i].shape.str());
  }
  throw NonFiniteError(text);
}

void check_arriving(const Node& node, const Tensor& gradient) {
  if (all_finite(gradient)) return;
  throw NonFiniteError(
      fmt::format("[{}] backward: the cotangent {}\nhint: it was given to backward() like that, or "
                  "the gradients of several uses add up to it",
                  named_part(node.name, node.calling), where_not_finite(gradient)));
}

}  // namespace detail
}  // namespace heed::inline HEED_REAL
