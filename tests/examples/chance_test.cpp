#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

#include "autograd/random.h"
#include "examples/study/chance.h"
#include "examples/tasks/tasks.h"

namespace heed::study {
namespace {

BOOST_AUTO_TEST_SUITE(chance)

// E[largest count] / n by drawing.
double counted_floor(Index n, Index values) {
  Generator rng(5);
  constexpr int samples = 40000;
  double sum = 0;
  for (int sample = 0; sample < samples; ++sample) {
    std::vector<Index> counts(static_cast<std::size_t>(values));
    for (Index i = 0; i < n; ++i) {
      ++counts[static_cast<std::size_t>(rng.below(static_cast<std::int32_t>(values)))];
    }
    sum += static_cast<double>(*std::ranges::max_element(counts));
  }
  return sum / (samples * static_cast<double>(n));
}

BOOST_AUTO_TEST_CASE(mode_floor_of_small_cases_by_hand) {
  BOOST_TEST(mode_floor(1, 7) == 1.0, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(mode_floor(5, 1) == 1.0, boost::test_tools::tolerance(1e-12));
  // Two draws of two values: equal with probability 1/2, so E[largest] = 1.5.
  BOOST_TEST(mode_floor(2, 2) == 0.75, boost::test_tools::tolerance(1e-12));
  // Three draws of two values: all equal with probability 1/4, so E[largest] = 2.25.
  BOOST_TEST(mode_floor(3, 2) == 0.75, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(mode_floor_agrees_with_counting) {
  for (const auto& [n, values] : {std::pair<Index, Index>{16, 10}, {16, 32}, {24, 10}, {10, 10}}) {
    BOOST_TEST(std::abs(mode_floor(n, values) - counted_floor(n, values)) < 0.002);
  }
}

double ceiling_of(const char* task, const attention::Pattern& pattern, Index layers = 1) {
  return pattern_ceiling(*tasks::find(task).sources, pattern, layers);
}

BOOST_AUTO_TEST_CASE(a_window_of_three_bounds_reversing_at_a_third) {
  // Positions 6 to 9 of 16 see their source; the others guess one of ten.
  BOOST_TEST(ceiling_of("reverse", attention::window(3)) == 0.25 + 0.75 / 10,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(layers_see_further) {
  // Two layers of three see six places: positions 5 to 10 reach 15 - i.
  BOOST_TEST(ceiling_of("reverse", attention::window(3), 2) == 0.375 + 0.625 / 10,
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(ceiling_of("reverse", attention::window(3), 5) == 1);
  // Looking back only, no number of layers sees what comes.
  BOOST_TEST(ceiling_of("reverse", attention::causal(), 9) == 0.5 + 0.5 / 10,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(what_is_visible_is_not_bounded) {
  BOOST_TEST(ceiling_of("reverse", attention::full()) == 1);
  BOOST_TEST(ceiling_of("short-copy", attention::window(3)) == 1);
  BOOST_TEST(ceiling_of("short-copy", attention::window(1)) == 0.1,
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(ceiling_of("free-running", attention::causal()) == 1);
  BOOST_TEST(!tasks::find("recall").sources.has_value());  // content: not known here
}

BOOST_AUTO_TEST_CASE(whole_sequences_need_every_answer) {
  // A window of 15 misses the distance of 16, asked of 8 positions: all eight have to be guessed.
  BOOST_TEST(ceiling_of("heads", attention::window(16)) == 1);
  BOOST_TEST(ceiling_of("heads", attention::window(15)) == 1e-8,
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::study
