// What becomes what, as a picture and as a list; the gradients of scores.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>

#include "examples/report/layered.h"
#include "examples/report/report.h"
#include "tests/framework/found.h"
#include "tests/report/well_formed.h"

namespace {

using heed::report::Edge;
using heed::report::html_report;
using heed::report::layered_picture;
using heed_test::contains;
using nlohmann::json;

struct Box {
  double x, y, width, height;
};

// The boxes of a picture by the name in them.
std::map<std::string, Box> boxes_of(const std::string& svg) {
  static const std::regex box(
      R"re(<rect x="([-0-9.]+)" y="([-0-9.]+)" width="([0-9.]+)" height="([0-9.]+)"[^>]*></rect>)re"
      R"re(<text[^>]*>([^<]*)</text>)re");
  std::map<std::string, Box> found;
  for (std::sregex_iterator at(svg.begin(), svg.end(), box), end; at != end; ++at) {
    const auto number = [&](std::size_t i) { return std::stod((*at)[i]); };
    found[(*at)[5]] = {number(1), number(2), number(3), number(4)};
  }
  return found;
}

bool apart(const Box& a, const Box& b) {
  return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y ||
         b.y + b.height <= a.y;
}

json sample() { return json::parse(std::ifstream(HEED_SAMPLE_RESULTS)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(relations)

BOOST_AUTO_TEST_CASE(everything_stands_left_of_what_it_becomes) {
  const std::vector<Edge> edges{{"a", "b", "1", "t"}, {"b", "c", "2", "t"}, {"a", "c", "3", "t"},
                                {"d", "c", "4", "t"}, {"e", "f", "5", "t"}, {"g", "b", "6", "t"}};
  const std::string svg = layered_picture(edges, "all").str();
  BOOST_TEST(heed_test::not_well_formed("<!DOCTYPE html>" + svg) == "");
  const std::map<std::string, Box> boxes = boxes_of(svg);
  BOOST_REQUIRE(boxes.size() == 7u);
  for (const Edge& edge : edges) {
    const Box &from = boxes.at(edge.from), &to = boxes.at(edge.to);
    BOOST_TEST(from.x + from.width < to.x, edge.from << " to " << edge.to);
  }
  for (const auto& [one, a] : boxes) {
    BOOST_TEST(a.x >= 0);
    BOOST_TEST(a.y >= 0);
    for (const auto& [other, b] : boxes) BOOST_TEST((one == other || apart(a, b)), one << other);
  }
}

BOOST_AUTO_TEST_CASE(circles_and_nothing_are_drawn_too) {
  BOOST_TEST(layered_picture({}, "none").empty());
  const std::string svg =
      layered_picture({{"a", "b", "", ""}, {"b", "a", "", ""}, {"c", "c", "", ""}}, "round").str();
  BOOST_TEST(heed_test::not_well_formed("<!DOCTYPE html>" + svg) == "");
  BOOST_TEST(boxes_of(svg).size() == 3u);
}

BOOST_AUTO_TEST_CASE(every_edge_names_its_proof) {
  const std::string page = html_report(sample());
  for (const json& edge : sample()["reductions"]) {
    const std::string proof = edge["proof"];
    BOOST_TEST(contains(page, "; " + proof + "</title></path>"), proof);
    BOOST_TEST(contains(page, "<span class=\"tag\">" + proof + "</span>"), proof);
  }
}

BOOST_AUTO_TEST_CASE(gradients_are_drawn_and_said) {
  const std::string page = html_report(sample());
  BOOST_TEST(contains(page, "<title>q · k, d = 128: 0.0129</title>"));
  BOOST_TEST(contains(page, "<td>0.0414</td><td>0.0578</td>"));
  json without = sample();
  without["score_gradients"] = {{{"size", 8}}, {{"size", -1}, {"plain", 1}, {"scaled", 1}}};
  BOOST_TEST(!contains(html_report(without), "id=\"gradients\""));
}

BOOST_AUTO_TEST_CASE(estimates_are_drawn_and_said) {
  const std::string page = html_report(sample());
  BOOST_TEST(heed_test::not_well_formed(page) == "");
  BOOST_TEST(contains(page, "<title>straight-through, bias: 0.412</title>"));
  BOOST_TEST(contains(page, "<title>straight-through, noise of one draw: 1.06</title>"));
  BOOST_TEST(contains(page, "<td>0.0151 ± 0.0137</td><td>6.93</td>"));
  json without = sample();
  without["choice_gradients"] = {{{"name", "a"}}, {{"name", "b"}, {"bias", 0}, {"noise", 1}}};
  BOOST_TEST(!contains(html_report(without), "id=\"choices\""));
}

BOOST_AUTO_TEST_SUITE_END()
