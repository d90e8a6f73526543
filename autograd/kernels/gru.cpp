#include "autograd/kernels/gru.h"

#include <initializer_list>

#include "autograd/kernels/gemm.h"
#include "autograd/kernels/rows.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/storage.h"

namespace heed::inline HEED_REAL {
namespace {

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
    const GruStep<Lane> step(a(0), a(1), a(2), b(0), b(1), b_n, load_lane(row.before + j, count));
    Index at = j;
    for (const Lane each : {step.r, step.z, b_n, step.n}) {
      store_lane(each, row.saved + at, count);
      at += hidden;
    }
    store_lane(step.h, row.h + j, count);
  });
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

}  // namespace

void gru_forward(const Steps& steps, const GruInputs& in, Real* y, Real* saved) {
  const Index hidden = steps.hidden, wide = gru_gates * hidden, kept = gru_saved * hidden;
  const Pointer<Storage> right = allocate(hidden * wide);  // turned once for all steps
  turn_matrix(wide, hidden, in.weight, right->data);
  for_batch_tiles(steps, [&](Index first, Index rows) {
    for (Index i = 0; i < steps.count; ++i) {
      const Index at = steps.row(i, first);
      const Real* before = steps.before(i, first, in.h, y);
      Real* own = saved + at * kept;
      gemm(rows, wide, hidden, 1, {before, hidden}, {right->data, wide}, 0, own, kept);
      for (Index r = 0; r < rows; ++r) {
        forward_row({in.from_x + (at + r) * wide, in.bias, before + r * hidden, own + r * kept,
                     y + (at + r) * hidden},
                    hidden);
      }
    }
  });
  count_steps(steps, wide);
}

void gru_backward(const Steps& steps, const GruInputs& in, const GruOutputs& made,
                  const GruGradients& out) {
  const Index hidden = steps.hidden, wide = gru_gates * hidden, kept = gru_saved * hidden;
  for_batch_tiles(steps, [&](Index first, Index rows) {
    Real* dh = out.h + first * hidden;
    for (Index i = steps.count - 1; i >= 0; --i) {
      const Index at = steps.row(i, first);
      const Real* before = steps.before(i, first, in.h, made.y);
      for (Index r = 0; r < rows; ++r) {
        const Index own = (at + r) * wide;
        backward_row({made.saved + (at + r) * kept, before + r * hidden,
                      made.g + (at + r) * hidden, dh + r * hidden, out.from_x + own,
                      out.from_h + own},
                     hidden);
      }
      gemm(rows, hidden, wide, 1, {out.from_h + at * wide, wide}, {in.weight, hidden}, 1, dh,
           hidden);
    }
  });
  count_steps(steps, wide);
}

}  // namespace heed::inline HEED_REAL
