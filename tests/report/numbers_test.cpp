// Numbers as text, and axes.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "examples/report/numbers.h"
#include "examples/report/scale.h"

using namespace heed::report;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

}  // namespace

BOOST_AUTO_TEST_SUITE(numbers)

BOOST_AUTO_TEST_CASE(as_text) {
  BOOST_TEST(fixed(0.99951, 3) == "1.000");
  BOOST_TEST(significant(0.0012345) == "0.00123");
  BOOST_TEST(counted(0) == "0");
  BOOST_TEST(counted(950) == "950");
  BOOST_TEST(counted(1234) == "1.23 k");
  BOOST_TEST(counted(45678901) == "45.7 M");
  BOOST_TEST(bytes(512) == "512 B");
  BOOST_TEST(bytes(1536) == "1.50 KiB");
  BOOST_TEST(bytes(3.0 * 1024 * 1024) == "3.00 MiB");
  for (const std::string& text :
       {fixed(not_a_number, 3), significant(not_a_number), counted(not_a_number),
        bytes(not_a_number), exact(not_a_number)}) {
    BOOST_TEST(text == "–");
  }
  BOOST_TEST(counted(infinite) == "inf");
}

BOOST_AUTO_TEST_CASE(exact_gives_the_float_back) {
  for (int i = 1; i < 2000; ++i) {
    const float value = 1.0f / static_cast<float>(i * i);
    BOOST_REQUIRE(std::stof(exact(value)) == value);
  }
}

BOOST_AUTO_TEST_CASE(linear_scale) {
  const Scale scale = Scale::linear(0, 0.97);
  BOOST_TEST(scale.low() == 0);
  BOOST_TEST(scale.high() == 1, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(scale.ticks().size() == 6);
  BOOST_TEST(scale.at(0.25) == 0.25, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(scale.at(-3) == 0);
  BOOST_TEST(scale.at(7) == 1);
  BOOST_TEST(Scale::linear(5, 5).at(5) == 0.5, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(Scale::linear(0, 0).at(0) == 0.5, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(fitting_scale) {
  BOOST_TEST(Scale::fitting({0.01, 3}).is_logarithmic());
  BOOST_TEST(!Scale::fitting({0.2, 3}).is_logarithmic());
  BOOST_TEST(!Scale::fitting({-1, 1000}).is_logarithmic());
  BOOST_TEST(Scale::fitting({0.2, 3}).low() == 0);
  BOOST_TEST(Scale::fitting({0.9, 1.0}).low() >= 0.5);
  BOOST_CHECK_NO_THROW(Scale::fitting({}));
  BOOST_CHECK_NO_THROW(Scale::fitting({not_a_number, infinite}));
}

BOOST_AUTO_TEST_CASE(logarithmic_scale) {
  const Scale scale = Scale::logarithmic(0.003, 7);
  BOOST_TEST(scale.low() == 0.002, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(scale.high() == 10, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(scale.at(scale.low()) == 0);
  BOOST_TEST(scale.at(std::sqrt(0.02)) == 0.5, boost::test_tools::tolerance(1e-9));
  for (const double tick : scale.ticks()) {
    const double mantissa = tick / std::pow(10, std::floor(std::log10(tick) + 1e-9));
    BOOST_TEST(std::abs(mantissa - std::round(mantissa)) < 1e-9);
    BOOST_TEST((tick >= 0.00199 && tick <= 10.01));
  }
  BOOST_TEST(scale.ticks().size() >= 4);
  const std::size_t wide = Scale::logarithmic(1e-12, 1e6).ticks().size();
  BOOST_TEST((wide >= 4 && wide <= 8));
}

BOOST_AUTO_TEST_SUITE_END()
