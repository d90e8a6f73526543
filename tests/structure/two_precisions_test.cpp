// heed and heed64 linked into one program keep to themselves: without the inline namespace the
// linker would take one `heed::sum` for both, and one half would read the numbers of the other.
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "tests/structure/half.h"

BOOST_AUTO_TEST_SUITE(two_precisions)

BOOST_AUTO_TEST_CASE(each_half_has_its_own_numbers) {
  const HalfResult single = run_f32();
  const HalfResult twice = run_f64();
  BOOST_TEST(single.real_bytes == 4);
  BOOST_TEST(twice.real_bytes == 8);
  BOOST_TEST(single.third == static_cast<double>(1.0F / 3.0F));
  BOOST_TEST(twice.third == 1.0 / 3.0);
  BOOST_TEST(std::abs(single.gradient - 1.0 / 3.0) < 1e-6);
  BOOST_TEST(std::abs(twice.gradient - 1.0 / 3.0) < 1e-15);
  BOOST_TEST(single.gradient != twice.gradient);
}

BOOST_AUTO_TEST_CASE(both_draw_the_same_numbers_to_their_precision) {
  const HalfResult single = run_f32();
  const HalfResult twice = run_f64();
  BOOST_TEST(std::abs(single.drawn - twice.drawn) < 1e-6);
  BOOST_TEST(single.drawn != twice.drawn);
}

BOOST_AUTO_TEST_CASE(each_half_catches_its_own_errors) {
  BOOST_TEST(run_f32().caught);
  BOOST_TEST(run_f64().caught);
}

BOOST_AUTO_TEST_SUITE_END()
