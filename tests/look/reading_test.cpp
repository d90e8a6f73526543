// Words made of tokens, and what is read off the maps between them.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "autograd/errors.h"
#include "tests/framework/thrown.h"
#include "tests/look/by_hand.h"

namespace heed_test {

using namespace heed;
using namespace heed::look;

BOOST_AUTO_TEST_SUITE(readings)

BOOST_AUTO_TEST_CASE(parts_of_a_word_are_added_where_it_is_looked_at_and_averaged_where_it_asks) {
  const Tensor map = sleeping_cat().between_words(1);
  BOOST_TEST(map.shape().str() == "(2, 4, 4)");
  const auto at = [&](Index from, Index to) {  // of the second head
    return map.values()[static_cast<std::size_t>(16 + from * 4 + to)];
  };
  BOOST_TEST(at(2, 3) == 0.75, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(at(3, 2) == 0.6, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(at(3, 3) == 0.25, boost::test_tools::tolerance(1e-6));
  for (Index from = 0; from < 4; ++from) {
    BOOST_TEST(at(from, 0) + at(from, 1) + at(from, 2) + at(from, 3) == 1,
               boost::test_tools::tolerance(1e-6));
  }
}

BOOST_AUTO_TEST_CASE(the_strongest_head_of_a_word_looks_neither_at_marks_nor_at_itself) {
  const Reading reading = sleeping_cat();
  const std::vector<Link> links = strongest_heads(reading, 2, 2);
  BOOST_REQUIRE(links.size() == 2U);
  BOOST_TEST(links[0].layer == 1U);
  BOOST_TEST(links[0].head == 1U);
  BOOST_TEST(reading.words[links[0].to] == "sleeps");
  BOOST_TEST(links[0].weight == 0.75, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(links[1].layer == 0U);  // an even head: "sleeps" has two of five tokens
  BOOST_TEST(links[1].weight == 0.4, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(strongest_heads(reading, 2, 100).size() == 4U);
  const std::vector<Link> first = strongest_heads(reading, 0, 1);  // gives all to itself in 1.1
  BOOST_TEST((first[0].layer != 1 || first[0].head != 1));
}

BOOST_AUTO_TEST_CASE(a_word_is_found_wherever_it_stands) {
  Reading reading = sleeping_cat();
  BOOST_TEST(reading.find("Cat") == std::vector<std::size_t>{2});
  reading.words[1] = "CAT";
  BOOST_TEST((reading.find("cat") == std::vector<std::size_t>{1, 2}));
  BOOST_TEST(thrown<ValueError>([&] { reading.find("dog"); }) ==
             "[look] the text has no word 'dog'\nhint: its words are [CLS] CAT cat sleeps");
}

BOOST_AUTO_TEST_CASE(a_summary_is_the_mean_of_the_tokens_at_length_one) {
  const Tensor summary = sleeping_cat().summary();  // the mean of the rows is (1.8, 4)
  BOOST_TEST(summary.values()[0] == 1.8 / std::hypot(1.8, 4.0), boost::test_tools::tolerance(1e-6));
  BOOST_TEST(summary.values()[1] == 4.0 / std::hypot(1.8, 4.0), boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
