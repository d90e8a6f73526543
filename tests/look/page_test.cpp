// The page and its numbers.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "examples/look/drawings.h"
#include "examples/look/page.h"
#include "tests/framework/found.h"
#include "tests/look/by_hand.h"
#include "tests/report/well_formed.h"

namespace heed_test {

using namespace heed;
using namespace heed::look;

namespace {

Shown shown() {
  const Reading reading = sleeping_cat();
  return {.model = "bert",
          .text = "the <cat> sleeps",
          .reading = reading,
          .asked = {{2, strongest_heads(reading, 2, 1)}},
          .heads = {{1, 1}},
          .near = {{"a dog & a cat", 0.75}},
          .written = {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(look_page)

BOOST_AUTO_TEST_CASE(page_says_what_was_found) {
  const std::string page = html_page(shown());
  BOOST_TEST(not_well_formed(page) == "");
  BOOST_TEST(contains(page, "the &lt;cat&gt; sleeps"));
  BOOST_TEST(contains(page, "bert: 2 layers of 2 heads, 5 tokens"));
  BOOST_TEST(contains(page, R"(cat</th><td>1.1</td><td>sleeps</td><td>0.75</td>)"));
  BOOST_TEST(contains(page, R"(a dog &amp; a cat</th><td>0.750</td>)"));
  BOOST_TEST(!contains(page, "What it writes"));
  BOOST_TEST(count(page, R"(class="thumbnail")") == 4U);
  BOOST_TEST(!contains(page, "<script"));
}

BOOST_AUTO_TEST_CASE(a_line_is_as_strong_as_its_weight) {
  const std::string view = head_view(sleeping_cat(), 1, 1).str();
  BOOST_TEST(contains(view, R"(stroke-opacity="0.75"><title>cat → sleeps: 0.750</title>)"));
  BOOST_TEST(!contains(view, "sleeps → the"));  // a weight of 0
  BOOST_TEST(count(view, "<line") == 1U + 4U + 4U + 3U);
}

BOOST_AUTO_TEST_CASE(numbers_are_those_of_the_maps_to_the_last_digit) {
  const Reading reading = sleeping_cat();
  const nlohmann::json json = nlohmann::json::parse(json_of(shown()));
  BOOST_TEST(json["tokens"] == nlohmann::json(reading.tokens));
  std::size_t compared = 0;
  for (std::size_t layer = 0; layer < 2; ++layer) {
    for (std::size_t i = 0; i < 50; ++i) {
      const nlohmann::json& number = json["maps"][layer][i / 25][i / 5 % 5][i % 5];
      BOOST_TEST(number.get<Real>() == reading.maps[layer].values()[i]);
      ++compared;
    }
  }
  BOOST_TEST(compared == 100U);
  BOOST_TEST(json["hidden"] == nlohmann::json::parse("[[3,0],[3,0],[3,0],[0,10],[0,10]]"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
