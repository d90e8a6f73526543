#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// The sum over k of h[row, k] weight[column, k].
double product(const Plain& h, Index row, const Plain& weight, Index column) {
  double sum = 0;
  for (Index k = 0; k < weight.shape[1]; ++k) sum += h({row, k}) * weight({column, k});
  return sum;
}

// What two cells, or one, hold after each step: Plains of (B, hidden), in the order of the
// sequence.
using History = std::vector<Plains>;
History walk(Index steps, bool reverse, Plains state,
             const std::function<Plains(Index t, const Plains&)>& next) {
  History history(static_cast<std::size_t>(steps));
  for (Index i = 0; i < steps; ++i) {
    const Index t = reverse ? steps - 1 - i : i;
    state = next(t, state);
    history[static_cast<std::size_t>(t)] = state;
  }
  return history;
}

Plain lstm_formula(const Plains& x, bool reverse) {
  const Index steps = x[0].shape[0], batch = x[0].shape[1], hidden = x[1].shape[1];
  const auto next = [&](Index t, const Plains& state) {
    Plains made(2);
    for (const std::size_t part : {0u, 1u}) {
      made[part] = build(Shape{batch, hidden}, [&](const Position& p) {
        const auto piece = [&](Index gate) {
          const Index column = gate * hidden + p[1];
          return x[0]({t, p[0], column}) + product(state[0], p[0], x[1], column);
        };
        const double c =
            logistic(piece(1)) * state[1](p) + logistic(piece(0)) * std::tanh(piece(2));
        return part == 0 ? logistic(piece(3)) * std::tanh(c) : c;
      });
    }
    return made;
  };
  const History all = walk(steps, reverse, {x[2], x[3]}, next);
  return build(Shape{2, steps, batch, hidden}, [&](const Position& p) {
    return all[static_cast<std::size_t>(p[1])][static_cast<std::size_t>(p[0])]({p[2], p[3]});
  });
}

Plain gru_formula(const Plains& x, bool reverse) {
  const Index steps = x[0].shape[0], batch = x[0].shape[1], hidden = x[1].shape[1];
  const auto next = [&](Index t, const Plains& state) {
    return Plains{build(Shape{batch, hidden}, [&](const Position& p) {
      const auto from_x = [&](Index gate) { return x[0]({t, p[0], gate * hidden + p[1]}); };
      const auto from_h = [&](Index gate) {
        const Index column = gate * hidden + p[1];
        return product(state[0], p[0], x[1], column) + x[2]({column});
      };
      const double r = logistic(from_x(0) + from_h(0)), z = logistic(from_x(1) + from_h(1));
      return (1 - z) * std::tanh(from_x(2) + r * from_h(2)) + z * state[0](p);
    })};
  };
  const History all = walk(steps, reverse, {x[3]}, next);
  return build(Shape{steps, batch, hidden}, [&](const Position& p) {
    return all[static_cast<std::size_t>(p[0])][0]({p[1], p[2]});
  });
}

// Those of all inputs, from (T, B, hidden).
using Shapes = std::vector<Shape> (*)(const Shape&);
std::vector<Shape> lstm_shapes(const Shape& y) {
  const Index hidden = y[2];
  return {{y[0], y[1], 4 * hidden}, {4 * hidden, hidden}, {y[1], hidden}, {y[1], hidden}};
}
std::vector<Shape> gru_shapes(const Shape& y) {
  const Index hidden = y[2];
  return {{y[0], y[1], 3 * hidden}, {3 * hidden, hidden}, {3 * hidden}, {y[1], hidden}};
}

Tensor ones(const Shape& shape) { return Tensor::ones(shape); }

std::vector<Refusal> lstm_refusals() {
  const auto refusal = [](const char* label, const Shape& from_x, const Shape& weight,
                          const Shape& h, const Shape& c, const char* text) {
    return Refusal{
        label, [=] { heed::lstm_sequence(ones(from_x), ones(weight), ones(h), ones(c)); }, text};
  };
  return {refusal("weight", {3, 2, 8}, {8, 3}, {2, 2}, {2, 2},
                  "[lstm_sequence] weight must be (4 hidden, hidden), got (8, 3)"),
          refusal("from_x", {3, 2, 6}, {8, 2}, {2, 2}, {2, 2},
                  "[lstm_sequence] from_x must be (T, B, 8) beside a weight (8, 2), got (3, 2, 6)"),
          refusal("no_step", {0, 2, 8}, {8, 2}, {2, 2}, {2, 2},
                  "[lstm_sequence] from_x must have at least one step, got (0, 2, 8)"),
          refusal("h", {3, 2, 8}, {8, 2}, {3, 2}, {2, 2},
                  "[lstm_sequence] h must be (B, hidden) = (2, 2), got (3, 2)"),
          refusal("c", {3, 2, 8}, {8, 2}, {2, 2}, {1, 2, 2},
                  "[lstm_sequence] c must be (B, hidden) = (2, 2), got (1, 2, 2)")};
}

std::vector<Refusal> gru_refusals() {
  const auto refusal = [](const char* label, const Shape& from_x, const Shape& bias, const Shape& h,
                          const char* text) {
    return Refusal{label,
                   [=] {
                     heed::gru_sequence(ones(from_x), ones({6, 2}), ones(bias), ones(h));
                   },
                   text};
  };
  return {
      refusal("from_x", {2, 6}, {6}, {2, 2},
              "[gru_sequence] from_x must be (T, B, 6) beside a weight (6, 2), got (2, 6)"),
      refusal("bias", {3, 2, 6}, {2}, {2, 2},
              "[gru_sequence] bias (2) must have the first extent of weight (6, 2)"),
      refusal("h", {3, 2, 6}, {6}, {2}, "[gru_sequence] h must be (B, hidden) = (2, 2), got (2)")};
}

}  // namespace

std::vector<Row> recurrent_rows() {
  std::vector<Row> rows;
  const auto add = [&](const std::string& name, Shapes shapes, heed::TensorFunction call,
                       std::function<Plain(const Plains&)> formula,
                       const std::vector<Refusal>& refusals) {
    rows.push_back(
        {.name = name,
         .op = name.substr(0, name.find("_sequence")) +
               "_sequence(Tensor, Tensor, Tensor, Tensor, bool)",
         .call = std::move(call),
         .formula = std::move(formula),
         .shapes = shapes({3, 2, 2}),
         .more = {shapes({2, 3, 19}), shapes({1, 1, 1}), shapes({2, 37, 3})},
         .without = {shapes({2, 0, 3}), shapes({2, 3, 0})},
         .large = shapes({6, 75, 40}),
         .refusals = refusals,
         .drawn = Drawn{.least_rank = 3, .most_rank = 3, .least_extent = 1, .shapes = shapes}});
  };
  for (const bool reverse : {false, true}) {
    const std::string end = reverse ? "_sequence_reverse" : "_sequence";
    add(
        "lstm" + end, lstm_shapes,
        [reverse](const Tensors& x) {
          return heed::lstm_sequence(x[0], x[1], x[2], x[3], reverse);
        },
        [reverse](const Plains& x) { return lstm_formula(x, reverse); }, lstm_refusals());
    add(
        "gru" + end, gru_shapes,
        [reverse](const Tensors& x) { return heed::gru_sequence(x[0], x[1], x[2], x[3], reverse); },
        [reverse](const Plains& x) { return gru_formula(x, reverse); }, gru_refusals());
  }
  return rows;
}

}  // namespace heed_test
