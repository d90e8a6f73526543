// 16384 tokens, forward and backward: one matrix of scores alone would be 1 GiB.
#include <boost/test/unit_test.hpp>

#include "autograd/memory.h"
#include "autograd/ops.h"
#include "autograd/random.h"

namespace heed::inline HEED_REAL {
namespace {

BOOST_AUTO_TEST_SUITE(long_attention)

BOOST_AUTO_TEST_CASE(fits_into_200_megabytes) {
  for (const bool causal : {false, true}) {
    memory::trim();
    memory::reset_peak();
    Generator rng(1);
    const Tensor q = rng.normal({1, 16384, 64}).require_grad();
    const Tensor k = rng.normal({1, 16384, 64}).require_grad();
    const Tensor v = rng.normal({1, 16384, 64}).require_grad();
    const auto head = [](const Tensor& x) { return Heads{x, 0, 1, 64}; };
    sum(dot_product_attention(head(q), head(k), head(v), {.causal = causal})).backward();
    BOOST_TEST(q.grad().defined());
    BOOST_TEST(memory::counters().peak_bytes > 6u * 16384 * 64 * sizeof(Real));
    BOOST_TEST(memory::counters().peak_bytes < 200'000'000u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::inline HEED_REAL
