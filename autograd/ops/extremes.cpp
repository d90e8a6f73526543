// The largest, the smallest and the middle, and where they are.
#include "autograd/ops/extremes.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>
#include <vector>

#include "autograd/graph.h"
#include "autograd/kernels/axis_runs.h"
#include "autograd/kernels/reduce.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/ids.h"

namespace heed::inline HEED_REAL {
namespace {

using Kernel = void (*)(const Real*, Real*, const Lines&);

void check_not_empty(const Shape& shape, const GoneAxes& gone, const char* op) {
  for (const int axis : gone.sorted()) {
    if (shape[axis] != 0) continue;
    throw ShapeError(fmt::format("[{}] axis {} of shape {} is empty", op, axis, shape.str()));
  }
}

Tensor best_of(const Tensor& x, const AxisRun& run, Kernel kernel) {
  Tensor y = Tensor::empty(folded(x.shape(), run));
  kernel(x.data(), y.mutable_data(), lines_of(x.shape(), run));
  count_cost(0, static_cast<std::uint64_t>(x.size() + y.size()) * sizeof(Real));
  return y;
}

// Where they stand along the run.
std::vector<std::int32_t> places_of(const char* op, const Tensor& x, const Tensor& best,
                                    const AxisRun& run) {
  checked_id(op, lines_of(x.shape(), run).n - 1);
  std::vector<std::int32_t> places(static_cast<std::size_t>(best.size()));
  find_lines(x.data(), best.data(), places.data(), lines_of(x.shape(), run));
  count_cost(0, static_cast<std::uint64_t>(x.size()) * sizeof(Real));
  return places;
}

Tensor best_run(const char* name, const Tensor& x, const AxisRun& run, Kernel kernel) {
  Tensor y = best_of(x, run, kernel);
  if (!(grad_enabled() && x.requires_grad())) return y;
  const Lines lines = lines_of(x.shape(), run);
  const Indices places({lines.outer, 1, lines.inner}, places_of(name, x, y, run));
  return differentiable(name, y, wrt(x, [places, n = lines.n, from = x.shape()](const Tensor& g) {
                          return reshape(put_along(reshape(g, places.shape()), places, n, 1), from);
                        }));
}

Tensor best_over(const char* name, const Tensor& x, const GoneAxes& gone, bool keepdims,
                 Kernel kernel) {
  check_not_empty(x.shape(), gone, name);
  Tensor y = x;
  for (const AxisRun& run : gone.runs()) y = best_run(name, y, run, kernel);
  return keepdims ? y : reshape(y, gone.left());
}

Indices place_of_best(const char* name, const Tensor& x, int axis, bool keepdims, Kernel kernel) {
  const GoneAxes gone(x.shape(), {axis}, name);
  check_not_empty(x.shape(), gone, name);
  const AxisRun& run = gone.runs()[0];
  return {gone.result(keepdims), places_of(name, x, best_of(x, run, kernel), run)};
}

// The first from the other side.
Indices last_place_of_best(const char* name, const Tensor& x, int axis, bool keepdims,
                           Kernel kernel) {
  axis = x.shape().axis(axis, name);
  const Indices from_end = place_of_best(name, flip(x.detach(), axis), axis, keepdims, kernel);
  std::vector<std::int32_t> places;
  for (const std::int32_t place : from_end.values()) {
    places.push_back(static_cast<std::int32_t>(x.dim(axis)) - 1 - place);
  }
  return {from_end.shape(), std::move(places)};
}

Indices place_of_best(const char* name, const Tensor& x, Kernel kernel) {
  check_not_empty(x.shape(), GoneAxes(x.shape()), name);
  return place_of_best(name, reshape(x, {x.size()}), 0, false, kernel);
}

Tensor median_over(const Tensor& x, const GoneAxes& gone, bool keepdims) {
  check_not_empty(x.shape(), gone, "median");
  const Index n = gone.count(), lines = x.size() / n;
  const Tensor flat = reshape(permute(x, gone.order_to_end()), {lines, n});
  const Indices order = argsort(flat, 1);
  std::vector<std::int32_t> places;
  for (Index i = 0; i < lines; ++i) {
    const std::int32_t last = order[i * n + n - 1];  // NaN, where there is one
    const bool unknown = std::isnan(flat.data()[i * n + last]);
    places.push_back(unknown ? last : order[i * n + (n - 1) / 2]);
  }
  return reshape(take_along(flat, Indices({lines, 1}, std::move(places))), gone.result(keepdims));
}

}  // namespace

Tensor median(const Tensor& x) {
  const Calling calling("median");
  return median_over(x, GoneAxes(x.shape()), false);
}
Tensor median(const Tensor& x, const Axes& axes, bool keepdims) {
  const Calling calling("median");
  return median_over(x, GoneAxes(x.shape(), axes, "median"), keepdims);
}

Tensor max(const Tensor& x) {
  return best_over("max", x, GoneAxes(x.shape()), false, largest_lines);
}
Tensor max(const Tensor& x, const Axes& axes, bool keepdims) {
  return best_over("max", x, GoneAxes(x.shape(), axes, "max"), keepdims, largest_lines);
}

Tensor min(const Tensor& x) {
  return best_over("min", x, GoneAxes(x.shape()), false, smallest_lines);
}
Tensor min(const Tensor& x, const Axes& axes, bool keepdims) {
  return best_over("min", x, GoneAxes(x.shape(), axes, "min"), keepdims, smallest_lines);
}

Indices argmax(const Tensor& x) { return place_of_best("argmax", x, largest_lines); }
Indices argmax(const Tensor& x, int axis, bool keepdims, bool last) {
  if (last) return last_place_of_best("argmax", x, axis, keepdims, largest_lines);
  return place_of_best("argmax", x, axis, keepdims, largest_lines);
}
Indices argmin(const Tensor& x) { return place_of_best("argmin", x, smallest_lines); }
Indices argmin(const Tensor& x, int axis, bool keepdims, bool last) {
  if (last) return last_place_of_best("argmin", x, axis, keepdims, smallest_lines);
  return place_of_best("argmin", x, axis, keepdims, smallest_lines);
}

}  // namespace heed::inline HEED_REAL
