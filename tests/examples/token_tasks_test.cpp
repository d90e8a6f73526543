#include <boost/test/unit_test.hpp>
#include <iterator>
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "examples/tasks/copying.h"
#include "examples/tasks/free_running.h"
#include "examples/tasks/recall.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(token_tasks)

bool same(const Indices& a, const Indices& b) {
  return a.shape() == b.shape() && std::ranges::equal(a.values(), b.values());
}

// label(i, group) is what the formula of the task says about row b.
template <class Label>
void check_copies(const TokenTask& task, Label label) {
  constexpr Index batch = 50;
  Generator rng(3);
  const TokenBatch drawn = task.draw(batch, rng);
  BOOST_REQUIRE(drawn.inputs.size() == 1);
  BOOST_REQUIRE(drawn.inputs[0].shape() == (Shape{batch, task.length}));
  BOOST_REQUIRE(drawn.labels.shape() == (Shape{batch, task.length, task.groups}));
  for (Index b = 0; b < batch; ++b) {
    const auto token = [&](Index i) { return drawn.inputs[0][b * task.length + i]; };
    for (Index i = 0; i < task.length; ++i) {
      for (Index g = 0; g < task.groups; ++g) {
        const std::int32_t got = drawn.labels[(b * task.length + i) * task.groups + g];
        BOOST_REQUIRE(got == label(token, i, g));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(reverse_is_its_formula) {
  check_copies(reverse_task(), [](auto token, Index i, Index) { return token(15 - i); });
}

BOOST_AUTO_TEST_CASE(shifted_copy_is_its_formula) {
  check_copies(shifted_copy_task(),
               [](auto token, Index i, Index) { return token((i - 8 + 16) % 16); });
}

BOOST_AUTO_TEST_CASE(short_copy_is_its_formula) {
  check_copies(short_copy_task(),
               [](auto token, Index i, Index) { return i < 2 ? not_asked : token(i - 2); });
}

BOOST_AUTO_TEST_CASE(distances_are_1_4_9_16) {
  check_copies(distances_task(), [](auto token, Index i, Index g) {
    const Index back = (g + 1) * (g + 1);
    return i < back ? not_asked : token(i - back);
  });
}

BOOST_AUTO_TEST_CASE(tokens_are_uniform) {
  Generator rng(1);
  const TokenBatch drawn = reverse_task().draw(2000, rng);
  std::map<std::int32_t, int> counts;
  for (const std::int32_t token : drawn.inputs[0].values()) ++counts[token];
  BOOST_TEST(counts.size() == 10U);
  for (const auto& [token, count] : counts) BOOST_TEST(std::abs(count - 3200) < 4 * 54);  // 4 sigma
}

BOOST_AUTO_TEST_CASE(recall_asks_every_key_once_for_its_value) {
  constexpr Index batch = 40, length = 2 * recall_pairs;
  Generator rng(2);
  const TokenBatch drawn = recall_task().draw(batch, rng);
  BOOST_REQUIRE(drawn.inputs.size() == 2);
  for (Index b = 0; b < batch; ++b) {
    std::map<std::int32_t, std::int32_t> stored;
    for (Index i = b * length; i < b * length + recall_pairs; ++i) {
      stored[drawn.inputs[0][i]] = drawn.inputs[1][i];
      BOOST_REQUIRE(drawn.labels[i] == not_asked);
      BOOST_REQUIRE(drawn.inputs[1][i] < static_cast<std::int32_t>(recall_values));
    }
    BOOST_REQUIRE(stored.size() == static_cast<std::size_t>(recall_pairs));  // distinct keys
    std::set<std::int32_t> asked;
    for (Index i = b * length + recall_pairs; i < (b + 1) * length; ++i) {
      asked.insert(drawn.inputs[0][i]);
      BOOST_REQUIRE(drawn.inputs[1][i] == static_cast<std::int32_t>(recall_values));  // no value
      BOOST_REQUIRE(drawn.labels[i] == stored.at(drawn.inputs[0][i]));
    }
    BOOST_REQUIRE(asked.size() == static_cast<std::size_t>(recall_pairs));
  }
}

BOOST_AUTO_TEST_CASE(the_word_comes_twice_and_is_asked_once) {
  Generator rng(4);
  const TokenBatch drawn = free_running_task().draw(1, rng);
  for (Index i = 0; i < word_length; ++i) {
    BOOST_TEST(drawn.inputs[0][i] == drawn.inputs[0][word_length + 1 + i]);
    BOOST_TEST(drawn.labels[i] == not_asked);
    BOOST_TEST(drawn.labels[word_length + i] == drawn.inputs[0][i]);  // the next token
  }
  BOOST_TEST(drawn.inputs[0][word_length] == static_cast<std::int32_t>(word_values));
  BOOST_TEST(drawn.labels[2 * word_length] == not_asked);
}

BOOST_AUTO_TEST_CASE(samples_are_a_function_of_the_seed) {
  for (const TokenTask& task : {reverse_task(), shifted_copy_task(), short_copy_task(),
                                distances_task(), recall_task(), free_running_task()}) {
    Generator one(7), same_seed(7), other(8);
    const TokenBatch a = task.draw(4, one), b = task.draw(4, same_seed), c = task.draw(4, other);
    BOOST_TEST(same(a.inputs[0], b.inputs[0]));
    BOOST_TEST(same(a.labels, b.labels));
    BOOST_TEST(!same(a.inputs[0], c.inputs[0]));
    BOOST_TEST(!same(a.inputs[0], task.draw(4, one).inputs[0]));  // fresh samples every time
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::inline HEED_REAL::tasks
