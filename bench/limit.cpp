// The rate of a large matrix product, through heed and past it: the limit that the other rows are
// held against. The one place outside autograd/ that sees BLAS.
#include <cblas.h>

#include "autograd/ledger.h"
#include "autograd/ops/matmul.h"
#include "autograd/random.h"
#include "bench/facts.h"
#include "bench/row.h"

namespace heed::inline HEED_REAL::bench {
namespace {

constexpr Index n = 1536;

struct Pair {
  Generator rng{1};
  Tensor a = rng.normal({n, n});
  Tensor b = rng.normal({n, n});
};

Tensor by_blas(const Tensor& a, const Tensor& b) {
  const Tensor c = Tensor::empty({n, n});
  const int m = static_cast<int>(n);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, m, m, 1, a.data(), m, b.data(), m, 0,
              c.mutable_data(), m);
  count_cost(static_cast<std::uint64_t>(n) * n * n, 3 * n * n * sizeof(Real));
  return c;
}

}  // namespace

std::vector<Row> limit_rows() {
  return {{"limit", "sgemm_blas",
           [] {
             const Pair x;
             return forward({{"a", x.a}, {"b", x.b}}, [x] { return by_blas(x.a, x.b); });
           }},
          {"limit", "sgemm", [] {
             const Pair x;
             return forward({{"a", x.a}, {"b", x.b}}, [x] { return matmul(x.a, x.b); });
           }}};
}

std::vector<std::pair<std::string, std::string>> facts() {
  return {{"compiler", HEED_COMPILER},
          {"instruction set", HEED_BUILT_FOR},
          {"OpenBLAS", openblas_get_config()},
          {"OpenBLAS core", openblas_get_corename()}};
}

}  // namespace heed::inline HEED_REAL::bench
