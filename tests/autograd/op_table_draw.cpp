#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

// Each row of the last axis to the places that `draw` finds for its weights.
Plain rows_drawn(const Plain& x, Index count,
                 const std::function<Index(std::vector<double>&)>& draw) {
  Plain made{x.shape.with(-1, count), {}};
  const auto n = static_cast<std::size_t>(x.shape[-1]);
  for (std::size_t r = 0; r * n < x.values.size(); ++r) {
    const auto first = x.values.begin() + static_cast<std::ptrdiff_t>(r * n);
    std::vector<double> weights(first, first + static_cast<std::ptrdiff_t>(n));
    for (Index i = 0; i < count; ++i) made.values.push_back(static_cast<double>(draw(weights)));
  }
  return made;
}

// The first place where the sum of the weights exceeds a number below their total.
Index place_of(const std::vector<double>& weights, heed::Generator& rng) {
  double total = 0, sum = 0;
  for (const double weight : weights) total += weight;
  const double wanted = rng.uniform() * total;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sum += weights[i];
    if (wanted < sum) return static_cast<Index>(i);
  }
  return static_cast<Index>(weights.size()) - 1;
}

// What is not finite cannot be drawn from: 0 in its place.
Tensor tame(const Tensor& x) { return heed::where(heed::isfinite(x), x, 0.0); }
double tame(double x) { return std::isfinite(x) ? x : 0; }

Row row_of(const std::string& name, const std::string& op,
           const std::function<heed::Indices(const Tensor&)>& call,
           std::function<Plain(const Plains&)> formula, std::vector<Refusal> refusals) {
  return {.name = name,
          .op = op,
          .call = [call](const Tensors& x) { return heed::to_tensor(call(x[0])); },
          .formula = std::move(formula),
          .shapes = {{3, 4}},
          .domains = {{.low = 0.1, .high = 3}},
          .more = {{{2, 3, 7}}, {{3}}},
          .without = {{{0, 4}}},
          .large = {{3000, 20}},
          .differentiable = false,
          .refusals = std::move(refusals),
          .drawn = Drawn{.least_rank = 1, .shapes = [](const Shape& x) {
                           return std::vector<Shape>{x.with(-1, x[-1] + 2)};
                         }}};
}

Row categorical_row() {
  const auto call = [](const Tensor& x) {
    heed::Generator rng(3);
    return heed::categorical(x, rng);
  };
  const auto formula = [](const Plains& x) {
    heed::Generator rng(3);
    Plain y = rows_drawn(x[0], 1, [&rng](const std::vector<double>& logits) {
      std::vector<double> weights;
      for (const double logit : logits) weights.push_back(std::exp(tame(logit)));
      return place_of(weights, rng);
    });
    y.shape = y.shape.erased(-1);
    return y;
  };
  return row_of("categorical", "categorical(Tensor, Generator)",
                [call](const Tensor& x) { return call(tame(x)); }, formula,
                {{.label = "axis",
                  .call = [call] { call(Tensor::ones({2, 0})); },
                  .text = "[categorical] x (2, 0) has no places to draw"},
                 {.label = "nan",
                  .call = [call] { call(heed::log(Tensor({2, 2}, {1, 1, -1, 1}))); },
                  .text = "[categorical] row 1 of the logits has no probabilities: a NaN, an "
                          "infinity, or nothing but -inf"}});
}

Row multinomial_row(bool replacement) {
  const auto call = [replacement](const Tensor& x, Index count) {
    heed::Generator rng(3);
    return heed::multinomial(x, count, rng, {.replacement = replacement});
  };
  const auto formula = [replacement](const Plains& x) {
    heed::Generator rng(3);
    return rows_drawn(x[0], 2, [&](std::vector<double>& weights) {
      for (double& weight : weights) weight = tame(weight);
      const Index place = place_of(weights, rng);
      if (!replacement) weights[static_cast<std::size_t>(place)] = 0;
      return place;
    });
  };
  return row_of(replacement ? "multinomial_replacing" : "multinomial",
                "multinomial(Tensor, Index, Generator, MultinomialOptions)",
                [call](const Tensor& x) { return call(tame(x), 2); }, formula,
                {{.label = "negative",
                  .call = [call] { call(Tensor({2}, {1, -1}), 1); },
                  .text = "[multinomial] a weight of -1 in row 0"},
                 {.label = "too_few",
                  .call = [call] { call(Tensor::zeros({1, 2}), 1); },
                  .text = "[multinomial] row 0 has 0 weights above 0, 1 are to be drawn"},
                 {.label = "count",
                  .call = [call] { call(Tensor::ones({2}), -1); },
                  .text = "[multinomial] count must be >= 0, got -1"}});
}

}  // namespace

std::vector<Row> draw_rows() {
  return {categorical_row(), multinomial_row(false), multinomial_row(true)};
}

}  // namespace heed_test
