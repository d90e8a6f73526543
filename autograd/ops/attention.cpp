// Softmax attention over dot products: the fused op. Its twin is in attention_scores.cpp.
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "autograd/kernels/attention.h"
#include "autograd/kernels/strided_copy.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/attention_plan.h"
#include "autograd/ops/fused.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr const char* op = "dot_product_attention";

template <class Number>
HeadRows<Number> rows_of(Number* data, const Heads& x, const Shape& shape) {
  return {data, shape[1], shape[2], x.offset, x.size};
}

// Where q, k and v lie, and in which of the op's inputs: a packed projection is one input. A bias
// is the last one.
struct Roles {
  std::array<Heads, 3> heads;  // without their sources, which are inputs
  std::array<std::size_t, 3> input{};
  std::optional<std::size_t> bias;

  Roles(const Heads& q, const Heads& k, const Heads& v, const Tensor& added,
        std::vector<Tensor>& inputs)
      : heads{q, k, v} {
    for (std::size_t role = 0; role < 3; ++role) {
      const Tensor source = std::exchange(heads[role].source, Tensor());
      std::size_t& at = input[role];
      while (at < inputs.size() && !same(inputs[at], source)) ++at;
      if (at == inputs.size()) inputs.push_back(source);
    }
    if (!added.defined()) return;
    bias = inputs.size();
    inputs.push_back(added);
  }

  static bool same(const Tensor& a, const Tensor& b) {
    return a.data() == b.data() && a.node() == b.node() && a.shape() == b.shape();
  }

  // One of the roles over these inputs.
  Heads over(const std::vector<Tensor>& sources, std::size_t role) const {
    Heads result = heads[role];
    result.source = sources[input[role]];
    return result;
  }

  Shared shared() const {
    Shared most = Shared::nothing;
    for (std::size_t a = 0; a < 3; ++a) {
      for (std::size_t b = a + 1; b < 3; ++b) {
        if (input[a] == input[b]) most = std::max(most, shared(heads[a], heads[b]));
      }
    }
    return most;
  }
  static Shared shared(const Heads& x, const Heads& y) {
    const bool apart =
        x.offset + x.heads * x.size <= y.offset || y.offset + y.heads * y.size <= x.offset;
    if (apart) return Shared::nothing;
    const bool same_head = x.offset == y.offset && x.size == y.size && x.heads == y.heads;
    return same_head ? Shared::roles : Shared::heads;
  }

  // Does every number of that input, (B, T, width), belong to some head, and to one only?
  bool fill(std::size_t which, Index width) const {
    if (heads[0].heads != heads[1].heads) return false;  // they add up
    Index taken = 0;
    for (std::size_t role = 0; role < 3; ++role) {
      if (input[role] == which) taken += heads[role].heads * heads[role].size;
    }
    return taken == width && shared() == Shared::nothing;
  }
};

// The steps of numbers that stretch to (B, H, Tq, Tk).
template <class Number>
ScoreRows<Number> over_scores(const AttentionPlan& plan, Number* data, const Shape& shape) {
  const Shape full{plan.batch, plan.heads, plan.queries, plan.keys};
  std::array<Index, 4> steps{};
  const Strides strides = contiguous_strides(shape);
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const auto at = static_cast<std::size_t>(axis + full.rank() - shape.rank());
    if (shape[axis] != 1) steps[at] = strides[static_cast<std::size_t>(axis)];
  }
  return {data, steps[0], steps[1], steps[2], steps[3]};
}

AttentionInputs inputs_of(const AttentionPlan& plan, const Roles& roles,
                          const std::vector<Tensor>& sources) {
  const auto rows = [&](std::size_t role) {
    const Tensor& source = sources[roles.input[role]];
    return rows_of(source.data(), roles.heads[role], source.shape());
  };
  AttentionInputs in{rows(0), rows(1), rows(2)};
  if (roles.bias) {
    const Tensor& bias = sources[*roles.bias];
    in.bias = over_scores(plan, bias.data(), bias.shape());
  }
  return in;
}

template <class Number>
HeadRows<Number> rows_of_result(const AttentionPlan& plan, Number* data) {
  return {data, plan.queries, plan.heads * plan.value_size, 0, plan.value_size};
}

// What the forward pass leaves for the backward pass: `sums` (2, B, H, Tq).
template <class Number>
SoftmaxSums<Number> sums_in(const AttentionPlan& plan, Number* sums) {
  return {sums, sums + plan.batch * plan.heads * plan.queries};
}

void gradients(const AttentionPlan& plan, const Roles& roles, const std::vector<Tensor>& sources,
               const Tensor& sums, const Tensor& g, const Tensor& y, Wanted wanted, Tensor* out) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if ((wanted >> i & 1) == 0) continue;
    const Shape& shape = sources[i].shape();
    const bool filled = roles.bias != i && roles.fill(i, shape[-1]);
    out[i] = filled ? Tensor::empty(shape) : Tensor::zeros(shape);
  }
  const auto rows = [&](std::size_t role) {
    const std::size_t i = roles.input[role];
    Real* data = (wanted >> i & 1) != 0 ? out[i].mutable_data() : nullptr;
    return rows_of(data, roles.heads[role], sources[i].shape());
  };
  AttentionGradients made{rows(0), rows(1), rows(2)};
  if (roles.bias && (wanted >> *roles.bias & 1) != 0) {
    Tensor& bias = out[*roles.bias];
    made.bias = over_scores(plan, bias.mutable_data(), bias.shape());
  }
  attention_backward(
      plan, inputs_of(plan, roles, sources),
      {rows_of_result(plan, y.data()), sums_in(plan, sums.data()), rows_of_result(plan, g.data())},
      made, roles.shared());
  // Weights once more; then dv; the gradient of the scores, dq and dk.
  Index a_pair = plan.size;
  if (made.v.data) a_pair += plan.value_size;
  if (made.q.data || made.k.data || made.bias.data) a_pair += plan.value_size;
  if (made.q.data) a_pair += plan.size;
  if (made.k.data) a_pair += plan.size;
  count_cost(static_cast<std::uint64_t>(plan.pairs() * a_pair),
             static_cast<std::uint64_t>(g.size()) * 4 * sizeof(Real));
}

}  // namespace

Tensor dot_product_attention(const Heads& q, const Heads& k, const Heads& v,
                             const AttentionOptions& options) {
  check_queries_and_keys(op, q, k, options);
  check_values(op, k, v);
  const AttentionPlan plan = attention_plan(op, q, k, v.size, options);
  std::vector<Tensor> inputs;
  const Roles roles(q, k, v, options.bias, inputs);
  Tensor y = Tensor::empty({plan.batch, plan.queries, plan.heads * plan.value_size});
  Tensor sums = Tensor::empty({2, plan.batch, plan.heads, plan.queries});
  attention_forward(plan, inputs_of(plan, roles, inputs), rows_of_result(plan, y.mutable_data()),
                    sums_in(plan, sums.mutable_data()));
  count_cost(static_cast<std::uint64_t>(plan.pairs() * (plan.size + plan.value_size)),
             static_cast<std::uint64_t>(y.size()) * 4 * sizeof(Real));
  AttentionOptions without_bias = options;  // which is one of the inputs
  without_bias.bias = Tensor();
  return fused(
      op, y, inputs,
      [plan, roles, sums](const std::vector<Tensor>& in, const Tensor& g, const Tensor& output,
                          Wanted wanted, Tensor* out) {
        gradients(plan, roles, in, sums, g, output, wanted, out);
      },
      [without_bias, roles](const std::vector<Tensor>& in) {
        AttentionOptions all = without_bias;
        if (roles.bias) all.bias = in[*roles.bias];
        return twin::dot_product_attention(roles.over(in, 0), roles.over(in, 1), roles.over(in, 2),
                                           all);
      });
}

}  // namespace heed::inline HEED_REAL
