#include <fmt/format.h>

#include "autograd/kernels/gru.h"
#include "autograd/ops.h"
#include "autograd/ops/fused.h"
#include "autograd/ops/recurrent_steps.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {
namespace {

Steps check(const Tensor& from_x, const Tensor& weight, const Tensor& bias, const Tensor& h,
            bool reverse) {
  const Steps steps = check_sequence("gru_sequence", gru_gates, from_x, weight, {h}, reverse);
  if (bias.shape() == Shape{weight.dim(0)}) return steps;
  throw ShapeError(fmt::format("[gru_sequence] bias {} must have the first extent of weight {}",
                               bias.shape().str(), weight.shape().str()));
}

GruInputs inputs_of(const Tensor& from_x, const Tensor& weight, const Tensor& bias,
                    const Tensor& h) {
  return {from_x.data(), weight.data(), bias.data(), h.data()};
}

// The gradients of from_x and of h weight^T + bias at all steps (T, B, 3 hidden), and of h at the
// start.
struct Gradients {
  Tensor from_x, from_h, h;
};

Gradients backward(const Steps& steps, const std::vector<Tensor>& in, const Tensor& y,
                   const Tensor& saved, const Tensor& g) {
  const Gradients result{Tensor::empty(in[0].shape()), Tensor::empty(in[0].shape()),
                         Tensor::zeros(in[3].shape())};
  gru_backward(
      steps, inputs_of(in[0], in[1], in[2], in[3]), {y.data(), saved.data(), g.data()},
      {result.from_x.mutable_data(), result.from_h.mutable_data(), result.h.mutable_data()});
  return result;
}

}  // namespace

Tensor gru_sequence(const Tensor& from_x, const Tensor& weight, const Tensor& bias, const Tensor& h,
                    bool reverse) {
  const Steps steps = check(from_x, weight, bias, h, reverse);
  const Tensor y = Tensor::empty({steps.count, steps.batch, steps.hidden});
  const Tensor saved = Tensor::empty({steps.count, steps.batch, gru_saved * steps.hidden});
  gru_forward(steps, inputs_of(from_x, weight, bias, h), y.mutable_data(), saved.mutable_data());
  return fused(
      "gru_sequence", y, {from_x, weight, bias, h},
      [steps, saved](const std::vector<Tensor>& in, const Tensor& g, const Tensor& made,
                     Wanted wanted, Tensor* out) {
        const Gradients result = backward(steps, in, made, saved, g);
        if ((wanted & 1) != 0) out[0] = result.from_x;
        if ((wanted & 2) != 0) {
          out[1] = recurrent_weight_gradient(steps, result.from_h, made, in[3]);
        }
        if ((wanted & 4) != 0) out[2] = sum_to(result.from_h, in[2].shape());
        if ((wanted & 8) != 0) out[3] = result.h;
      },
      [reverse](const std::vector<Tensor>& in) {
        return twin::gru_sequence(in[0], in[1], in[2], in[3], reverse);
      });
}

Tensor twin::gru_sequence(const Tensor& from_x, const Tensor& weight, const Tensor& bias,
                          const Tensor& h, bool reverse) {
  const Steps steps = check(from_x, weight, bias, h, reverse);
  const std::vector<Tensor> inputs = unstack(from_x);  // T of (B, 3 hidden)
  const std::vector<Index> extents(gru_gates, steps.hidden);
  std::vector<Tensor> all_h(inputs.size());
  Tensor before = h;
  for (Index i = 0; i < steps.count; ++i) {
    const auto t = static_cast<std::size_t>(steps.at(i));
    const std::vector<Tensor> a = split(inputs[t], extents, -1);  // 3 of (B, hidden)
    const Tensor from_h = matmul(before, weight, {.transpose_b = true}) + bias;
    const std::vector<Tensor> b = split(from_h, extents, -1);
    before = all_h[t] = GruStep<Tensor>(a[0], a[1], a[2], b[0], b[1], b[2], before).h;
  }
  return stack(all_h, 0);  // (T, B, hidden)
}

}  // namespace heed::inline HEED_REAL
