#include "autograd/ops/attention_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "autograd/kernels/attention.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/fused.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr const char* op = "attention_over_parts";
constexpr Real minus_infinity = -std::numeric_limits<Real>::infinity();

Index rows_of(const AttentionPart& part) { return part.q.dim(0) * part.q.dim(1) * part.heads; }

void check(const std::vector<AttentionPart>& parts) {
  if (parts.empty()) throw ValueError(fmt::format("[{}] there are no parts", op));
  if (parts.size() > 21) throw ValueError(fmt::format("[{}] at most 21 parts, got {}", op,
                                                      parts.size()));
  const AttentionPart& first = parts[0];
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& [q, k, v, heads, options] = parts[i];
    if (options.bias.defined() || options.softcap != 0 || !options.key_lengths.empty()) {
      throw ValueError(
          fmt::format("[{}] part {}: a bias, a softcap and key_lengths are not for parts\n"
                      "hint: a mask hides keys",
                      op, i));
    }
    const bool cut = q.rank() == 3 && k.rank() == 3 && v.rank() == 3 && heads >= 1 &&
                     q.dim(2) % heads == 0 && v.dim(2) % heads == 0;
    const bool paired = cut && k.dim(0) == q.dim(0) && v.dim(0) == q.dim(0) &&
                        k.dim(1) == v.dim(1) && k.dim(2) == q.dim(2);
    const bool alike = paired && rows_of(parts[i]) == rows_of(first) &&
                       q.dim(2) * first.heads == first.q.dim(2) * heads &&
                       v.dim(2) * first.heads == first.v.dim(2) * heads;
    if (alike) continue;
    throw ShapeError(fmt::format(
        "[{}] part {}: q {}, k {}, v {} with {} heads do not fit{}", op, i, q.shape().str(),
        k.shape().str(), v.shape().str(), heads,
        paired ? fmt::format(" those of part 0: q {} with {} heads", first.q.shape().str(),
                             first.heads)
               : ""));
  }
}

AttentionPlan plan_of(const AttentionPart& part) {
  const Index size = part.q.dim(2) / part.heads;
  const double given = part.options.scale;
  AttentionPlan plan{
      .batch = part.q.dim(0),
      .heads = part.heads,
      .queries = part.q.dim(1),
      .keys = part.k.dim(1),
      .size = size,
      .value_size = part.v.dim(2) / part.heads,
      .scale = static_cast<Real>(given != 0 ? given : 1 / std::sqrt(static_cast<double>(size))),
      .causal = part.options.causal,
      .window = part.options.window,
      .mask = std::nullopt,
      .from_start = part.options.alignment == Alignment::upper_left};
  if (part.options.visible.defined()) {
    plan.mask.emplace(part.options.visible,
                      Shape{plan.batch, plan.heads, plan.queries, plan.keys}, op);
  }
  return plan;
}

template <class Number>
HeadRows<Number> rows(Number* data, Index tokens, Index heads, Index size) {
  return {data, tokens, heads * size, 0, size};
}

AttentionInputs inputs_of(const AttentionPlan& plan, const Tensor* of) {
  return {rows(of[0].data(), plan.queries, plan.heads, plan.size),
          rows(of[1].data(), plan.keys, plan.heads, plan.size),
          rows(of[2].data(), plan.keys, plan.heads, plan.value_size)};
}

// work(row, place): the rows of scores in the order of y, (B, T, H), and where the kernel has each
// in its sums, (B, H, T).
template <class Work>
void for_rows(const AttentionPlan& plan, Work work) {
  Index row = 0;
  for (Index b = 0; b < plan.batch; ++b) {
    for (Index t = 0; t < plan.queries; ++t) {
      for (Index h = 0; h < plan.heads; ++h) {
        work(row++, (b * plan.heads + h) * plan.queries + t);
      }
    }
  }
}

// The softmax of all rows so far: what they gave, and their largest score and sum. Rows in the
// order of y.
struct Merged {
  Real* y;  // (rows, size)
  Index size;
  Real* largest;
  Real* total;

  // Takes in a further part's y, largest score and total for one row.
  void add(Index row, const Real* more, Real top, Real sum) const {
    Real& own_top = largest[row];
    Real& own_sum = total[row];
    const Real both_top = std::max(own_top, top);
    if (both_top == minus_infinity) return;
    const Real own = own_sum * std::exp(own_top - both_top), other = sum * std::exp(top - both_top);
    const Real both = own + other;
    for (Index c = 0; c < size; ++c) {
      Real& value = y[row * size + c];
      value = value * (own / both) + more[row * size + c] * (other / both);
    }
    own_top = both_top;
    own_sum = both;
  }
};

// y and sums (2, rows) of all parts.
void forward(const std::vector<AttentionPlan>& plans, const std::vector<Tensor>& inputs, Tensor& y,
             Tensor& sums) {
  const Index count = sums.dim(1), size = plans[0].value_size;
  Real* const kept = sums.mutable_data();
  const Merged merged{y.mutable_data(), size, kept, kept + count};
  std::fill_n(merged.y, y.size(), Real{0});
  std::fill_n(merged.largest, count, minus_infinity);
  std::fill_n(merged.total, count, Real{0});
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const AttentionPlan& plan = plans[i];
    Tensor own = Tensor::empty(y.shape());
    Tensor own_sums = Tensor::empty({2, count});
    Real* const largest = own_sums.mutable_data();
    Real* const total = largest + count;
    Real* const made = own.mutable_data();
    attention_forward(plan, inputs_of(plan, &inputs[3 * i]),
                      rows(made, plan.queries, plan.heads, size), {largest, total});
    for_rows(plan, [&](Index row, Index place) {
      merged.add(row, made, largest[place], total[place]);
    });
    count_cost(static_cast<std::uint64_t>(plan.pairs() * (plan.size + size)),
               static_cast<std::uint64_t>(y.size()) * 6 * sizeof(Real));
  }
}

// Those of one part, from what all made: the weights of its tiles come out right as they are, made
// from the merged sums.
void backward(const AttentionPlan& plan, const Tensor* inputs, const Tensor& sums, const Tensor& g,
              const Tensor& y, Wanted wanted, Tensor* out) {
  const Index count = sums.dim(1);
  Tensor own = Tensor::empty({2, count});
  Real* const largest = own.mutable_data();
  Real* const total = largest + count;
  for_rows(plan, [&](Index row, Index place) {
    largest[place] = sums.data()[row];
    total[place] = sums.data()[count + row];
  });
  std::array<Real*, 3> made{};
  for (std::size_t role = 0; role < 3; ++role) {
    if ((wanted >> role & 1) == 0) continue;
    out[role] = Tensor::empty(inputs[role].shape());
    made[role] = out[role].mutable_data();
  }
  const AttentionGradients gradients{rows(made[0], plan.queries, plan.heads, plan.size),
                                     rows(made[1], plan.keys, plan.heads, plan.size),
                                     rows(made[2], plan.keys, plan.heads, plan.value_size)};
  attention_backward(plan, inputs_of(plan, inputs),
                     {rows(y.data(), plan.queries, plan.heads, plan.value_size),
                      {largest, total},
                      rows(g.data(), plan.queries, plan.heads, plan.value_size)},
                     gradients, Shared::nothing);
  // As dot_product_attention counts: weights once more; dv; the gradient of the scores, dq and dk.
  Index a_pair = plan.size;
  if (made[2]) a_pair += plan.value_size;
  if (made[0] || made[1]) a_pair += plan.value_size;
  if (made[0]) a_pair += plan.size;
  if (made[1]) a_pair += plan.size;
  count_cost(static_cast<std::uint64_t>(plan.pairs() * a_pair),
             static_cast<std::uint64_t>(g.size()) * 4 * sizeof(Real));
}

std::vector<AttentionPart> with_inputs(std::vector<AttentionPart> parts,
                                       const std::vector<Tensor>& inputs) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].q = inputs[3 * i];
    parts[i].k = inputs[3 * i + 1];
    parts[i].v = inputs[3 * i + 2];
  }
  return parts;
}

// (B, T, H * D) -> (B, H, T, D).
Tensor apart(const Tensor& x, Index heads) {
  return permute(reshape(x, {x.dim(0), x.dim(1), heads, x.dim(2) / heads}), {0, 2, 1, 3});
}

// What a part shows each row, (rows, S), in the order of y.
Mask visible_rows(const AttentionPlan& plan) {
  std::vector<std::uint8_t> shown(
      static_cast<std::size_t>(plan.batch * plan.queries * plan.heads * plan.keys));
  for_rows(plan, [&](Index row, Index place) {
    const KeyRange range = plan.range(place / (plan.heads * plan.queries), place % plan.queries);
    for (Index j = range.first; j < range.last; ++j) {
      shown[static_cast<std::size_t>(row * plan.keys + j)] =
          !plan.mask || plan.mask->row(place)[j] != 0;
    }
  });
  return Mask({plan.batch * plan.queries * plan.heads, plan.keys}, std::move(shown));
}

}  // namespace

Tensor attention_over_parts(const std::vector<AttentionPart>& parts) {
  check(parts);
  std::vector<AttentionPlan> plans;
  std::vector<Tensor> inputs;
  std::vector<AttentionPart> cuts = parts;  // without tensors: those are inputs
  for (AttentionPart& part : cuts) {
    plans.push_back(plan_of(part));
    for (Tensor* role : {&part.q, &part.k, &part.v}) {
      inputs.push_back(std::exchange(*role, Tensor()));
    }
  }
  const AttentionPlan& first = plans[0];
  Tensor y = Tensor::empty({first.batch, first.queries, first.heads * first.value_size});
  Tensor sums = Tensor::empty({2, first.batch * first.queries * first.heads});
  forward(plans, inputs, y, sums);
  return fused(
      op, y, inputs,
      [plans, sums](const std::vector<Tensor>& in, const Tensor& g, const Tensor& output,
                    Wanted wanted, Tensor* out) {
        for (std::size_t i = 0; i < plans.size(); ++i) {
          const Wanted own = wanted >> (3 * i) & 7;
          if (own != 0) backward(plans[i], &in[3 * i], sums, g, output, own, out + 3 * i);
        }
      },
      [cuts](const std::vector<Tensor>& in) {
        return twin::attention_over_parts(with_inputs(cuts, in));
      });
}

// Every row's scores of all parts side by side, one softmax, and each part's share of its values.
Tensor twin::attention_over_parts(const std::vector<AttentionPart>& parts) {
  check(parts);
  std::vector<Tensor> scores;
  std::vector<Mask> shown;
  for (const AttentionPart& part : parts) {
    const AttentionPlan plan = plan_of(part);
    const Tensor own =
        matmul(apart(part.q, part.heads), apart(part.k, part.heads), {.transpose_b = true}) *
        static_cast<double>(plan.scale);  // (B, H, T, S)
    scores.push_back(reshape(permute(own, {0, 2, 1, 3}), {rows_of(part), plan.keys}));
    shown.push_back(visible_rows(plan));
  }
  const Tensor weights = twin::masked_softmax(concat(scores, 1), concat(shown, 1));  // (rows, S)
  Tensor y;
  Index at = 0;
  for (const AttentionPart& part : parts) {
    const Index keys = part.k.dim(1);
    const Tensor own = reshape(slice(weights, 1, at, at + keys),
                               {part.q.dim(0), part.q.dim(1), part.heads, keys});
    const Tensor values = matmul(permute(own, {0, 2, 1, 3}), apart(part.v, part.heads));
    const Tensor added = reshape(permute(values, {0, 2, 1, 3}),
                                 {parts[0].q.dim(0), parts[0].q.dim(1), -1});
    y = y.defined() ? y + added : added;
    at += keys;
  }
  return y;
}

}  // namespace heed::inline HEED_REAL
