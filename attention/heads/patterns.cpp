#include "attention/heads/patterns.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "attention/heads/map_shape.h"
#include "autograd/indices_ops.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// looks(text, i, j) for all queries and keys of every text: (B, T) -> (B, 1, T, T).
template <class Looks>
Mask pattern_of(const char* op, const Indices& tokens, Looks looks) {
  if (tokens.shape().rank() != 2) {
    throw ShapeError(
        fmt::format("[{}] tokens must be (B, T): got {}", op, tokens.shape().str()));
  }
  const Index batch = tokens.dim(0), length = tokens.dim(1);
  std::vector<std::uint8_t> values;
  for (Index b = 0; b < batch; ++b) {
    const std::int32_t* text = tokens.data() + b * length;
    for (Index i = 0; i < length; ++i) {
      for (Index j = 0; j < length; ++j) values.push_back(looks(text, i, j) ? 1 : 0);
    }
  }
  return Mask({batch, 1, length, length}, std::move(values));
}

}  // namespace

Mask offset_pattern(Index length, Index offset) {
  std::vector<std::uint8_t> values;
  for (Index i = 0; i < length; ++i) {
    for (Index j = 0; j < length; ++j) values.push_back(j == i + offset ? 1 : 0);
  }
  return Mask({length, length}, std::move(values));
}

Mask duplicate_pattern(const Indices& tokens) {
  return pattern_of("duplicate_pattern", tokens, [](const std::int32_t* text, Index i, Index j) {
    return j < i && text[j] == text[i];
  });
}

Mask induction_pattern(const Indices& tokens) {
  return pattern_of("induction_pattern", tokens, [](const std::int32_t* text, Index i, Index j) {
    return j > 0 && j <= i && text[j - 1] == text[i];
  });
}

Tensor pattern_score(const Tensor& weights, const Mask& pattern, Measure measure) {
  require_map("pattern_score", weights);
  const Mask wanted = stretched("pattern_score", pattern, weights.shape());  // (B, H, T, S)
  const Mask counted = any(wanted, {3}, true);                               // (B, H, T, 1)
  const Axes all_rows{0, 2, 3};
  if (measure == Measure::mul) {
    const Tensor of_rows = where(counted, weights, 0.0);
    return sum(where(wanted, weights, 0.0), all_rows) / sum(of_rows, all_rows);
  }
  const Tensor apart = where(counted, abs(weights - to_tensor(wanted)), 0.0);
  return 1.0 - sum(apart, all_rows) / sum(to_tensor(counted), all_rows);
}

}  // namespace heed::inline HEED_REAL::attention
