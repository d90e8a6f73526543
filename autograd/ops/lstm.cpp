#include "autograd/kernels/gemm.h"
#include "autograd/kernels/rows.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/fused.h"
#include "autograd/ops/recurrent.h"
#include "autograd/ops/recurrent_steps.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr Index gates = 4;

// One step, over lanes and over tensors alike.
template <class V>
struct Step {
  V i, f, g, o;
  V c, h;

  // From the pieces of from_x + h weight^T, and c before the step.
  Step(const V& a_i, const V& a_f, const V& a_g, const V& a_o, const V& before)
      : i(sigmoid(a_i)),
        f(sigmoid(a_f)),
        g(tanh(a_g)),
        o(sigmoid(a_o)),
        c(f * before + i * g),
        h(o * tanh(c)) {}
};

struct Made {
  Tensor y;      // (2, T, B, hidden)
  Tensor gates;  // (T, B, 4 hidden): i, f, g, o side by side
};

// What belongs to one row of the batch in one step.
struct ForwardRow {
  const Real *from_x, *c_before;
  Real* gates;  // holds h weight^T
  Real *h, *c;
};

void forward_row(const ForwardRow& row, Index hidden) {
  for_lanes(hidden, [&](Index j, Index count) {
    const auto piece = [&](Index gate) {
      const Index at = gate * hidden + j;
      return load_lane(row.from_x + at, count) + load_lane(row.gates + at, count);
    };
    const Step<Lane> step(piece(0), piece(1), piece(2), piece(3),
                          load_lane(row.c_before + j, count));
    Index at = j;
    for (const Lane gate : {step.i, step.f, step.g, step.o}) {
      store_lane(gate, row.gates + at, count);
      at += hidden;
    }
    store_lane(step.h, row.h + j, count);
    store_lane(step.c, row.c + j, count);
  });
}

Made forward(const Steps& steps, const Tensor& from_x, const Tensor& weight, const Tensor& h,
             const Tensor& c) {
  const Index hidden = steps.hidden, wide = gates * hidden;
  Made made{Tensor::empty({2, steps.count, steps.batch, hidden}), Tensor::empty(from_x.shape())};
  const Tensor right = Tensor::empty({hidden, wide});  // turned once for all steps
  turn_matrix(wide, hidden, weight.data(), right.mutable_data());
  Real *all_h = made.y.mutable_data(), *all_c = all_h + made.y.size() / 2;
  for_batch_tiles(steps, [&](Index first, Index rows) {
    for (Index i = 0; i < steps.count; ++i) {
      const Index at = steps.row(i, first);
      const Real* c_before = steps.before(i, first, c.data(), all_c);
      Real* own = made.gates.mutable_data() + at * wide;
      gemm(rows, wide, hidden, 1, {steps.before(i, first, h.data(), all_h), hidden},
           {right.data(), wide}, 0, own, wide);
      for (Index r = 0; r < rows; ++r) {
        const Index state = (at + r) * hidden;
        forward_row({from_x.data() + (at + r) * wide, c_before + r * hidden, own + r * wide,
                     all_h + state, all_c + state},
                    hidden);
      }
    }
  });
  count_steps(steps, wide);
  return made;
}

struct BackwardRow {
  const Real *gates, *c_before, *c;
  const Real *gh, *gc;  // the cotangents of this step's h and c
  Real *dh, *dc;        // what later steps add to them; then d c before this step
  Real* d;              // d (from_x + h weight^T)
};

// With e = d c: d a_i = e g i (1 - i), d a_f = e c_before f (1 - f), d a_g = e i (1 - g^2), d a_o =
// d h tanh(c) o (1 - o), and e f goes on to c before the step.
void backward_row(const BackwardRow& row, Index hidden) {
  for_lanes(hidden, [&](Index j, Index count) {
    const auto load = [&](const Real* from) { return load_lane(from + j, count); };
    const auto gate = [&](Index k) { return load(row.gates + k * hidden); };
    const Lane i = gate(0), f = gate(1), g = gate(2), o = gate(3);
    const Lane t = tanh(load(row.c));
    const Lane dh = load(row.gh) + load(row.dh);
    const Lane dc = load(row.gc) + load(row.dc) + dh * o * (1.0 - t * t);
    const auto slope = [](Lane y) { return y * (1.0 - y); };
    Index at = j;
    for (const Lane d : {dc * g * slope(i), dc * load(row.c_before) * slope(f),
                         dc * i * (1.0 - g * g), dh * t * slope(o)}) {
      store_lane(d, row.d + at, count);
      at += hidden;
    }
    store_lane(dc * f, row.dc + j, count);
  });
}

// The gradients of from_x + h weight^T at all steps (T, B, 4 hidden), and of h and c at the start.
struct Gradients {
  Tensor pieces, h, c;
};

Gradients backward(const Steps& steps, const std::vector<Tensor>& in, const Made& made,
                   const Tensor& g) {
  const Index hidden = steps.hidden, wide = gates * hidden, half = made.y.size() / 2;
  Gradients result{Tensor::empty(made.gates.shape()), Tensor::zeros(in[2].shape()),
                   Tensor::zeros(in[3].shape())};
  const Real *weight = in[1].data(), *c_start = in[3].data(), *all_c = made.y.data() + half;
  Real *pieces = result.pieces.mutable_data(), *all_dh = result.h.mutable_data(),
       *all_dc = result.c.mutable_data();
  for_batch_tiles(steps, [&](Index first, Index rows) {
    Real *dh = all_dh + first * hidden, *dc = all_dc + first * hidden;
    for (Index i = steps.count - 1; i >= 0; --i) {
      const Index at = steps.row(i, first);
      const Real* c_before = steps.before(i, first, c_start, all_c);
      for (Index r = 0; r < rows; ++r) {
        const Index state = (at + r) * hidden, own = r * hidden;
        backward_row(
            {made.gates.data() + (at + r) * wide, c_before + own, all_c + state, g.data() + state,
             g.data() + half + state, dh + own, dc + own, pieces + (at + r) * wide},
            hidden);
      }
      gemm(rows, hidden, wide, 1, {pieces + at * wide, wide}, {weight, hidden}, 0, dh, hidden);
    }
  });
  count_steps(steps, wide);
  return result;
}

}  // namespace

Tensor lstm_sequence(const Tensor& from_x, const Tensor& weight, const Tensor& h, const Tensor& c,
                     bool reverse) {
  const Steps steps = check_sequence("lstm_sequence", gates, from_x, weight, {h, c}, reverse);
  const Made made = forward(steps, from_x, weight, h, c);
  return fused(
      "lstm_sequence", made.y, {from_x, weight, h, c},
      [steps, kept = made.gates](const std::vector<Tensor>& in, const Tensor& g, const Tensor& y,
                                 Wanted wanted, Tensor* out) {
        const Gradients result = backward(steps, in, {y, kept}, g);
        if ((wanted & 1) != 0) out[0] = result.pieces;
        if ((wanted & 2) != 0) {
          out[1] = recurrent_weight_gradient(steps, result.pieces, select(y, 0, 0), in[2]);
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
  const Steps steps = check_sequence("lstm_sequence", gates, from_x, weight, {h, c}, reverse);
  const std::vector<Tensor> inputs = unstack(from_x);  // T of (B, 4 hidden)
  std::vector<Tensor> all_h(inputs.size()), all_c(inputs.size());
  const std::vector<Index> extents(gates, steps.hidden);
  Tensor h_before = h, c_before = c;
  for (Index i = 0; i < steps.count; ++i) {
    const auto t = static_cast<std::size_t>(steps.at(i));
    const Tensor pieces = inputs[t] + matmul(h_before, weight, {.transpose_b = true});
    const std::vector<Tensor> a = split(pieces, extents, -1);  // 4 of (B, hidden)
    const Step<Tensor> step(a[0], a[1], a[2], a[3], c_before);
    h_before = all_h[t] = step.h;
    c_before = all_c[t] = step.c;
  }
  return stack({stack(all_h, 0), stack(all_c, 0)}, 0);  // (2, T, B, hidden)
}

}  // namespace heed::inline HEED_REAL
