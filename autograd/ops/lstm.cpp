#include "autograd/kernels/lstm.h"
#include "autograd/ops.h"
#include "autograd/ops/fused.h"
#include "autograd/ops/recurrent_steps.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {
namespace {

LstmInputs inputs_of(const Tensor& from_x, const Tensor& weight, const Tensor& h,
                     const Tensor& c) {
  return {from_x.data(), weight.data(), h.data(), c.data()};
}

// The gradients of from_x + h weight^T at all steps (T, B, 4 hidden), and of h and c at the start.
struct Gradients {
  Tensor pieces, h, c;
};

Gradients backward(const Steps& steps, const std::vector<Tensor>& in, const Tensor& y,
                   const Tensor& gates, const Tensor& g) {
  const Gradients result{Tensor::empty(gates.shape()), Tensor::zeros(in[2].shape()),
                         Tensor::zeros(in[3].shape())};
  lstm_backward(steps, inputs_of(in[0], in[1], in[2], in[3]), {y.data(), gates.data(), g.data()},
                {result.pieces.mutable_data(), result.h.mutable_data(), result.c.mutable_data()});
  return result;
}

}  // namespace

Tensor lstm_sequence(const Tensor& from_x, const Tensor& weight, const Tensor& h, const Tensor& c,
                     bool reverse) {
  const Steps steps = check_sequence("lstm_sequence", lstm_gates, from_x, weight, {h, c}, reverse);
  const Tensor y = Tensor::empty({2, steps.count, steps.batch, steps.hidden});
  const Tensor gates = Tensor::empty(from_x.shape());
  lstm_forward(steps, inputs_of(from_x, weight, h, c), y.mutable_data(), gates.mutable_data());
  return fused(
      "lstm_sequence", y, {from_x, weight, h, c},
      [steps, gates](const std::vector<Tensor>& in, const Tensor& g, const Tensor& made,
                     Wanted wanted, Tensor* out) {
        const Gradients result = backward(steps, in, made, gates, g);
        if ((wanted & 1) != 0) out[0] = result.pieces;
        if ((wanted & 2) != 0) {
          out[1] = recurrent_weight_gradient(steps, result.pieces, select(made, 0, 0), in[2]);
        }
        if ((wanted & 4) != 0) out[2] = result.h;
        if ((wanted & 8) != 0) out[3] = result.c;
      },
      [reverse](const std::vector<Tensor>& in) {
        return twin::lstm_sequence(in[0], in[1], in[2], in[3], reverse);
      });
}

Tensor twin::lstm_sequence(const Tensor& from_x, const Tensor& weight, const Tensor& h,
                           const Tensor& c, bool reverse) {
  const Steps steps = check_sequence("lstm_sequence", lstm_gates, from_x, weight, {h, c}, reverse);
  const std::vector<Tensor> inputs = unstack(from_x);  // T of (B, 4 hidden)
  std::vector<Tensor> all_h(inputs.size()), all_c(inputs.size());
  const std::vector<Index> extents(lstm_gates, steps.hidden);
  Tensor h_before = h, c_before = c;
  for (Index i = 0; i < steps.count; ++i) {
    const auto t = static_cast<std::size_t>(steps.at(i));
    const Tensor pieces = inputs[t] + matmul(h_before, weight, {.transpose_b = true});
    const std::vector<Tensor> a = split(pieces, extents, -1);  // 4 of (B, hidden)
    const LstmStep<Tensor> step(a[0], a[1], a[2], a[3], c_before);
    h_before = all_h[t] = step.h;
    c_before = all_c[t] = step.c;
  }
  return stack({stack(all_h, 0), stack(all_c, 0)}, 0);  // (2, T, B, hidden)
}

}  // namespace heed::inline HEED_REAL
