// Softmax attention over dot products: the op, and its twin.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "autograd/kernels/attention.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/fused.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr const char* op = "dot_product_attention";

template <class... Numbers>
[[noreturn]] void refuse(fmt::format_string<Numbers...> text, Numbers&&... numbers) {
  const std::string what = fmt::format(text, std::forward<Numbers>(numbers)...);
  throw ShapeError(fmt::format("[{}] {}", op, what));
}

void check_heads(const char* name, const Heads& x) {
  const Shape& shape = x.source.shape();
  if (shape.rank() != 3) refuse("{} must be (B, T, C), got {}", name, shape.str());
  // Divided, not multiplied: sizes from a file may be such that the product wraps around.
  if (x.heads < 1 || x.size < 1 || x.offset < 0 || x.offset > shape[-1] ||
      x.size > (shape[-1] - x.offset) / x.heads) {
    refuse("{} heads of size {} from {} on do not lie inside the last axis of {} {}", x.heads,
           x.size, x.offset, name, shape.str());
  }
}

void check(const Heads& q, const Heads& k, const Heads& v, const AttentionOptions& options) {
  check_heads("q", q);
  check_heads("k", k);
  check_heads("v", v);
  const std::string shapes = fmt::format("q {}, k {}, v {}", q.source.shape().str(),
                                         k.source.shape().str(), v.source.shape().str());
  const Index batch = q.source.dim(0);
  if (k.source.dim(0) != batch || v.source.dim(0) != batch) refuse("batches differ: {}", shapes);
  if (k.source.dim(1) != v.source.dim(1)) refuse("k and v differ in length: {}", shapes);
  if (k.heads != q.heads || v.heads != q.heads) {
    refuse("q has {} heads, k {}, v {}", q.heads, k.heads, v.heads);
  }
  if (k.size != q.size) refuse("heads of q have size {}, of k {}", q.size, k.size);
  if (options.window < -1) {
    throw ValueError(
        fmt::format("[{}] a window of {} is negative\nhint: -1 is no window", op, options.window));
  }
}

AttentionPlan plan_of(const Heads& q, const Heads& k, const Heads& v,
                      const AttentionOptions& options) {
  const double scale =
      options.scale != 0 ? options.scale : 1 / std::sqrt(static_cast<double>(q.size));
  AttentionPlan plan{.batch = q.source.dim(0),
                     .heads = q.heads,
                     .queries = q.source.dim(1),
                     .keys = k.source.dim(1),
                     .size = q.size,
                     .value_size = v.size,
                     .scale = static_cast<Real>(scale),
                     .causal = options.causal,
                     .window = options.window,
                     .mask = std::nullopt};
  if (options.visible.defined()) {
    plan.mask.emplace(options.visible, Shape{plan.batch, plan.heads, plan.queries, plan.keys}, op);
  }
  return plan;
}

template <class Number>
HeadRows<Number> rows_of(Number* data, const Heads& x, const Shape& shape) {
  return {data, shape[1], shape[2], x.offset, x.size};
}

// Where q, k and v lie, and in which of the op's inputs: a packed projection is one input.
struct Roles {
  std::array<Heads, 3> heads;  // without their sources, which are inputs
  std::array<std::size_t, 3> input{};

  Roles(const Heads& q, const Heads& k, const Heads& v, std::vector<Tensor>& inputs)
      : heads{q, k, v} {
    for (std::size_t role = 0; role < 3; ++role) {
      const Tensor source = std::exchange(heads[role].source, Tensor());
      std::size_t& at = input[role];
      while (at < inputs.size() && !same(inputs[at], source)) ++at;
      if (at == inputs.size()) inputs.push_back(source);
    }
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
    return x.offset == y.offset && x.size == y.size ? Shared::roles : Shared::heads;
  }

  // Does every number of that input, (B, T, width), belong to some head, and to one only?
  bool fill(std::size_t which, Index width) const {
    Index taken = 0;
    for (std::size_t role = 0; role < 3; ++role) {
      if (input[role] == which) taken += heads[role].heads * heads[role].size;
    }
    return taken == width && shared() == Shared::nothing;
  }
};

AttentionInputs inputs_of(const Roles& roles, const std::vector<Tensor>& sources) {
  const auto rows = [&](std::size_t role) {
    const Tensor& source = sources[roles.input[role]];
    return rows_of(source.data(), roles.heads[role], source.shape());
  };
  return {rows(0), rows(1), rows(2)};
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
    out[i] = roles.fill(i, shape[-1]) ? Tensor::empty(shape) : Tensor::zeros(shape);
  }
  const auto rows = [&](std::size_t role) {
    const std::size_t i = roles.input[role];
    Real* data = (wanted >> i & 1) != 0 ? out[i].mutable_data() : nullptr;
    return rows_of(data, roles.heads[role], sources[i].shape());
  };
  const AttentionGradients made{rows(0), rows(1), rows(2)};
  attention_backward(
      plan, inputs_of(roles, sources),
      {rows_of_result(plan, y.data()), sums_in(plan, sums.data()), rows_of_result(plan, g.data())},
      made, roles.shared());
  // Weights once more; then dv; the gradient of the scores, dq and dk.
  Index a_pair = plan.size;
  if (made.v.data) a_pair += plan.value_size;
  if (made.q.data || made.k.data) a_pair += plan.value_size;
  if (made.q.data) a_pair += plan.size;
  if (made.k.data) a_pair += plan.size;
  count_cost(static_cast<std::uint64_t>(plan.pairs() * a_pair),
             static_cast<std::uint64_t>(g.size()) * 4 * sizeof(Real));
}

// (B, H, T, size).
Tensor split(const Heads& x) {
  const Tensor part = slice(x.source, -1, x.offset, x.offset + x.heads * x.size);
  return permute(reshape(part, {part.dim(0), part.dim(1), x.heads, x.size}), {0, 2, 1, 3});
}

// All that hides a key from a query, as one mask (..., Tq, Tk); undefined when nothing does.
Mask visible_of(const AttentionPlan& plan, const AttentionOptions& options) {
  if (!plan.hides_something()) return {};
  std::vector<std::uint8_t> values(static_cast<std::size_t>(plan.queries * plan.keys));
  for (Index i = 0; i < plan.queries; ++i) {
    const KeyRange range = plan.range(i);
    for (Index j = range.first; j < range.last; ++j) {
      values[static_cast<std::size_t>(i * plan.keys + j)] = 1;
    }
  }
  const Mask band({plan.queries, plan.keys}, std::move(values));
  return options.visible.defined() ? band & options.visible : band;
}

// x (B, H, Tk, size) with zeros for keys that no query sees: NaN in them would meet a weight of 0.
Tensor seen_only(const Tensor& x, const Mask& visible) {
  if (!visible.defined() || x.size() == 0) return x;
  const Shape by_key = visible.shape().erased(-2);  // (..., Tk)
  const Index keys = by_key[-1];
  const Index queries = visible.shape()[-2];
  std::vector<std::uint8_t> seen(static_cast<std::size_t>(by_key.size()));
  for (Index i = 0; i < visible.size(); ++i) {
    const Index j = i / (queries * keys) * keys + i % keys;
    if (visible[i]) seen[static_cast<std::size_t>(j)] = 1;
  }
  return where(Mask(by_key.inserted(by_key.rank(), 1), std::move(seen)), x, 0.0);
}

}  // namespace

Tensor dot_product_attention(const Heads& q, const Heads& k, const Heads& v,
                             const AttentionOptions& options) {
  check(q, k, v, options);
  const AttentionPlan plan = plan_of(q, k, v, options);
  std::vector<Tensor> inputs;
  const Roles roles(q, k, v, inputs);
  Tensor y = Tensor::empty({plan.batch, plan.queries, plan.heads * plan.value_size});
  Tensor sums = Tensor::empty({2, plan.batch, plan.heads, plan.queries});
  attention_forward(plan, inputs_of(roles, inputs), rows_of_result(plan, y.mutable_data()),
                    sums_in(plan, sums.mutable_data()));
  count_cost(static_cast<std::uint64_t>(plan.pairs() * (plan.size + plan.value_size)),
             static_cast<std::uint64_t>(y.size()) * 4 * sizeof(Real));
  return fused(
      op, y, inputs,
      [plan, roles, sums](const std::vector<Tensor>& in, const Tensor& g, const Tensor& output,
                          Wanted wanted, Tensor* out) {
        gradients(plan, roles, in, sums, g, output, wanted, out);
      },
      [options, roles](const std::vector<Tensor>& in) {
        return twin::dot_product_attention(roles.over(in, 0), roles.over(in, 1), roles.over(in, 2),
                                           options);
      });
}

Tensor twin::dot_product_attention(const Heads& q, const Heads& k, const Heads& v,
                                   const AttentionOptions& options) {
  check(q, k, v, options);
  const AttentionPlan plan = plan_of(q, k, v, options);
  const Mask visible = visible_of(plan, options);
  const Tensor scores = matmul(split(q), seen_only(split(k), visible), {.transpose_b = true}) *
                        static_cast<double>(plan.scale);  // (B, H, Tq, Tk)
  const Tensor weights =
      visible.defined() ? twin::masked_softmax(scores, visible) : twin::softmax(scores);
  const Tensor combined = matmul(weights, seen_only(split(v), visible));  // (B, H, Tq, size)
  return reshape(permute(combined, {0, 2, 1, 3}),
                 {plan.batch, plan.queries, plan.heads * plan.value_size});
}

}  // namespace heed::inline HEED_REAL
