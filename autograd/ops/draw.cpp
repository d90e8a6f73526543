#include "autograd/ops/draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "autograd/errors.h"
#include "autograd/kernels/rows.h"
#include "autograd/ops/ids.h"

namespace heed::inline HEED_REAL {
namespace {

void check_rows(const char* op, const Tensor& x) {
  if (x.rank() > 0 && x.dim(-1) > 0) {
    checked_id(op, x.dim(-1) - 1);
    return;
  }
  throw ShapeError(fmt::format("[{}] x {} has no places to draw", op, x.shape().str()));
}

// A place in proportion to the weights, some of which are above 0.
std::size_t draw(const std::vector<double>& weights, double total, double uniform) {
  const double wanted = uniform * total;
  double sum = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0) continue;
    sum += weights[i];
    last = i;  // where rounding leaves the sum below what is wanted
    if (wanted < sum) break;
  }
  return last;
}

double total_of(const std::vector<double>& weights) {
  double total = 0;
  for (const double weight : weights) total += weight;
  return total;
}

}  // namespace

Indices categorical(const Tensor& logits, Generator& rng) {
  check_rows("categorical", logits);
  const Index n = logits.dim(-1);
  std::vector<std::int32_t> places;
  std::vector<double> weights(static_cast<std::size_t>(n));
  for (Index r = 0; r < row_count(logits.shape()); ++r) {
    const Real* row = logits.data() + r * n;
    const double top = static_cast<double>(*std::max_element(row, row + n));
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] = std::exp(static_cast<double>(row[i]) - top);
    }
    const double total = total_of(weights);
    if (!std::isfinite(total)) {
      throw ValueError(fmt::format("[categorical] row {} of the logits has no probabilities: a "
                                   "NaN, an infinity, or nothing but -inf",
                                   r));
    }
    places.push_back(static_cast<std::int32_t>(draw(weights, total, rng.uniform())));
  }
  return Indices(logits.shape().erased(-1), std::move(places));
}

Indices multinomial(const Tensor& weights, Index count, Generator& rng,
                    const MultinomialOptions& options) {
  check_rows("multinomial", weights);
  if (count < 0) throw ValueError(fmt::format("[multinomial] count must be >= 0, got {}", count));
  const Index n = weights.dim(-1);
  std::vector<std::int32_t> places;
  for (Index r = 0; r < row_count(weights.shape()); ++r) {
    const Real* row = weights.data() + r * n;
    std::vector<double> left(row, row + n);
    Index positive = 0;
    for (const double weight : left) {
      if (!(weight >= 0) || std::isinf(weight)) {
        throw ValueError(fmt::format("[multinomial] a weight of {} in row {}", weight, r));
      }
      positive += weight > 0;
    }
    if (positive < (options.replacement ? std::min<Index>(1, count) : count)) {
      throw ValueError(
          fmt::format("[multinomial] row {} has {} weights above 0, {} are to be drawn", r,
                      positive, count));
    }
    for (Index i = 0; i < count; ++i) {
      const std::size_t place = draw(left, total_of(left), rng.uniform());
      places.push_back(static_cast<std::int32_t>(place));
      if (!options.replacement) left[place] = 0;
    }
  }
  return Indices(weights.shape().with(-1, count), std::move(places));
}

}  // namespace heed::inline HEED_REAL
