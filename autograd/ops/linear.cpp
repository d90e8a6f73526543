#include <fmt/format.h>

#include "autograd/graph.h"
#include "autograd/kernels/linear.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {
namespace {

void check(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (x.rank() == 0) throw ShapeError("[linear] a scalar has no axis");
  if (weight.rank() != 2 || weight.dim(1) != x.dim(-1)) {
    throw ShapeError(
        fmt::format("[linear] weight {} must be (out, in) with in the last axis of x {}\n"
                    "hint: the weight is stored transposed, one row an output",
                    weight.shape().str(), x.shape().str()));
  }
  if (bias.defined() && bias.shape() != Shape{weight.dim(0)}) {
    throw ShapeError(fmt::format("[linear] bias {} must have the first extent of weight {}",
                                 bias.shape().str(), weight.shape().str()));
  }
}

Tensor product(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  Tensor y = Tensor::empty(x.shape().with(-1, weight.dim(0)));
  const Index in = weight.dim(1);
  const Index out = weight.dim(0);
  linear_rows({.rows = out == 0 ? 0 : y.size() / out, .in = in, .out = out}, x.data(),
              weight.data(), bias.defined() ? bias.data() : nullptr, y.mutable_data());
  const auto cells = static_cast<std::uint64_t>(y.size());
  count_cost(cells * static_cast<std::uint64_t>(in),
             (static_cast<std::uint64_t>(x.size() + weight.size()) + cells) * sizeof(Real));
  return y;
}

// All leading axes as rows.
Tensor as_rows(const Tensor& x) { return reshape(x, {x.shape().with(-1, 1).size(), x.dim(-1)}); }

}  // namespace

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  check(x, weight, bias);
  const Tensor y = product(x, weight, bias);
  const auto input_rule = [w = keep(weight), shape = x.shape()](const Tensor& g) {
    return reshape(matmul(as_rows(g), w()), shape);
  };
  const auto weight_rule = [x = keep(x)](const Tensor& g) {
    return matmul(as_rows(g), as_rows(x()), {.transpose_a = true});
  };
  if (!bias.defined()) {
    return differentiable("linear", y, wrt(x, input_rule), wrt(weight, weight_rule));
  }
  const auto bias_rule = [shape = bias.shape()](const Tensor& g) { return sum_to(g, shape); };
  return differentiable("linear", y, wrt(x, input_rule), wrt(weight, weight_rule),
                        wrt(bias, bias_rule));
}

Tensor twin::linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const Tensor y =
      reshape(matmul(as_rows(x), weight, {.transpose_b = true}), x.shape().with(-1, weight.dim(0)));
  return bias.defined() ? y + bias : y;
}

}  // namespace heed::inline HEED_REAL
