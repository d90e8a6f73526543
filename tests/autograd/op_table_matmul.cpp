#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

using heed::MatmulOptions;

// The sum over k, one multiply-add at a time; leading axes stretch. A vector is one row or column,
// which is not in the result.
Plain product(const Plains& x, bool transpose_a, bool transpose_b) {
  if (x[0].shape.rank() == 1) {
    Plain y = product({{x[0].shape.inserted(0, 1), x[0].values}, x[1]}, false, transpose_b);
    return {y.shape.erased(x[1].shape.rank() == 1 ? -1 : -2), y.values};
  }
  if (x[1].shape.rank() == 1) {
    Plain y = product({x[0], {x[1].shape.inserted(1, 1), x[1].values}}, transpose_a, false);
    return {y.shape.erased(-1), y.values};
  }
  const Shape &a = x[0].shape, &b = x[1].shape;
  const Index rows = a[transpose_a ? -1 : -2], columns = b[transpose_b ? -2 : -1];
  const Index depth = a[transpose_a ? -2 : -1];
  const Shape lead = stretched(a.with(-1, 1).with(-2, 1), b.with(-1, 1).with(-2, 1));
  const Shape shape = lead.with(-2, rows).with(-1, columns);
  return build(shape, [&](const Position& p) {
    Position left = p, right = p;
    const std::size_t last = p.size() - 1;
    double sum = 0;
    for (Index k = 0; k < depth; ++k) {
      left[last - (transpose_a ? 0 : 1)] = p[last - 1];
      left[last - (transpose_a ? 1 : 0)] = k;
      right[last - (transpose_b ? 1 : 0)] = p[last];
      right[last - (transpose_b ? 0 : 1)] = k;
      sum += x[0](left) * x[1](right);
    }
    return sum;
  });
}

// (..., M, K) and (..., K, N) for one drawn shape, each as it is stored.
std::vector<Shape> factors(const Shape& drawn, bool transpose_a, bool transpose_b) {
  const Index rows = drawn[-2], depth = drawn[-1], columns = (rows + depth) % 5;
  const auto stored = [&](Index m, Index n, bool transposed) {
    return drawn.with(-2, transposed ? n : m).with(-1, transposed ? m : n);
  };
  return {stored(rows, depth, transpose_a), stored(depth, columns, transpose_b)};
}

Row matmul_row(const std::string& variant, bool transpose_a, bool transpose_b,
               std::vector<Shape> shapes, std::vector<std::vector<Shape>> more,
               std::vector<std::vector<Shape>> without, std::vector<Shape> large) {
  return {.name = "matmul_" + variant,
          .op = "matmul(Tensor, Tensor, MatmulOptions)",
          .call =
              [=](const Tensors& x) {
                return heed::matmul(x[0], x[1],
                                    {.transpose_a = transpose_a, .transpose_b = transpose_b});
              },
          .formula = [=](const Plains& x) { return product(x, transpose_a, transpose_b); },
          .shapes = std::move(shapes),
          .more = std::move(more),
          .without = std::move(without),
          .large = std::move(large),
          .drawn = Drawn{.least_rank = 2, .shapes = [=](const Shape& shape) {
                           return factors(shape, transpose_a, transpose_b);
                         }}};
}

std::vector<Refusal> refusals() {
  return {
      {.label = "inner",
       .call =
           [] {
             heed::matmul(Tensor::ones({2, 3, 4}), Tensor::ones({2, 5, 6}));
           },
       .text = "[matmul] last axis of a (2, 3, 4) must equal second-to-last axis of b (2, 5, 6): "
               "4 vs 5"},
      {.label = "vector",
       .call =
           [] {
             heed::matmul(Tensor::ones({3}), Tensor::ones({2, 3}));
           },
       .text = "[matmul] last axis of a (3) must equal second-to-last axis of b (2, 3): 3 vs 2"},
      {.label = "vectors",
       .call = [] { heed::matmul(Tensor::ones({3}), Tensor::ones({2}), {.transpose_a = true}); },
       .text = "[matmul] last axis of a (3) must equal last axis of b (2): 3 vs 2"},
      {.label = "scalar",
       .call =
           [] {
             heed::matmul(Tensor::ones({3, 2}), Tensor::scalar(2));
           },
       .text = "[matmul] a scalar is no matrix: a (3, 2), b ()\nhint: write a * b"},
      {.label = "batch",
       .call =
           [] {
             heed::matmul(Tensor::ones({2, 3, 4}), Tensor::ones({5, 4, 6}));
           },
       .text = "[matmul] shapes (2) and (5) do not broadcast: 2 vs 5 in axis -1"}};
}

Row outer_row() {
  return {.name = "outer",
          .op = "outer(Tensor, Tensor)",
          .call = [](const Tensors& x) { return heed::outer(x[0], x[1]); },
          .formula =
              [](const Plains& x) {
                return build(Shape{x[0].shape[0], x[1].shape[0]}, [&](const Position& p) {
                  return x[0].values[static_cast<std::size_t>(p[0])] *
                         x[1].values[static_cast<std::size_t>(p[1])];
                });
              },
          .shapes = {{3}, {2}},
          .more = {{{1}, {1}}, {{5}, {19}}},
          .without = {{{0}, {3}}, {{3}, {0}}},
          .large = {{600}, {500}},
          .refusals = {{.label = "rank",
                        .call =
                            [] {
                              heed::outer(Tensor::ones({3}), Tensor::ones({3, 1}));
                            },
                        .text = "[outer] needs two vectors: a (3), b (3, 1)"}},
          .drawn = Drawn{.least_rank = 1, .most_rank = 1}};
}

}  // namespace

std::vector<Row> matmul_rows() {
  std::vector<Row> rows = {
      matmul_row("plain", false, false, {{2, 3}, {3, 4}}, {{{1, 1}, {1, 1}}, {{17, 9}, {9, 33}}},
                 {{{0, 3}, {3, 2}}, {{2, 0}, {0, 3}}, {{2, 3}, {3, 0}}}, {{300, 200}, {200, 310}}),
      matmul_row("transposed_a", true, false, {{3, 2}, {3, 4}}, {{{9, 17}, {9, 33}}},
                 {{{0, 3}, {0, 2}}}, {{200, 300}, {200, 310}}),
      matmul_row("transposed_b", false, true, {{2, 3}, {4, 3}}, {{{17, 9}, {33, 9}}},
                 {{{2, 0}, {3, 0}}}, {{300, 200}, {310, 200}}),
      matmul_row("transposed_both", true, true, {{3, 2}, {4, 3}}, {{{9, 17}, {33, 9}}}, {},
                 {{200, 300}, {310, 200}}),
      matmul_row("batch", false, false, {{2, 2, 3}, {2, 3, 2}}, {{{2, 3, 5, 4}, {2, 3, 4, 7}}},
                 {{{0, 2, 3}, {0, 3, 2}}, {{2, 2, 0}, {2, 0, 2}}, {{2, 0, 3}, {2, 3, 2}}},
                 {{16, 60, 70}, {16, 70, 80}}),
      matmul_row("batch_transposed_b", false, true, {{2, 2, 3}, {2, 2, 3}},
                 {{{2, 3, 5, 4}, {2, 3, 7, 4}}}, {}, {{16, 60, 70}, {16, 80, 70}}),
      matmul_row("shared_b", false, false, {{2, 2, 3}, {3, 2}}, {{{4, 5, 6}, {6, 7}}},
                 {{{0, 2, 3}, {3, 2}}}, {{16, 60, 70}, {70, 80}}),
      matmul_row("shared_b_transposed", false, true, {{2, 2, 3}, {2, 3}}, {{{4, 5, 6}, {7, 6}}}, {},
                 {{16, 60, 70}, {80, 70}}),
      matmul_row("shared_a", false, false, {{2, 3}, {2, 3, 2}}, {{{5, 6}, {4, 6, 7}}}, {},
                 {{60, 70}, {16, 70, 80}}),
      matmul_row("shared_a_transposed", true, false, {{3, 2}, {2, 3, 2}}, {{{6, 5}, {4, 6, 7}}}, {},
                 {{70, 60}, {16, 70, 80}}),
      matmul_row("crossed", false, false, {{2, 1, 2, 2}, {1, 2, 2, 2}}, {{{3, 1, 2, 5}, {4, 5, 3}}},
                 {}, {{4, 1, 60, 70}, {1, 4, 70, 80}}),
      matmul_row("vectors", false, false, {{3}, {3}}, {{{1}, {1}}, {{37}, {37}}}, {{{0}, {0}}},
                 {{40'000}, {40'000}}),
      matmul_row("vector_matrix", true, true, {{3}, {2, 3}}, {{{5}, {2, 3, 4, 5}}},
                 {{{0}, {2, 0}}, {{3}, {0, 3}}, {{3}, {0, 2, 3}}}, {{300}, {16, 200, 300}}),
      matmul_row("matrix_vector", true, false, {{3, 2}, {3}}, {{{2, 3, 5, 4}, {5}}},
                 {{{0, 2}, {0}}, {{0, 3, 2}, {3}}}, {{16, 300, 200}, {300}}),
      outer_row(),
  };
  rows.front().refusals = refusals();
  return rows;
}

}  // namespace heed_test
