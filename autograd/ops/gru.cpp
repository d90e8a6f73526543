#include <fmt/format.h>

#include <initializer_list>

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

constexpr Index gates = 3;
// What the backward pass reads of a step: r, z, n and b_n, the part of n that r acts on.
constexpr Index saved = 4;

Steps check(const Tensor& from_x, const Tensor& weight, const Tensor& bias, const Tensor& h,
            bool reverse) {
  const Steps steps = check_sequence("gru_sequence", gates, from_x, weight, {h}, reverse);
  if (bias.shape() == Shape{weight.dim(0)}) return steps;
  throw ShapeError(fmt::format("[gru_sequence] bias {} must have the first extent of weight {}",
                               bias.shape().str(), weight.shape().str()));
}

// One step, over lanes and over tensors alike.
template <class V>
struct Step {
  V r, z, n;
  V h;

  // From the pieces of from_x, those of h weight^T + bias, and h before the step.
  Step(const V& a_r, const V& a_z, const V& a_n, const V& b_r, const V& b_z, const V& b_n,
       const V& before)
      : r(sigmoid(a_r + b_r)),
        z(sigmoid(a_z + b_z)),
        n(tanh(a_n + r * b_n)),
        h(n + z * (before - n)) {}
};

struct Made {
  Tensor y;      // (T, B, hidden)
  Tensor saved;  // (T, B, 4 hidden): r, z, b_n, n side by side
};

// What belongs to one row of the batch in one step.
struct ForwardRow {
  const Real *from_x, *bias, *before;
  Real* saved;  // begins with h weight^T
  Real* h;
};

void forward_row(const ForwardRow& row, Index hidden) {
  for_lanes(hidden, [&](Index j, Index count) {
    const auto a = [&](Index k) { return load_lane(row.from_x + k * hidden + j, count); };
    const auto b = [&](Index k) {
      const Index at = k * hidden + j;
      return load_lane(row.saved + at, count) + load_lane(row.bias + at, count);
    };
    const Lane b_n = b(2);
    const Step<Lane> step(a(0), a(1), a(2), b(0), b(1), b_n, load_lane(row.before + j, count));
    Index at = j;
    for (const Lane each : {step.r, step.z, b_n, step.n}) {
      store_lane(each, row.saved + at, count);
      at += hidden;
    }
    store_lane(step.h, row.h + j, count);
  });
}

Made forward(const Steps& steps, const Tensor& from_x, const Tensor& weight, const Tensor& bias,
             const Tensor& h) {
  const Index hidden = steps.hidden, wide = gates * hidden, kept = saved * hidden;
  Made made{Tensor::empty({steps.count, steps.batch, hidden}),
            Tensor::empty({steps.count, steps.batch, kept})};
  const Tensor right = Tensor::empty({hidden, wide});  // turned once for all steps
  turn_matrix(wide, hidden, weight.data(), right.mutable_data());
  Real* all_h = made.y.mutable_data();
  for_batch_tiles(steps, [&](Index first, Index rows) {
    for (Index i = 0; i < steps.count; ++i) {
      const Index at = steps.row(i, first);
      const Real* before = steps.before(i, first, h.data(), all_h);
      Real* own = made.saved.mutable_data() + at * kept;
      gemm(rows, wide, hidden, 1, {before, hidden}, {right.data(), wide}, 0, own, kept);
      for (Index r = 0; r < rows; ++r) {
        forward_row({from_x.data() + (at + r) * wide, bias.data(), before + r * hidden,
                     own + r * kept, all_h + (at + r) * hidden},
                    hidden);
      }
    }
  });
  count_steps(steps, wide);
  return made;
}

struct BackwardRow {
  const Real *saved, *before;
  const Real* gh;  // the cotangent of this step's h
  Real* dh;  // what later steps add to it; then the part of d h before this step that z passes
  Real* da;  // d from_x
  Real* db;  // d (h weight^T + bias)
};

// d a_n = d h (1 - z) (1 - n^2), d b_n = r d a_n, d a_r = d b_r = d a_n b_n r (1 - r), d a_z = d
// b_z = d h (before - n) z (1 - z).
void backward_row(const BackwardRow& row, Index hidden) {
  for_lanes(hidden, [&](Index j, Index count) {
    const auto load = [&](const Real* from) { return load_lane(from + j, count); };
    const auto kept = [&](Index k) { return load(row.saved + k * hidden); };
    const Lane r = kept(0), z = kept(1), b_n = kept(2), n = kept(3);
    const Lane dh = load(row.gh) + load(row.dh);
    const Lane da_n = dh * (1.0 - z) * (1.0 - n * n);
    const Lane da_r = da_n * b_n * r * (1.0 - r);
    const Lane da_z = dh * (load(row.before) - n) * z * (1.0 - z);
    const auto store = [&](Real* to, std::initializer_list<Lane> pieces) {
      Index at = j;
      for (const Lane piece : pieces) {
        store_lane(piece, to + at, count);
        at += hidden;
      }
    };
    store(row.da, {da_r, da_z, da_n});
    store(row.db, {da_r, da_z, da_n * r});
    store_lane(dh * z, row.dh + j, count);
  });
}

// The gradients of from_x and of h weight^T + bias at all steps (T, B, 3 hidden), and of h at the
// start.
struct Gradients {
  Tensor from_x, from_h, h;
};

Gradients backward(const Steps& steps, const std::vector<Tensor>& in, const Made& made,
                   const Tensor& g) {
  const Index hidden = steps.hidden, wide = gates * hidden, kept = saved * hidden;
  Gradients result{Tensor::empty(in[0].shape()), Tensor::empty(in[0].shape()),
                   Tensor::zeros(in[3].shape())};
  Real *all_a = result.from_x.mutable_data(), *all_b = result.from_h.mutable_data(),
       *all_dh = result.h.mutable_data();
  for_batch_tiles(steps, [&](Index first, Index rows) {
    Real* dh = all_dh + first * hidden;
    for (Index i = steps.count - 1; i >= 0; --i) {
      const Index at = steps.row(i, first);
      const Real* before = steps.before(i, first, in[3].data(), made.y.data());
      for (Index r = 0; r < rows; ++r) {
        const Index own = (at + r) * wide;
        backward_row({made.saved.data() + (at + r) * kept, before + r * hidden,
                      g.data() + (at + r) * hidden, dh + r * hidden, all_a + own, all_b + own},
                     hidden);
      }
      gemm(rows, hidden, wide, 1, {all_b + at * wide, wide}, {in[1].data(), hidden}, 1, dh, hidden);
    }
  });
  count_steps(steps, wide);
  return result;
}

}  // namespace

Tensor gru_sequence(const Tensor& from_x, const Tensor& weight, const Tensor& bias, const Tensor& h,
                    bool reverse) {
  const Steps steps = check(from_x, weight, bias, h, reverse);
  const Made made = forward(steps, from_x, weight, bias, h);
  return fused(
      "gru_sequence", made.y, {from_x, weight, bias, h},
      [steps, kept = made.saved](const std::vector<Tensor>& in, const Tensor& g, const Tensor& y,
                                 Wanted wanted, Tensor* out) {
        const Gradients result = backward(steps, in, {y, kept}, g);
        if ((wanted & 1) != 0) out[0] = result.from_x;
        if ((wanted & 2) != 0) out[1] = recurrent_weight_gradient(steps, result.from_h, y, in[3]);
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
  const std::vector<Index> extents(gates, steps.hidden);
  std::vector<Tensor> all_h(inputs.size());
  Tensor before = h;
  for (Index i = 0; i < steps.count; ++i) {
    const auto t = static_cast<std::size_t>(steps.at(i));
    const std::vector<Tensor> a = split(inputs[t], extents, -1);  // 3 of (B, hidden)
    const Tensor from_h = matmul(before, weight, {.transpose_b = true}) + bias;
    const std::vector<Tensor> b = split(from_h, extents, -1);
    before = all_h[t] = Step<Tensor>(a[0], a[1], a[2], b[0], b[1], b[2], before).h;
  }
  return stack(all_h, 0);  // (T, B, hidden)
}

}  // namespace heed::inline HEED_REAL
