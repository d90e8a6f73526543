// Several seeds as one curve, and the colours of the curves.
#include "examples/report/curve.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

using namespace heed::report;

namespace {

Group group_of(const std::vector<std::vector<Point>>& losses) {
  Group group;
  for (const auto& loss : losses) group.runs.emplace_back().loss = loss;
  return group;
}

Group labelled(const std::string& label) {
  Group group;
  group.label = label;
  return group;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(curve)

BOOST_AUTO_TEST_CASE(median_and_band_over_seeds) {
  const Curve curve = curve_of(group_of({{{0, 3}, {10, 1}}, {{0, 5}, {10, 2}}, {{0, 4}, {10, 9}}}));
  BOOST_REQUIRE(curve.samples.size() == 2);
  BOOST_TEST(curve.samples[0].least == 3);
  BOOST_TEST(curve.samples[0].median == 4);
  BOOST_TEST(curve.samples[0].most == 5);
  BOOST_TEST(curve.samples[1].median == 2);
  BOOST_TEST(curve.samples[1].step == 10);
}

BOOST_AUTO_TEST_CASE(an_even_number_of_seeds_has_its_median_between) {
  BOOST_TEST(curve_of(group_of({{{0, 1}}, {{0, 4}}})).samples.at(0).median == 2.5);
}

BOOST_AUTO_TEST_CASE(long_curves_are_averaged_within_stretches) {
  std::vector<Point> loss;
  for (int step = 0; step <= 1000; ++step) loss.push_back({step * 1.0, step * 1.0});
  const Curve curve = curve_of(group_of({loss}), 10);
  BOOST_REQUIRE(curve.samples.size() == 10);
  for (const Curve::Sample& s : curve.samples) BOOST_TEST(s.median == s.step);
  BOOST_TEST(curve.samples.front().median == 49.5);
}

BOOST_AUTO_TEST_CASE(what_is_no_number_is_left_out) {
  constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
  constexpr double inf = std::numeric_limits<double>::infinity();
  const Curve curve =
      curve_of(group_of({{{0, not_a_number}, {5, inf}, {not_a_number, 1}, {10, 2}}, {}}));
  BOOST_REQUIRE(curve.samples.size() == 1);
  BOOST_TEST(curve.samples[0].median == 2);
  BOOST_TEST(curve_of(group_of({})).samples.empty());
}

BOOST_AUTO_TEST_CASE(colours_differ_on_a_task_and_stay_with_their_label) {
  std::vector<TaskResults> tasks(3);
  tasks[0].groups = {labelled("a"), labelled("b")};
  tasks[1].groups = {labelled("c")};
  tasks[2].groups = {labelled("c"), labelled("a"), labelled("d")};
  assign_colours(tasks);
  const auto colour = [&](std::size_t t, std::size_t g) { return tasks[t].groups[g].colour; };
  BOOST_TEST(colour(0, 0) == 0);
  BOOST_TEST(colour(0, 1) == 1);
  BOOST_TEST(colour(2, 1) == colour(0, 0));
  BOOST_TEST(colour(2, 0) == colour(1, 0));
  BOOST_TEST(colour(2, 0) != colour(2, 1));
  BOOST_TEST(colour(2, 2) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
