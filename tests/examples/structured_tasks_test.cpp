// The generators of the tasks on spans, orders and chains of command, and what their studies do.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>

#include "autograd/ops.h"
#include "examples/models/tokens.h"
#include "examples/study/study.h"
#include "examples/tasks/graphs/chain_of_command.h"
#include "examples/tasks/sequences/any_order.h"
#include "examples/tasks/sequences/topic_span.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(structured_tasks)

BOOST_AUTO_TEST_CASE(a_topic_has_one_span_of_six_to_ten) {
  constexpr Index batch = 600;
  Generator rng(1);
  const TopicBatch drawn = draw_topics(batch, rng);
  std::set<Index> lengths;
  double bits[2] = {0, 0}, own[2] = {0, 0}, tokens[2] = {0, 0};
  for (Index b = 0; b < batch; ++b) {
    Index length = 0, starts = 0;
    for (Index t = 0; t < topic_length; ++t) {
      const Index at = b * topic_length + t;
      const bool in = drawn.inside[at];
      length += in ? 1 : 0;
      starts += in && (t == 0 || !drawn.inside[at - 1]) ? 1 : 0;
      tokens[in] += 1;
      bits[in] += drawn.tokens[at] / topic_classes;
      own[in] += drawn.tokens[at] % topic_classes == drawn.labels[b] ? 1 : 0;
    }
    BOOST_REQUIRE(starts == 1);
    lengths.insert(length);
  }
  BOOST_TEST(*lengths.begin() == topic_shortest);
  BOOST_TEST(*lengths.rbegin() == topic_longest);
  // Of about 4,800 tokens inside and 9,600 outside: more than four standard deviations.
  BOOST_TEST(std::abs(bits[1] / tokens[1] - 0.75) < 0.03);
  BOOST_TEST(std::abs(bits[0] / tokens[0] - 0.25) < 0.03);
  BOOST_TEST(std::abs(own[1] / tokens[1] - (0.6 + 0.4 / 4)) < 0.03);
  BOOST_TEST(std::abs(own[0] / tokens[0] - 0.25) < 0.03);
}

BOOST_AUTO_TEST_CASE(f1_is_that_of_the_share_that_serves_best) {
  const Mask inside({2, 4}, {0, 1, 1, 0, 1, 1, 0, 0});
  const Tensor right({2, 4}, {0.1F, 0.9F, 0.8F, 0.2F, 0.04F, 0.03F, 0.01F, 0.01F});
  BOOST_TEST(best_span_f1(right, inside) == 1);
  // Everything is declared: a half is right, and all that there is.
  BOOST_TEST(best_span_f1(Tensor::ones({2, 4}), inside) == 2 * 4 / (8.0 + 4.0));
}

BOOST_AUTO_TEST_CASE(a_word_is_said_twice) {
  Generator rng(2);
  const TwiceBatch drawn = draw_twice(50, rng), unknown = with_half_unknown(drawn);
  const Indices answers = answers_of(drawn);
  constexpr auto half = static_cast<std::int32_t>(said_once);
  for (Index b = 0; b < 50; ++b) {
    std::set<std::int32_t> ranks;
    for (Index i = 0; i < said_twice; ++i) {
      const Index at = b * said_twice + i, twin = b * said_twice + (i + said_once) % said_twice;
      ranks.insert(drawn.order[at]);
      BOOST_REQUIRE(drawn.tokens[at] == drawn.tokens[twin]);
      const bool late = drawn.order[at] >= half, told = late && drawn.order[twin] < half;
      BOOST_REQUIRE(unknown.tokens[at] == (late ? said_values : drawn.tokens[at]));
      BOOST_REQUIRE(unknown.order[at] == std::min(drawn.order[at], half));
      BOOST_REQUIRE(answers[at] == (told ? drawn.tokens[at] : models::not_asked));
    }
    BOOST_REQUIRE(ranks.size() == static_cast<std::size_t>(said_twice));
  }
}

BOOST_AUTO_TEST_CASE(heads_lead_to_the_chief_over_shared_links) {
  Generator rng(3);
  const ChainBatch drawn = draw_chains(100, rng);
  for (Index b = 0; b < 100; ++b) {
    for (Index who = 0; who < command_people; ++who) {
      const Index at = b * command_people + who, head = drawn.heads[at];
      BOOST_REQUIRE((head < 0) == (drawn.chief[b] == who));
      if (head < 0) continue;
      std::set<std::int32_t> links;
      for (const Index one : {at, b * command_people + head}) {
        for (const Index side : {0, 1}) links.insert(drawn.links[2 * one + side]);
      }
      BOOST_REQUIRE(links.size() == 3u);  // of four one is shared
      Index above = who, steps = 0;
      while (above != drawn.chief[b] && ++steps < command_people) {
        above = drawn.heads[b * command_people + above];
      }
      BOOST_REQUIRE(above == drawn.chief[b]);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
