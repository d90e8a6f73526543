#include "autograd/kernels/lstm.h"

#include "autograd/kernels/gemm.h"
#include "autograd/kernels/rows.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/storage.h"

namespace heed::inline HEED_REAL {
namespace {

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
    const LstmStep<Lane> step(piece(0), piece(1), piece(2), piece(3),
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

}  // namespace

void lstm_forward(const Steps& steps, const LstmInputs& in, Real* y, Real* gates) {
  const Index hidden = steps.hidden, wide = lstm_gates * hidden;
  const Pointer<Storage> right = allocate(hidden * wide);  // turned once for all steps
  turn_matrix(wide, hidden, in.weight, right->data);
  Real *const all_h = y, *const all_c = y + steps.count * steps.batch * hidden;
  for_batch_tiles(steps, [&](Index first, Index rows) {
    for (Index i = 0; i < steps.count; ++i) {
      const Index at = steps.row(i, first);
      const Real* c_before = steps.before(i, first, in.c, all_c);
      Real* own = gates + at * wide;
      gemm(rows, wide, hidden, 1, {steps.before(i, first, in.h, all_h), hidden},
           {right->data, wide}, 0, own, wide);
      for (Index r = 0; r < rows; ++r) {
        const Index state = (at + r) * hidden;
        forward_row({in.from_x + (at + r) * wide, c_before + r * hidden, own + r * wide,
                     all_h + state, all_c + state},
                    hidden);
      }
    }
  });
  count_steps(steps, wide);
}

void lstm_backward(const Steps& steps, const LstmInputs& in, const LstmOutputs& made,
                   const LstmGradients& out) {
  const Index hidden = steps.hidden, wide = lstm_gates * hidden;
  const Index half = steps.count * steps.batch * hidden;
  const Real* const all_c = made.y + half;
  for_batch_tiles(steps, [&](Index first, Index rows) {
    Real *dh = out.h + first * hidden, *dc = out.c + first * hidden;
    for (Index i = steps.count - 1; i >= 0; --i) {
      const Index at = steps.row(i, first);
      const Real* c_before = steps.before(i, first, in.c, all_c);
      for (Index r = 0; r < rows; ++r) {
        const Index state = (at + r) * hidden, own = r * hidden;
        backward_row(
            {made.gates + (at + r) * wide, c_before + own, all_c + state, made.g + state,
             made.g + half + state, dh + own, dc + own, out.pieces + (at + r) * wide},
            hidden);
      }
      gemm(rows, hidden, wide, 1, {out.pieces + at * wide, wide}, {in.weight, hidden}, 0, dh,
           hidden);
    }
  });
  count_steps(steps, wide);
}

}  // namespace heed::inline HEED_REAL
