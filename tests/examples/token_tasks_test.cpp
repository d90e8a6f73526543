#include <boost/test/unit_test.hpp>
#include <iterator>
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(token_tasks)

bool same(const Indices& a, const Indices& b) {
  return a.shape() == b.shape() && std::ranges::equal(a.values(), b.values());
}

// The next samples of a task, as its study draws them.
models::TokenBatch drawn_from(const std::string& name, Index count, Generator& rng) {
  const study::Task& task = find(name);
  Generator start(1);
  const auto made = task.make({.settings = task.settings,
                               .make_mixer =
                                   [](const attention::MixerShape& shape, Generator& weights) {
                                     return study::make_mixer("multihead", {}, shape, weights);
                                   }},
                              start);
  auto& tokens = dynamic_cast<models::TokenStudy&>(*made);
  tokens.draw(count, study::Split::train, rng);
  return tokens.batch();
}

// label(token, i, group) is what the formula of the task says about a row.
template <class Label>
void check_copies(const std::string& name, Index length, Index groups, Label label) {
  constexpr Index batch = 50;
  Generator rng(3);
  const models::TokenBatch drawn = drawn_from(name, batch, rng);
  BOOST_REQUIRE(drawn.inputs.size() == 1);
  BOOST_REQUIRE(drawn.inputs[0].shape() == (Shape{batch, length}));
  BOOST_REQUIRE(drawn.labels.shape() == (Shape{batch, length, groups}));
  for (Index b = 0; b < batch; ++b) {
    const auto token = [&](Index i) { return drawn.inputs[0][b * length + i]; };
    for (Index i = 0; i < length; ++i) {
      for (Index g = 0; g < groups; ++g) {
        BOOST_REQUIRE(drawn.labels[(b * length + i) * groups + g] == label(token, i, g));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(reverse_is_its_formula) {
  check_copies("reverse", 16, 1, [](auto token, Index i, Index) { return token(15 - i); });
}

BOOST_AUTO_TEST_CASE(shifted_copy_is_its_formula) {
  check_copies("shifted-copy", 16, 1,
               [](auto token, Index i, Index) { return token((i - 8 + 16) % 16); });
}

BOOST_AUTO_TEST_CASE(short_copy_is_its_formula) {
  check_copies("short-copy", 16, 1,
               [](auto token, Index i, Index) { return i < 2 ? models::not_asked : token(i - 2); });
}

BOOST_AUTO_TEST_CASE(distances_are_1_4_9_16) {
  check_copies("heads", 24, 4, [](auto token, Index i, Index g) {
    const Index back = (g + 1) * (g + 1);
    return i < back ? models::not_asked : token(i - back);
  });
}

BOOST_AUTO_TEST_CASE(tokens_are_uniform) {
  Generator rng(1);
  const models::TokenBatch drawn = drawn_from("reverse", 2000, rng);
  std::map<std::int32_t, int> counts;
  for (const std::int32_t token : drawn.inputs[0].values()) ++counts[token];
  BOOST_TEST(counts.size() == 10U);
  for (const auto& [token, count] : counts) BOOST_TEST(std::abs(count - 3200) < 4 * 54);  // 4 sigma
}

BOOST_AUTO_TEST_CASE(recall_asks_every_key_once_for_its_value) {
  constexpr Index batch = 40, pairs = 16, length = 2 * pairs;
  constexpr std::int32_t no_value = 32;
  Generator rng(2);
  const models::TokenBatch drawn = drawn_from("recall", batch, rng);
  BOOST_REQUIRE(drawn.inputs.size() == 2);
  for (Index b = 0; b < batch; ++b) {
    std::map<std::int32_t, std::int32_t> stored;
    for (Index i = b * length; i < b * length + pairs; ++i) {
      stored[drawn.inputs[0][i]] = drawn.inputs[1][i];
      BOOST_REQUIRE(drawn.labels[i] == models::not_asked);
      BOOST_REQUIRE(drawn.inputs[1][i] < no_value);
    }
    BOOST_REQUIRE(stored.size() == static_cast<std::size_t>(pairs));  // distinct keys
    std::set<std::int32_t> asked;
    for (Index i = b * length + pairs; i < (b + 1) * length; ++i) {
      asked.insert(drawn.inputs[0][i]);
      BOOST_REQUIRE(drawn.inputs[1][i] == no_value);  // no value
      BOOST_REQUIRE(drawn.labels[i] == stored.at(drawn.inputs[0][i]));
    }
    BOOST_REQUIRE(asked.size() == static_cast<std::size_t>(pairs));
  }
}

BOOST_AUTO_TEST_CASE(an_operator_adds_to_the_argument_asked_with_its_key) {
  constexpr Index batch = 40, pairs = 8, length = 2 * pairs;
  constexpr std::int32_t values = 16;
  Generator rng(2);
  const models::TokenBatch drawn = drawn_from("recall-of-operators", batch, rng);
  std::set<std::int32_t> labels;
  for (Index b = 0; b < batch; ++b) {
    std::map<std::int32_t, std::int32_t> stored;
    for (Index i = b * length; i < b * length + pairs; ++i) {
      stored[drawn.inputs[0][i]] = drawn.inputs[1][i];
      BOOST_REQUIRE(drawn.labels[i] == models::not_asked);
      BOOST_REQUIRE(drawn.inputs[1][i] < values);
    }
    BOOST_REQUIRE(stored.size() == static_cast<std::size_t>(pairs));
    std::set<std::int32_t> asked;
    for (Index i = b * length + pairs; i < (b + 1) * length; ++i) {
      asked.insert(drawn.inputs[0][i]);
      const std::int32_t argument = drawn.inputs[1][i] - values;
      BOOST_REQUIRE(argument >= 0);
      BOOST_REQUIRE(drawn.labels[i] == (stored.at(drawn.inputs[0][i]) + argument) % values);
      labels.insert(drawn.labels[i]);
    }
    BOOST_REQUIRE(asked.size() == static_cast<std::size_t>(pairs));
  }
  BOOST_TEST(labels.size() == 16U);
}

BOOST_AUTO_TEST_CASE(the_word_comes_twice_and_is_asked_once) {
  Generator rng(4);
  const models::TokenBatch drawn = drawn_from("free-running", 1, rng);
  const Index word = (drawn.inputs[0].shape()[1] - 1) / 2;
  BOOST_TEST(word >= 10);
  for (Index i = 0; i < word; ++i) {
    BOOST_TEST(drawn.inputs[0][i] == drawn.inputs[0][word + 1 + i]);
    BOOST_TEST(drawn.labels[i] == models::not_asked);
    BOOST_TEST(drawn.labels[word + i] == drawn.inputs[0][i]);  // the next token
  }
  BOOST_TEST(drawn.inputs[0][word] == 10);  // the separator
  BOOST_TEST(drawn.labels[2 * word] == models::not_asked);
}

// In all three every query asks for a pair that stands where the task says, four places of which
// each comes up.
void check_recall_where(const std::string& name, std::set<Index> (*places)(Index query)) {
  constexpr Index batch = 60, pairs = 16, length = 2 * pairs;
  Generator rng(6);
  const models::TokenBatch drawn = drawn_from(name, batch, rng);
  BOOST_REQUIRE(drawn.inputs.size() == 2);
  std::map<Index, std::set<Index>> asked;
  for (Index b = 0; b < batch; ++b) {
    std::map<std::int32_t, Index> place_of;
    for (Index i = 0; i < pairs; ++i) {
      BOOST_REQUIRE(drawn.labels[b * length + i] == models::not_asked);
      place_of[drawn.inputs[0][b * length + i]] = i;
    }
    BOOST_REQUIRE(place_of.size() == static_cast<std::size_t>(pairs));  // distinct keys
    for (Index i = pairs; i < length; ++i) {
      const Index from = place_of.at(drawn.inputs[0][b * length + i]);
      BOOST_REQUIRE(drawn.labels[b * length + i] == drawn.inputs[1][b * length + from]);
      BOOST_REQUIRE(drawn.inputs[1][b * length + i] == 32);  // no value
      asked[i].insert(from);
    }
  }
  for (Index i = pairs; i < length; ++i) BOOST_TEST((asked[i] == places(i)), name << " " << i);
}

BOOST_AUTO_TEST_CASE(recall_asks_on_the_stride_off_it_and_at_the_ends_of_blocks) {
  check_recall_where("recall-on-stride", [](Index i) {
    return std::set<Index>{i % 4, i % 4 + 4, i % 4 + 8, i % 4 + 12};
  });
  check_recall_where("recall-off-stride", [](Index i) {
    const Index r = (i + 2) % 4;
    return std::set<Index>{r, r + 4, r + 8, r + 12};
  });
  check_recall_where("recall-of-summaries", [](Index) { return std::set<Index>{3, 7, 11, 15}; });
}

BOOST_AUTO_TEST_CASE(the_flagged_value_is_asked_everywhere) {
  constexpr Index batch = 60, length = 33;
  Generator rng(7);
  const models::TokenBatch drawn = drawn_from("flag", batch, rng);
  std::set<Index> flagged;
  for (Index b = 0; b < batch; ++b) {
    Index at = 0, flags = 0;
    for (Index i = 0; i < length; ++i) {
      if (drawn.inputs[1][b * length + i] == 1) at = i, ++flags;
    }
    BOOST_REQUIRE(flags == 1);
    BOOST_REQUIRE(at > 0);
    BOOST_REQUIRE(drawn.inputs[0][b * length] == 10);  // says nothing
    BOOST_REQUIRE(drawn.labels[b * length] == models::not_asked);
    for (Index i = 1; i < length; ++i) {
      BOOST_REQUIRE(drawn.labels[b * length + i] == drawn.inputs[0][b * length + at]);
    }
    flagged.insert(at);
  }
  BOOST_TEST(flagged.size() > 20U);
}

BOOST_AUTO_TEST_CASE(mixed_asks_for_pairs_and_for_the_symbol_two_before) {
  constexpr Index batch = 20, length = 48, pairs = 4;
  Generator rng(8);
  const models::TokenBatch drawn = drawn_from("mixed", batch, rng);
  for (Index b = 0; b < batch; ++b) {
    const auto at = [&](const Indices& from, Index i) { return from[b * length + i]; };
    std::map<std::int32_t, std::int32_t> stored;
    for (Index i = 0; i < pairs; ++i) stored[at(drawn.inputs[0], i)] = at(drawn.inputs[1], i);
    BOOST_REQUIRE(stored.size() == static_cast<std::size_t>(pairs));
    for (Index i = pairs; i < length; ++i) {
      const std::int32_t key = at(drawn.inputs[0], i), label = at(drawn.labels, i);
      if (i % 4 == 3) {
        BOOST_REQUIRE(label == stored.at(key));
        BOOST_REQUIRE(at(drawn.inputs[1], i) == 10);  // no value
        continue;
      }
      BOOST_REQUIRE(key == 16);  // none
      const bool symbol_before = i >= pairs + 2 && i % 4 != 1;
      BOOST_REQUIRE(label == (symbol_before ? at(drawn.inputs[1], i - 2) : models::not_asked));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_pointer_goes_along_its_row_and_down_its_column) {
  constexpr Index batch = 30, side = 6, pixels = side * side;
  Generator rng(5);
  const models::TokenBatch drawn = drawn_from("image-pointer", batch, rng);
  BOOST_REQUIRE(drawn.inputs.size() == 3);
  const Indices &p = drawn.inputs[0], &q = drawn.inputs[1], &v = drawn.inputs[2];
  std::set<std::int32_t> columns, values;
  for (Index b = 0; b < batch; ++b) {
    for (Index r = 0; r < side; ++r) {
      for (Index c = 0; c < side; ++c) {
        const Index here = b * pixels + r * side + c, along = b * pixels + r * side + p[here];
        BOOST_REQUIRE(q[here] != r);
        BOOST_REQUIRE(drawn.labels[here] == v[b * pixels + q[along] * side + c]);
        columns.insert(p[here]);
        values.insert(v[here]);
      }
    }
  }
  BOOST_TEST(columns.size() == 6U);
  BOOST_TEST(values.size() == 10U);
}

BOOST_AUTO_TEST_CASE(segments_ask_for_each_pair_one_and_two_segments_later) {
  constexpr Index batch = 60, segment = 16, length = 3 * segment;
  Generator rng(9);
  const models::TokenBatch drawn = drawn_from("segments", batch, rng);
  std::set<Index> asked_at;
  for (Index b = 0; b < batch; ++b) {
    std::map<std::int32_t, std::int32_t> stored;
    std::set<std::int32_t> asked[3];
    for (Index i = 0; i < length; ++i) {
      const Index at = b * length + i;
      const std::int32_t key = drawn.inputs[0][at], value = drawn.inputs[1][at];
      const std::int32_t label = drawn.labels[at];
      if (i < segment) {
        BOOST_REQUIRE(label == models::not_asked);
        BOOST_REQUIRE((key == 32) == (value == 16));
        if (key < 32) stored[key] = value;
        continue;
      }
      BOOST_REQUIRE(value == 16);  // no value
      BOOST_REQUIRE((key == 32) == (label == models::not_asked));
      if (key == 32) continue;
      BOOST_REQUIRE(label == stored.at(key));
      asked[i / segment].insert(key);
      asked_at.insert(i);
    }
    for (const auto& keys : {stored.size(), asked[1].size(), asked[2].size()}) {
      BOOST_REQUIRE(keys == 8U);
    }
  }
  BOOST_TEST(asked_at.size() == 32U);
}

BOOST_AUTO_TEST_CASE(hidden_tokens_stand_in_the_mirror) {
  constexpr Index batch = 400, length = 16, half = length / 2;
  Generator rng(10);
  const models::TokenBatch drawn = drawn_from("masked-recall", batch, rng);
  double chosen = 0, hidden = 0;
  for (Index b = 0; b < batch; ++b) {
    int in_this_row = 0;
    for (Index i = 0; i < half; ++i) {
      const std::int32_t label = drawn.labels[b * length + i];
      const std::int32_t here = drawn.inputs[0][b * length + i];
      const std::int32_t mirror = drawn.inputs[0][b * length + length - 1 - i];
      BOOST_REQUIRE(mirror < 10);
      BOOST_REQUIRE(drawn.labels[b * length + length - 1 - i] == models::not_asked);
      BOOST_REQUIRE((label == models::not_asked ? here : label) == mirror);
      in_this_row += label == models::not_asked ? 0 : 1;
      hidden += here == 10 ? 1 : 0;
    }
    BOOST_REQUIRE(in_this_row > 0);
    chosen += in_this_row;
  }
  BOOST_TEST(std::abs(hidden / chosen - 0.8) < 4 * std::sqrt(0.16 / chosen));
}

BOOST_AUTO_TEST_CASE(induction_asks_for_what_followed_the_marker) {
  constexpr Index batch = 400, length = 30;
  Generator rng(11);
  const models::TokenBatch drawn = drawn_from("induction", batch, rng);
  std::set<Index> marked;
  for (Index b = 0; b < batch; ++b) {
    std::vector<Index> markers;
    for (Index i = 0; i < length; ++i) {
      if (drawn.inputs[0][b * length + i] == 0) markers.push_back(i);
      if (i < length - 1) BOOST_REQUIRE(drawn.labels[b * length + i] == models::not_asked);
    }
    BOOST_REQUIRE(markers.size() == 2U);
    BOOST_REQUIRE(markers[1] == length - 1);
    const std::int32_t next = drawn.inputs[0][b * length + markers[0] + 1];
    BOOST_REQUIRE(next > 0);
    BOOST_REQUIRE(drawn.labels[(b + 1) * length - 1] == next);
    marked.insert(markers[0]);
  }
  BOOST_TEST(marked.size() == 27U);
  BOOST_TEST(*marked.rbegin() == 26);
}

BOOST_AUTO_TEST_CASE(selective_copying_asks_for_the_data_in_their_order) {
  constexpr Index batch = 400, text = 32, data = 8, length = text + data;
  Generator rng(12);
  const models::TokenBatch drawn = drawn_from("selective-copying", batch, rng);
  BOOST_REQUIRE(drawn.inputs[0].shape() == (Shape{batch, length}));
  std::map<Index, int> used;
  std::set<std::int32_t> values;
  for (Index b = 0; b < batch; ++b) {
    std::vector<std::int32_t> found;
    for (Index i = 0; i < text; ++i) {
      const std::int32_t token = drawn.inputs[0][b * length + i];
      BOOST_REQUIRE(drawn.labels[b * length + i] == models::not_asked);
      BOOST_REQUIRE((token >= 0 && token <= 16));
      if (token == 0) continue;
      found.push_back(token - 1);
      values.insert(token - 1);
      ++used[i];
    }
    BOOST_REQUIRE(found.size() == 8U);
    for (Index k = 0; k < data; ++k) {
      BOOST_REQUIRE(drawn.inputs[0][b * length + text + k] == 17);
      BOOST_REQUIRE(drawn.labels[b * length + text + k] == found[static_cast<std::size_t>(k)]);
    }
  }
  BOOST_TEST(values.size() == 16U);
  BOOST_TEST(used.size() == 32U);
  for (const auto& [place, count] : used) BOOST_TEST(std::abs(count - 100) < 4 * 8.7);  // 4 sigma
}

BOOST_AUTO_TEST_CASE(samples_are_a_function_of_the_seed) {
  for (const char* task :
       {"reverse", "shifted-copy", "short-copy", "heads", "recall", "free-running",
        "image-pointer", "recall-on-stride", "recall-off-stride", "recall-of-summaries", "flag",
        "recall-of-operators", "mixed", "segments", "masked-recall", "induction", "narrow-recall",
        "selective-copying"}) {
    Generator one(7), same_seed(7), other(8);
    const models::TokenBatch a = drawn_from(task, 4, one), b = drawn_from(task, 4, same_seed),
                             c = drawn_from(task, 4, other);
    BOOST_TEST(same(a.inputs[0], b.inputs[0]));
    BOOST_TEST(same(a.labels, b.labels));
    BOOST_TEST(!same(a.inputs[0], c.inputs[0]));
    BOOST_TEST(!same(a.inputs[0], drawn_from(task, 4, one).inputs[0]));  // fresh every time
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
