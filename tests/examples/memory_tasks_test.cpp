// What the tasks on memories and teachers ask.
#include <boost/test/unit_test.hpp>
#include <set>

#include "autograd/ops.h"
#include "examples/study/study.h"
#include "examples/tasks/sequences/ntm_copy.h"
#include "examples/tasks/sets/facts.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(memory_tasks)

constexpr std::int32_t first_object = fact_people, first_place = fact_people + fact_objects;

// The second word of the fact that begins with `word`.
std::int32_t told_of(const FactBatch& batch, Index sample, std::int32_t word) {
  for (Index i = 0; i < fact_count; ++i) {
    const Index at = (sample * fact_count + i) * 2;
    if (batch.facts[at] == word) return batch.facts[at + 1];
  }
  throw ValueError("no such fact");
}

BOOST_AUTO_TEST_CASE(facts_answer_their_question_in_one_or_two_steps) {
  Generator rng(1);
  const FactBatch batch = draw_facts(300, true, rng);
  double joined = 0;
  for (Index b = 0; b < 300; ++b) {
    std::set<std::int32_t> told, places;
    for (Index i = 0; i < fact_count; ++i) told.insert(batch.facts[(b * fact_count + i) * 2]);
    for (std::int32_t person = 0; person < first_object; ++person) {
      places.insert(told_of(batch, b, person));
    }
    BOOST_REQUIRE(told.size() == static_cast<std::size_t>(fact_count));
    BOOST_REQUIRE(places.size() == static_cast<std::size_t>(fact_places));
    BOOST_REQUIRE(*places.begin() >= first_place);
    const std::int32_t asked = batch.questions[b];
    BOOST_REQUIRE(batch.joined[b] == (asked >= first_object));
    joined += batch.joined[b] ? 1 : 0;
    const std::int32_t person = batch.joined[b] ? told_of(batch, b, asked) : asked;
    BOOST_REQUIRE(batch.answers[b] == told_of(batch, b, person));
  }
  BOOST_TEST(std::abs(joined / 300 - 0.5) < 0.15);
  BOOST_TEST(all(draw_facts(50, false, rng).joined, {0})[0]);
}

BOOST_AUTO_TEST_CASE(facts_come_in_any_order) {
  Generator rng(2);
  const FactBatch batch = draw_facts(400, true, rng);
  std::set<std::int32_t> first;
  for (Index b = 0; b < 400; ++b) first.insert(batch.facts[b * fact_count * 2]);
  BOOST_TEST(first.size() == static_cast<std::size_t>(fact_count));
}

BOOST_AUTO_TEST_CASE(answers_are_counted_by_kind) {
  Generator rng(3);
  const FactBatch batch = draw_facts(200, true, rng);
  const Tensor right = one_hot(batch.answers, fact_words);
  BOOST_TEST(share_right(batch, right, true) == 1.0);
  BOOST_TEST(share_right(batch, right, false) == 1.0);
  const Tensor joined = unsqueeze(to_tensor(batch.joined), 1);
  BOOST_TEST(share_right(batch, right * joined, true) == 1.0);
  BOOST_TEST(share_right(batch, right * joined, false) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_copy_is_asked_for_after_the_second_sign) {
  Generator rng(4);
  const CopyBatch batch = draw_copies(200, 1, copy_longest, rng);
  const Index steps = 2 * copy_longest + 2;
  BOOST_REQUIRE(batch.inputs.shape() == (Shape{200, steps, copy_bits + 2}));
  std::set<Index> lengths;
  for (Index b = 0; b < 200; ++b) {
    const auto in = [&](Index t, Index c) {
      return batch.inputs.data()[(b * steps + t) * (copy_bits + 2) + c];
    };
    Index end = 1;
    while (in(end, copy_bits + 1) == 0) ++end;
    lengths.insert(end - 1);
    for (Index t = 0; t < steps; ++t) {
      const bool asked = t > end && t < 2 * end;
      BOOST_REQUIRE((in(t, copy_bits) == 1) == (t == 0));
      BOOST_REQUIRE((in(t, copy_bits + 1) == 1) == (t == end));
      BOOST_REQUIRE((batch.asked.data()[b * steps + t] == 1) == asked);
      for (Index bit = 0; bit < copy_bits; ++bit) {
        const Real expected = asked ? in(t - end, bit) : 0;
        BOOST_REQUIRE(batch.targets.data()[(b * steps + t) * copy_bits + bit] == expected);
        if (t >= end) BOOST_REQUIRE(in(t, bit) == 0);
      }
    }
  }
  BOOST_TEST(lengths.size() == static_cast<std::size_t>(copy_longest));
}

// A teacher is no part of what is trained, and what it says is in the loss.
BOOST_AUTO_TEST_CASE(a_teacher_speaks_in_the_loss_alone) {
  const study::Task& task = find("taught-facts");
  const auto losses = [&](const study::Changes& options) {
    Generator start(1), samples(2);
    study::Settings settings = task.settings;
    const auto made = task.make({.settings = settings, .name = "distillation", .options = options,
                                 .make_mixer = {}},
                                start);
    made->draw(4, study::Split::train, samples);
    made->loss();
    return std::pair{static_cast<double>(made->loss().item()), made->parameter_count()};
  };
  const auto [taught, parameters] = losses({});
  const auto [alone, parameters_alone] = losses({{"weight", 0}});
  const auto [misled, parameters_misled] = losses({{"permuted", 1}});
  BOOST_TEST(parameters == parameters_alone);
  BOOST_TEST(parameters == parameters_misled);
  BOOST_TEST(taught > alone + 0.1);
  BOOST_TEST(misled != taught);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
