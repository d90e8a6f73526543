// The derivatives are Giles 2008, "Collected matrix derivative results for forward and reverse mode
// algorithmic differentiation"; of cholesky Murray 2016, arXiv 1602.07527, equation 8.
#include "autograd/ops/solve.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>

#include "autograd/graph.h"
#include "autograd/kernels/factor.h"
#include "autograd/kernels/matmul.h"
#include "autograd/kernels/pieces.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL {
namespace {

void check_square(const char* op, const Tensor& a) {
  if (a.rank() >= 2 && a.dim(-1) == a.dim(-2)) return;
  throw ShapeError(fmt::format("[{}] a must be (..., n, n), got {}", op, a.shape().str()));
}

Shape in_front(const Tensor& x) { return leading_axes(x.shape()); }

Shape with_matrix(Shape front, Index rows, Index columns) {
  front = front.inserted(front.rank(), rows);
  return front.inserted(front.rank(), columns);
}

// work(i) for each matrix of n x n, spread over the threads, and what it takes by convention:
// `cubes` n^3 / 3 multiplications and additions.
template <class Work>
void for_matrices(Index count, Index n, std::uint64_t cubes, Work work) {
  constexpr Index worth = Index{1} << 15;
  for_pieces(count, n * n * n + 1, worth, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) work(i);
  });
  const auto size = static_cast<std::uint64_t>(n);
  count_cost(2 * cubes * static_cast<std::uint64_t>(count) * size * size * size / 3, 0);
}

// The least of what several threads find.
class First {
 public:
  void offer(Index i) {
    Index known = found_.load();
    while (i < known && !found_.compare_exchange_weak(known, i)) {
    }
  }
  bool none() const { return found_ == std::numeric_limits<Index>::max(); }
  Index get() const { return found_; }

 private:
  std::atomic<Index> found_ = std::numeric_limits<Index>::max();
};

enum class Singular { refused, shown };

// a (..., n, n), b (..., n, k), with the same axes in front.
Tensor solved(const char* op, const Tensor& a, const Tensor& b, Singular singular) {
  const Index n = a.dim(-1), k = b.dim(-1), count = in_front(a).size();
  Tensor x = Tensor::empty(b.shape());
  First refused;
  for_matrices(count, n, 1, [&](Index i) {
    const LuFactors factors(n, a.data() + i * n * n);
    Real* const to = x.mutable_data() + i * n * k;
    if (factors.zero_pivot() < 0) return factors.solve(k, b.data() + i * n * k, to);
    refused.offer(i);
    std::fill_n(to, n * k, std::numeric_limits<Real>::quiet_NaN());
  });
  if (singular == Singular::refused && !refused.none()) {
    throw ValueError(fmt::format("[{}] matrix {} of a {} is singular", op, refused.get(),
                                 a.shape().str()));
  }
  const auto rule = [op, a = keep(a), singular](const Tensor& g, const Tensor& y, Wanted wanted,
                                                Tensor* out) {
    const Tensor db = solved(op, transpose(a()), g, singular);
    if ((wanted & 1) != 0) out[0] = -matmul(db, y, {.transpose_b = true});
    if ((wanted & 2) != 0) out[1] = db;
  };
  return differentiable_jointly(op, std::move(x), {a, b}, rule);
}

Tensor identity_like(const Tensor& a) { return expand(Tensor::eye(a.dim(-1)), a.shape()); }

// Both with the same axes in front, and b as columns.
struct Equations {
  Tensor a, b;
  bool vector;  // b was one column without an axis for it
};
Equations equations(const char* op, const Tensor& a, const Tensor& b) {
  check_square(op, a);
  const bool vector = b.rank() == 1;
  const Tensor columns = vector ? unsqueeze(b, -1) : b;
  if (columns.rank() < 2 || columns.dim(-2) != a.dim(-1)) {
    throw ShapeError(fmt::format("[{}] b {} must be (..., {}, k) or ({}), for a {}", op,
                                 b.shape().str(), a.dim(-1), a.dim(-1), a.shape().str()));
  }
  const Shape front = broadcast(in_front(a), in_front(columns), op);
  return {expand(a, with_matrix(front, a.dim(-1), a.dim(-1))),
          expand(columns, with_matrix(front, a.dim(-1), columns.dim(-1))), vector};
}

Tensor triangle_of(const Tensor& x, const SolveTriangularOptions& o) {
  const Index inside = o.unit_diagonal ? 1 : 0;
  return o.upper ? triu(x, inside) : tril(x, -inside);
}

Tensor triangle_solved(const Tensor& a, const Tensor& b, const SolveTriangularOptions& o) {
  const Index n = a.dim(-1), k = b.dim(-1);
  Tensor x = Tensor::empty(b.shape());
  for_matrices(in_front(a).size(), n, 1, [&](Index i) {
    solve_triangle({o.upper, o.unit_diagonal}, n, k, a.data() + i * n * n, b.data() + i * n * k,
                   x.mutable_data() + i * n * k);
  });
  const auto rule = [a = keep(a), o](const Tensor& g, const Tensor& y, Wanted wanted, Tensor* out) {
    const Tensor db = triangle_solved(transpose(a()), g, {!o.upper, o.unit_diagonal});
    if ((wanted & 1) != 0) out[0] = -triangle_of(matmul(db, y, {.transpose_b = true}), o);
    if ((wanted & 2) != 0) out[1] = db;
  };
  return differentiable_jointly("solve_triangular", std::move(x), {a, b}, rule);
}

}  // namespace

Tensor solve(const Tensor& a, const Tensor& b) {
  const Calling calling("solve");
  const Equations e = equations("solve", a, b);
  const Tensor x = solved("solve", e.a, e.b, Singular::refused);
  return e.vector ? squeeze(x, -1) : x;
}

Tensor inverse(const Tensor& a) {
  const Calling calling("inverse");
  check_square("inverse", a);
  return solved("inverse", a, identity_like(a), Singular::refused);
}

Tensor solve_triangular(const Tensor& a, const Tensor& b, const SolveTriangularOptions& options) {
  const Calling calling("solve_triangular");
  const Equations e = equations("solve_triangular", a, b);
  const Tensor x = triangle_solved(e.a, e.b, options);
  return e.vector ? squeeze(x, -1) : x;
}

Tensor cholesky(const Tensor& a) {
  const Calling calling("cholesky");
  check_square("cholesky", a);
  const Tensor even = (a + transpose(a)) / 2;
  const Index n = a.dim(-1);
  Tensor l = Tensor::empty(a.shape());
  First refused;
  for_matrices(in_front(a).size(), n, 1, [&](Index i) {
    const Index minor = cholesky_factor(n, even.data() + i * n * n, l.mutable_data() + i * n * n);
    if (minor != 0) refused.offer(i);
  });
  if (!refused.none()) {
    throw ValueError(fmt::format("[cholesky] matrix {} of a {} is not positive definite",
                                 refused.get(), a.shape().str()));
  }
  return differentiable("cholesky", std::move(l), wrt(even, [](const Tensor& g, const Tensor& y) {
                          const Tensor product = tril(matmul(y, g, {.transpose_a = true}));
                          const Tensor half = product - diag_embed(diagonal(product)) / 2;
                          // y^-T half y^-1, from the left and, turned round, from the right.
                          const Tensor upper = transpose(y);
                          const auto divided = [&](const Tensor& m) {
                            return triangle_solved(upper, m, {.upper = true});
                          };
                          const Tensor da = divided(transpose(divided(half)));
                          return (da + transpose(da)) / 2;
                        }));
}

SignLogdet slogdet(const Tensor& a) {
  const Calling calling("slogdet");
  check_square("slogdet", a);
  const Index n = a.dim(-1);
  Tensor sign = Tensor::empty(in_front(a)), size = Tensor::empty(in_front(a));
  for_matrices(sign.size(), n, 1, [&](Index i) {
    const LuFactors factors(n, a.data() + i * n * n);
    sign.mutable_data()[i] = factors.sign();
    size.mutable_data()[i] = factors.log_size();
  });
  const Tensor logabsdet =
      differentiable("slogdet", std::move(size), wrt(a, [a = keep(a)](const Tensor& g) {
                       const Tensor turned =
                           solved("slogdet", transpose(a()), identity_like(a()), Singular::shown);
                       return unsqueeze(unsqueeze(g, -1), -1) * turned;
                     }));
  return {sign, logabsdet};
}

Tensor logdet(const Tensor& a) {
  const Calling calling("logdet");
  check_square("logdet", a);
  const SignLogdet parts = slogdet(a);
  return where(parts.sign < 0.0, std::numeric_limits<double>::quiet_NaN(), parts.logabsdet);
}

}  // namespace heed::inline HEED_REAL
