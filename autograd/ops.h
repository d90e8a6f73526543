// Every operation on tensors. Each is one function: value, derivative and name live together in its
// .cpp.
//
// Shapes broadcast as in NumPy where two tensors meet element by element. Axes may be negative.
// Wrong shapes throw ShapeError, wrong values ValueError, both naming the op. Every op has
// derivatives of any order for every Tensor argument; Indices, Mask, axes and generators are plain
// parameters.
#pragma once

#include <vector>

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// ---- element by element, two arguments (elementwise_binary.cpp) ------------------------------
Tensor operator+(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& a, const Tensor& b);
Tensor operator*(const Tensor& a, const Tensor& b);
Tensor operator/(const Tensor& a, const Tensor& b);
Tensor operator+(const Tensor& a, double b);
Tensor operator-(const Tensor& a, double b);
Tensor operator*(const Tensor& a, double b);
Tensor operator/(const Tensor& a, double b);
Tensor operator+(double a, const Tensor& b);
Tensor operator-(double a, const Tensor& b);
Tensor operator*(double a, const Tensor& b);
Tensor operator/(double a, const Tensor& b);
Tensor operator-(const Tensor& x);
// The larger / smaller of two; at a tie the gradient goes half to each. NaN in either gives NaN.
Tensor maximum(const Tensor& a, const Tensor& b);
Tensor minimum(const Tensor& a, const Tensor& b);

// ---- comparisons and choice (choose.cpp) -----------------------------------------------------
Mask operator>(const Tensor& a, const Tensor& b);
Mask operator<(const Tensor& a, const Tensor& b);
Mask operator>(const Tensor& a, double b);
Mask operator<(const Tensor& a, double b);
// a where the condition holds, b elsewhere. The branch not taken gets a gradient of exactly 0, also
// beside inf and NaN. A formula that divides by zero in that branch still makes 0/0: guard its
// input as well, where(ok, f(where(ok, x, 1)), 0).
Tensor where(const Mask& condition, const Tensor& a, const Tensor& b);
Tensor where(const Mask& condition, const Tensor& a, double b);
Tensor where(const Mask& condition, double a, const Tensor& b);
// 1 where the mask holds, 0 elsewhere.
Tensor to_tensor(const Mask& mask);

// ---- element by element, one argument (elementwise_*.cpp) ------------------------------------
Tensor exp(const Tensor& x);
Tensor log(const Tensor& x);
Tensor sqrt(const Tensor& x);
Tensor square(const Tensor& x);
Tensor abs(const Tensor& x);  // derivative 0 at 0
Tensor sin(const Tensor& x);
Tensor cos(const Tensor& x);
Tensor erf(const Tensor& x);
Tensor tanh(const Tensor& x);
Tensor sigmoid(const Tensor& x);
Tensor relu(const Tensor& x);      // derivative 0 at 0
Tensor gelu(const Tensor& x);      // x * Phi(x), exact. Hendrycks and Gimpel 2016, arXiv 1606.08415
Tensor softplus(const Tensor& x);  // log(1 + e^x)

// ---- reductions (reduce.cpp) -----------------------------------------------------------------
// Sums are accurate: the mean of 2^25 ones is 1 over each axis.
Tensor sum(const Tensor& x);
Tensor sum(const Tensor& x, const std::vector<int>& axes, bool keepdims = false);
Tensor mean(const Tensor& x);
Tensor mean(const Tensor& x, const std::vector<int>& axes, bool keepdims = false);
// The largest along one axis; at a tie the first takes the whole gradient. NaN wins.
Tensor max(const Tensor& x, int axis, bool keepdims = false);
Tensor logsumexp(const Tensor& x, int axis, bool keepdims = false);
// Where the largest is (the first at a tie).
Indices argmax(const Tensor& x, int axis);
// The sum over the axes that broadcasting stretched: from x's shape back to `shape`.
Tensor sum_to(const Tensor& x, const Shape& shape);

// ---- shape (shape_ops.cpp) -------------------------------------------------------------------
// One extent may be -1: what is left. Shares the memory.
Tensor reshape(const Tensor& x, const Shape& shape);
Tensor reshape(const Tensor& x, std::initializer_list<Index> extents);
// Axis i of the result is axis order[i] of x.
Tensor permute(const Tensor& x, const std::vector<int>& order);
Tensor transpose(const Tensor& x, int axis_a = -2, int axis_b = -1);
// Repeats axes of extent 1, and adds axes in front.
Tensor expand(const Tensor& x, const Shape& shape);
// start, start + step, ... up to and without stop; negative start and stop count from the end. step
// >= 1.
Tensor slice(const Tensor& x, int axis, Index start, Index stop, Index step = 1);
// The i-th along an axis, which goes away.
Tensor select(const Tensor& x, int axis, Index i);
Tensor concat(const std::vector<Tensor>& parts, int axis);
Tensor stack(const std::vector<Tensor>& parts, int axis);
// Zeros around one axis.
Tensor pad(const Tensor& x, int axis, Index before, Index after);
Tensor flip(const Tensor& x, int axis);

// ---- gathering (gather.cpp) ------------------------------------------------------------------
// Rows ids of `x` along axis 0: x (V, ...), ids (...) -> ids.shape + x.shape[1:]. An embedding
// look-up. Throws ValueError on an id outside [0, V).
Tensor index_select(const Tensor& x, const Indices& ids);
// The inverse: adds row i of `values` into row ids[i] of zeros (rows, ...).
Tensor index_add(const Tensor& values, const Indices& ids, Index rows);
// y[..., j] = x[..., ids[..., j]]: picks along the last axis. ids has x's shape but for the last
// extent.
Tensor take_along(const Tensor& x, const Indices& ids);
// The inverse: zeros of last extent n, with values[..., j] added at ids[..., j].
Tensor put_along(const Tensor& values, const Indices& ids, Index n);
// ids (...) -> (..., classes) of 0 and 1.
Tensor one_hot(const Indices& ids, Index classes);

// ---- matrix products (matmul.cpp) ------------------------------------------------------------
struct MatmulOptions {
  bool transpose_a = false;
  bool transpose_b = false;
};
// a (..., M, K), b (..., K, N) -> (..., M, N). Leading axes broadcast. The flags say that the last
// two axes of an argument are stored the other way round; no copy is made.
Tensor matmul(const Tensor& a, const Tensor& b, const MatmulOptions& options = {});

// ---- fused, each with its composed twin in twins.h -------------------------------------------
// Over the last axis. A row without any visible entry gives zeros, and zero gradient.
Tensor softmax(const Tensor& x);
Tensor log_softmax(const Tensor& x);
Tensor masked_softmax(const Tensor& x, const Mask& visible);
// (x - mean) / sqrt(variance + eps) * weight + bias over the last axis. Ba, Kiros, Hinton 2016,
// 1607.06450.
Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double eps = 1e-5);
// x (..., in), weight (out, in) as PyTorch keeps it, bias (out) or undefined -> (..., out).
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias);
// The mean over rows of -log softmax(logits)[label]: logits (..., C), labels (...) -> scalar. A
// label of `ignore_index` is left out of sum and count. Throws ValueError on any other label
// outside [0, C).
struct CrossEntropyOptions {
  std::int32_t ignore_index = -100;
};
Tensor cross_entropy(const Tensor& logits, const Indices& labels,
                     const CrossEntropyOptions& options = {});
// Zeroes elements with probability p and scales the rest by 1/(1-p). Draws from `rng`, which the
// caller keys by seed, module and step; the draw is kept for the backward pass. Srivastava et al.
// 2014.
Tensor dropout(const Tensor& x, double p, Generator& rng);

// Where the heads of a query, key or value lie inside a projection, so that attention reads them
// without a copy: head h of token t of batch row b is source[b, t, offset + h * size ... + size].
struct Heads {
  Tensor source;  // (B, T, anything)
  Index offset = 0;
  Index heads = 1;
  Index size = 0;
};
struct AttentionOptions {
  double scale = 0;  // 0: 1 / sqrt(size)
  // Query i of Tq sees keys j <= i + Tk - Tq (aligned bottom-right, as decoding with a cache
  // needs).
  bool causal = false;
  // Only keys within this distance of i + Tk - Tq; -1: all.
  Index window = -1;
  // Broadcast against (B, H, Tq, Tk); undefined: all visible.
  Mask visible = {};
};
// softmax(scale * q k^T) v per head -> (B, Tq, H * value size). Vaswani et al. 2017, arXiv
// 1706.03762, eq. 1. Rows with no visible key give zeros; NaN in keys and values that nobody sees
// does not leak.
Tensor dot_product_attention(const Heads& q, const Heads& k, const Heads& v,
                             const AttentionOptions& options = {});

}  // namespace heed::inline HEED_REAL
