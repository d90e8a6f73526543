#include "attention/core.h"

#include <fmt/format.h>

#include "attention/heads/head_gates.h"
#include "attention/heads/map_change.h"

namespace heed::inline HEED_REAL::attention {

namespace {

void require_heads(const char* op, const Tensor& x, Index heads) {
  if (x.rank() == 3 && heads >= 1 && x.dim(2) % heads == 0) return;
  throw ShapeError(fmt::format("[{}] {} heads do not divide the last axis of (B, T, C): {}", op,
                               heads, x.shape().str()));
}

}  // namespace

Tensor split_heads(const Tensor& x, Index heads) {
  require_heads("split_heads", x, heads);
  const Tensor apart = reshape(x, {x.dim(0), x.dim(1), heads, x.dim(2) / heads});  // (B, T, H, D)
  return permute(apart, {0, 2, 1, 3});                                             // (B, H, T, D)
}

Tensor merge_heads(const Tensor& y) {
  const Tensor apart = permute(y, {0, 2, 1, 3});  // (B, H, T, D) -> (B, T, H, D)
  return reshape(apart, {apart.dim(0), apart.dim(1), apart.dim(2) * apart.dim(3)});
}

Tensor repeat_heads(const Tensor& x, Index heads, Index times) {
  require_heads("repeat_heads", x, heads);
  const Index batch = x.dim(0), length = x.dim(1), size = x.dim(2) / heads;
  const Tensor apart = reshape(x, {batch, length, heads, 1, size});  // (B, T, H, 1, D)
  const Tensor repeated = expand(apart, Shape{batch, length, heads, times, size});
  return reshape(repeated, {batch, length, heads * times * size});
}

Tensor combine(const Tensor& weights, const Tensor& v) {
  return gated(matmul(changed_map(weights), v));
}

Mask visible(const Pattern& pattern, const MixerInput& input, Index keys) {
  if (pattern.is_full()) return input.mask;
  const Index queries = input.x.dim(1);
  const Mask own = pattern.expand(queries, keys).reshape({1, 1, queries, keys});
  return input.mask.defined() ? own & input.mask : own;
}

}  // namespace heed::inline HEED_REAL::attention
