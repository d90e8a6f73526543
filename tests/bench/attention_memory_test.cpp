// Attention in tiles needs memory that grows with the length, not with its square.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "autograd/memory.h"
#include "autograd/ops/attention.h"
#include "autograd/ops/twins.h"
#include "autograd/random.h"
#include "bench/measure.h"
#include "bench/row.h"

namespace heed::inline HEED_REAL::bench {
namespace {

BOOST_AUTO_TEST_SUITE(attention_memory)

const std::vector<double> lengths{1024, 2048, 4096};

// d log(y) / d log(length), by least squares.
double exponent(const std::vector<double>& y) {
  double sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
  const double n = static_cast<double>(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double a = std::log(lengths[i]), b = std::log(y[i]);
    sum_x += a, sum_y += b, sum_xx += a * a, sum_xy += a * b;
  }
  return (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x * sum_x);
}

BOOST_AUTO_TEST_CASE(grows_with_the_length) {
  for (const std::string pattern : {"full", "causal", "local"}) {
    std::vector<double> bytes;
    for (const double length : lengths) {
      const Work work = find_row(pattern + "_" + std::to_string(int(length))).prepare();
      work.run();
      bytes.push_back(static_cast<double>(footprint_of(work).peak_bytes));
    }
    BOOST_TEST_CONTEXT(pattern) {
      BOOST_TEST(exponent(bytes) > 0.9);
      BOOST_TEST(exponent(bytes) < 1.1);
    }
  }
}

// The same measurement finds the square where there is one: the twin holds all scores.
BOOST_AUTO_TEST_CASE(the_twin_holds_all_scores) {
  std::vector<double> bytes;
  for (const double length : lengths) {
    Generator rng(1);
    const Tensor x = rng.normal({1, static_cast<Index>(length), 8});
    const Heads heads{x, 0, 1, 8};
    const std::uint64_t before = memory::counters().live_bytes;
    memory::reset_peak();
    const NoGrad off;
    twin::dot_product_attention(heads, heads, heads, {});
    bytes.push_back(static_cast<double>(memory::counters().peak_bytes - before));
  }
  BOOST_TEST(exponent(bytes) > 1.9);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::inline HEED_REAL::bench
