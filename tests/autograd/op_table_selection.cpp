// How much these give depends on the values, so that each row takes a condition on places, but for
// unique.
#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

heed::Mask every_third(const Shape& shape) {
  std::vector<std::uint8_t> values(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i % 3 == 0;
  return {shape, values};
}

Tensor as_tensor(const heed::Indices& x) {
  return Tensor(x.shape(), std::vector<heed::Real>(x.values().begin(), x.values().end()));
}

Plain line(const std::vector<double>& values) {
  return {Shape{static_cast<Index>(values.size())}, values};
}

Row masked_select_row() {
  return {.name = "masked_select",
          .op = "masked_select(Tensor, Mask)",
          .call =
              [](const Tensors& x) { return heed::masked_select(x[0], every_third(x[0].shape())); },
          .formula =
              [](const Plains& x) {
                std::vector<double> taken;
                for (std::size_t i = 0; i < x[0].values.size(); i += 3) {
                  taken.push_back(x[0].values[i]);
                }
                return line(taken);
              },
          .shapes = {{2, 4}},
          .more = {{{37}}, {{4, 1, 5}}},
          .without = {{{0}}, {{2, 0}}},
          .scalars = {{}},
          .large = {{300'001}},
          .refusals = {{.label = "shapes",
                        .call =
                            [] {
                              heed::masked_select(Tensor::ones({2, 3}), every_third({2}));
                            },
                        .text = "[masked_select] shapes (2, 3) and (2) do not broadcast: 3 vs 2 in "
                                "axis -1"},
                       {.label = "undefined",
                        .call = [] { heed::masked_select(Tensor::ones({2}), heed::Mask()); },
                        .text = "[masked_select] the mask is undefined"}}};
}

// A row of the mask for every row of x.
Row masked_select_stretched_row() {
  return {.name = "masked_select_stretched",
          .op = "masked_select(Tensor, Mask)",
          .call =
              [](const Tensors& x) {
                return heed::masked_select(x[0], every_third({x[0].dim(0), 1}));
              },
          .formula =
              [](const Plains& x) {
                std::vector<double> taken;
                each_position(x[0].shape, [&](const Position& p) {
                  if (p[0] % 3 == 0) taken.push_back(x[0](p));
                });
                return line(taken);
              },
          .shapes = {{4, 3}},
          .more = {{{7, 19}}},
          .without = {{{0, 3}}},
          .large = {{600, 601}}};
}

// NaN is not 0, but not above anything either.
Plain positions(const Plain& x, bool with_nan) {
  std::vector<double> found;
  Index count = 0;
  each_position(x.shape, [&](const Position& p) {
    if (!(x(p) > 0.5) && !(with_nan && std::isnan(x(p)))) return;
    ++count;
    found.insert(found.end(), p.begin(), p.end());
  });
  return {Shape{count, x.shape.rank()}, found};
}

Row nonzero_row(const std::string& name, const std::string& op,
                heed::Indices (*call)(const Tensor&), bool with_nan) {
  return {.name = name,
          .op = op,
          .call = [call](const Tensors& x) { return as_tensor(call(x[0])); },
          .formula = [with_nan](const Plains& x) { return positions(x[0], with_nan); },
          .shapes = {{2, 3}},
          .more = {{{37}}, {{4, 1, 5}}},
          .without = {{{0}}, {{2, 0}}},
          .scalars = {{}},
          .differentiable = false};
}

// A quarter of the numbers are the same.
Row unique_row() {
  return {.name = "unique",
          .op = "unique(Tensor)",
          .call = [](const Tensors& x) { return heed::unique(heed::relu(x[0])); },
          .formula =
              [](const Plains& x) {
                std::vector<double> all = x[0].values;
                for (double& value : all) value = value < 0 ? 0 : value;
                std::sort(all.begin(), all.end(), [](double a, double b) {
                  return a < b || (std::isnan(b) && !std::isnan(a));
                });
                std::vector<double> once;
                for (const double value : all) {
                  if (once.empty() || once.back() != value) once.push_back(value);
                }
                return line(once);
              },
          .shapes = {{4, 6}},
          .more = {{{37}}},
          .without = {{{0}}},
          .scalars = {{}},
          .differentiable = false};
}

}  // namespace

std::vector<Row> selection_rows() {
  return {
      masked_select_row(),
      masked_select_stretched_row(),
      nonzero_row("nonzero", "nonzero(Tensor)",
                  [](const Tensor& x) { return heed::nonzero(heed::relu(x - 0.5)); }, true),
      nonzero_row("nonzero_of_mask", "nonzero(Mask)",
                  [](const Tensor& x) { return heed::nonzero(x > 0.5); }, false),
      unique_row(),
  };
}

}  // namespace heed_test
