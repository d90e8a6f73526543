#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

using Matrix = std::vector<std::vector<double>>;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

// Far from singular, whatever x is: tanh(x) + (n + 1) I.
Tensor tame(const Tensor& x) {
  return heed::tanh(x) + Tensor::eye(x.dim(-1)) * static_cast<double>(x.dim(-1) + 1);
}
double tame(double x, Index i, Index j, Index n) {
  return std::tanh(x) + (i == j ? static_cast<double>(n + 1) : 0);
}

// The matrix behind `front` of x, whose axes in front stretch.
Matrix matrix_at(const Plain& x, const Position& front, bool tamed) {
  const Index rows = x.shape[-2], columns = x.shape[-1];
  Matrix m(at(rows), std::vector<double>(at(columns)));
  Position p = front;
  p.resize(front.size() + 2);
  for (Index i = 0; i < rows; ++i) {
    for (Index j = 0; j < columns; ++j) {
      p[front.size()] = i;
      p[front.size() + 1] = j;
      m[at(i)][at(j)] = tamed ? tame(x(p), i, j, columns) : x(p);
    }
  }
  return m;
}

struct Eliminated {
  Matrix x;
  double determinant = 1;
};
// By elimination with the largest pivot, Gauss and Jordan.
Eliminated eliminate(Matrix a, Matrix b) {
  const std::size_t n = a.size();
  Eliminated made;
  for (std::size_t c = 0; c < n; ++c) {
    std::size_t best = c;
    for (std::size_t r = c; r < n; ++r) {
      if (std::abs(a[r][c]) > std::abs(a[best][c])) best = r;
    }
    if (best != c) made.determinant = -made.determinant;
    std::swap(a[c], a[best]);
    std::swap(b[c], b[best]);
    made.determinant *= a[c][c];
    for (std::size_t r = 0; r < n; ++r) {
      if (r == c) continue;
      const double factor = a[r][c] / a[c][c];
      for (std::size_t j = 0; j < n; ++j) a[r][j] -= factor * a[c][j];
      for (std::size_t j = 0; j < b[r].size(); ++j) b[r][j] -= factor * b[c][j];
    }
  }
  for (std::size_t r = 0; r < n; ++r) {
    for (double& value : b[r]) value /= a[r][r];
  }
  made.x = std::move(b);
  return made;
}

// Each matrix of the result from those of a and b by `solve`.
Plain each_matrix(const Plain& a, const Plain& b,
                  const std::function<Matrix(const Matrix&, const Matrix&)>& solve) {
  const Shape front = stretched(a.shape.erased(-1).erased(-1), b.shape.erased(-1).erased(-1));
  Plain made{front.inserted(front.rank(), b.shape[-2]), {}};
  made.shape = made.shape.inserted(made.shape.rank(), b.shape[-1]);
  each_position(front, [&](const Position& p) {
    for (const auto& row : solve(matrix_at(a, p, true), matrix_at(b, p, false))) {
      made.values.insert(made.values.end(), row.begin(), row.end());
    }
  });
  return made;
}

// Row by row from the end that has one unknown; a NaN in the matrix or above shows.
Matrix substituted(const Matrix& a, Matrix b, bool upper, bool unit) {
  const std::size_t n = a.size();
  for (std::size_t step = 0; step < n; ++step) {
    const std::size_t r = upper ? n - 1 - step : step;
    for (std::size_t c = upper ? r + 1 : 0; c < (upper ? n : r); ++c) {
      for (std::size_t j = 0; j < b[r].size(); ++j) b[r][j] -= a[r][c] * b[c][j];
    }
    for (double& value : b[r]) value /= unit ? 1 : a[r][r];
  }
  return b;
}

std::vector<Shape> equations_of(const Shape& x) {
  return {x.inserted(x.rank(), x[-1]), x.inserted(x.rank(), 2)};
}

Row equations_row(const std::string& name, const std::string& op,
                  const std::function<Tensor(const Tensor&, const Tensor&)>& call,
                  const std::function<Matrix(const Matrix&, const Matrix&)>& solve) {
  const std::string plain_name = op.substr(0, op.find('('));
  const auto refused = [=](const Shape& a, const Shape& b) {
    return [=] { call(Tensor::ones(a), Tensor::ones(b)); };
  };
  return {.name = name,
          .op = op,
          .call = [call](const Tensors& x) { return call(tame(x[0]), x[1]); },
          .formula = [solve](const Plains& x) { return each_matrix(x[0], x[1], solve); },
          .shapes = {{2, 3, 3}, {3, 2}},
          .more = {{{2, 1, 2, 2}, {4, 2, 5}}, {{1, 1}, {1, 1}}, {{6, 6}, {3, 6, 1}}},
          .without = {{{0, 3, 3}, {0, 3, 2}}, {{3, 3}, {3, 0}}, {{2, 0, 0}, {2, 0, 4}}},
          .large = {{300, 6, 6}, {300, 6, 8}},
          .refusals = {{.label = "square",
                        .call = refused({2, 3}, {2, 1}),
                        .text = "[" + plain_name + "] a must be (..., n, n), got (2, 3)"},
                       {.label = "b",
                        .call = refused({3, 3}, {2, 1}),
                        .text = "[" + plain_name +
                                "] b (2, 1) must be (..., 3, k) or (3), for a (3, 3)"},
                       {.label = "batch",
                        .call = refused({2, 3, 3}, {4, 3, 1}),
                        .text = "[" + plain_name +
                                "] shapes (2) and (4) do not broadcast: 2 vs 4 in axis -1"}},
          .drawn = Drawn{.least_rank = 1, .most_rank = 3, .shapes = equations_of}};
}

Row solve_row() {
  Row row = equations_row(
      "solve", "solve(Tensor, Tensor)",
      [](const Tensor& a, const Tensor& b) { return heed::solve(a, b); },
      [](const Matrix& a, const Matrix& b) { return eliminate(a, b).x; });
  row.refusals.push_back({.label = "singular",
                          .call =
                              [] {
                                const Tensor ones = Tensor::ones({2, 2});
                                heed::solve(heed::stack({Tensor::eye(2), ones}, 0), ones);
                              },
                          .text = "[solve] matrix 1 of a (2, 2, 2) is singular"});
  return row;
}

Row triangular_row(const std::string& variant, bool upper, bool unit) {
  return equations_row(
      "solve_triangular_" + variant, "solve_triangular(Tensor, Tensor, SolveTriangularOptions)",
      [=](const Tensor& a, const Tensor& b) {
        return heed::solve_triangular(a, b, {.upper = upper, .unit_diagonal = unit});
      },
      [=](const Matrix& a, const Matrix& b) { return substituted(a, b, upper, unit); });
}

// b a vector: one axis less.
Row vector_row() {
  Row row = solve_row();
  row.name = "solve_vector";
  row.formula = [](const Plains& x) {
    Plain y = each_matrix(x[0], {x[1].shape.inserted(1, 1), x[1].values},
                          [](const Matrix& a, const Matrix& b) { return eliminate(a, b).x; });
    y.shape = y.shape.erased(-1);
    return y;
  };
  row.shapes = {{2, 3, 3}, {3}};
  row.more = {{{4, 4}, {4}}};
  row.without = {{{0, 3, 3}, {3}}};
  row.large = {{900, 6, 6}, {6}};
  row.refusals = {};
  row.drawn = Drawn{.least_rank = 1, .most_rank = 3, .shapes = [](const Shape& x) {
                      return std::vector<Shape>{x.inserted(x.rank(), x[-1]), {x[-1]}};
                    }};
  return row;
}

Row square_row(const std::string& name, heed::TensorFunction call,
               std::function<Plain(const Plain&)> formula) {
  return {.name = name,
          .op = name + "(Tensor)",
          .call = std::move(call),
          .formula = [formula](const Plains& x) { return formula(x[0]); },
          .shapes = {{2, 3, 3}},
          .more = {{{1, 1}}, {{6, 6}}, {{2, 2, 4, 4}}},
          .without = {{{0, 3, 3}}, {{2, 0, 0}}},
          .large = {{600, 6, 6}},
          .refusals = {{.label = "square",
                        .call =
                            [name] {
                              const Tensor x = Tensor::ones({3, 2});
                              name == "inverse"    ? heed::inverse(x)
                              : name == "cholesky" ? heed::cholesky(x)
                                                   : heed::logdet(x);
                            },
                        .text = "[" + name + "] a must be (..., n, n), got (3, 2)"}},
          .drawn = Drawn{.least_rank = 1, .most_rank = 3, .shapes = [](const Shape& x) {
                           return std::vector<Shape>{x.inserted(x.rank(), x[-1])};
                         }}};
}

Plain identities(const Shape& shape) {
  return build(shape, [](const Position& p) { return p[p.size() - 2] == p.back() ? 1.0 : 0.0; });
}

// m m^T + I of what is finite in x: nothing else is a matrix that has such a factor.
Tensor positive_definite(const Tensor& x) {
  const Tensor m = heed::where(heed::isfinite(x), x, 0.0);
  return heed::matmul(m, m, {.transpose_b = true}) + Tensor::eye(x.dim(-1));
}
Plain cholesky_of(const Plain& x) {
  const Index n = x.shape[-1];
  Plain made{x.shape, {}};
  each_position(x.shape.erased(-1).erased(-1), [&](const Position& p) {
    Matrix m = matrix_at(x, p, false), a = m, l(at(n), std::vector<double>(at(n)));
    for (auto& row : m) {
      for (double& value : row) value = std::isfinite(value) ? value : 0;
    }
    for (std::size_t i = 0; i < m.size(); ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = i == j ? 1 : 0;
        for (std::size_t k = 0; k < m.size(); ++k) sum += m[i][k] * m[j][k];
        for (std::size_t k = 0; k < j; ++k) sum -= l[i][k] * l[j][k];
        l[i][j] = i == j ? std::sqrt(sum) : sum / l[j][j];
      }
      made.values.insert(made.values.end(), l[i].begin(), l[i].end());
    }
  });
  return made;
}

Plain logdet_of(const Plain& x) {
  return build(x.shape.erased(-1).erased(-1), [&](const Position& p) {
    return std::log(eliminate(matrix_at(x, p, true), matrix_at(x, p, true)).determinant);
  });
}

}  // namespace

std::vector<Row> solve_rows() {
  Row cholesky = square_row(
      "cholesky", [](const Tensors& x) { return heed::cholesky(positive_definite(x[0])); },
      cholesky_of);
  cholesky.refusals.push_back({.label = "indefinite",
                               .call =
                                   [] {
                                     heed::cholesky(heed::stack({Tensor::eye(2), -Tensor::eye(2)},
                                                                0));
                                   },
                               .text = "[cholesky] matrix 1 of a (2, 2, 2) is not positive "
                                       "definite"});
  return {solve_row(),
          vector_row(),
          triangular_row("lower", false, false),
          triangular_row("upper", true, false),
          triangular_row("unit", false, true),
          square_row(
              "inverse", [](const Tensors& x) { return heed::inverse(tame(x[0])); },
              [](const Plain& x) {
                return each_matrix(x, identities(x.shape), [](const Matrix& a, const Matrix& b) {
                  return eliminate(a, b).x;
                });
              }),
          square_row(
              "logdet", [](const Tensors& x) { return heed::logdet(tame(x[0])); }, logdet_of),
          cholesky};
}

}  // namespace heed_test
