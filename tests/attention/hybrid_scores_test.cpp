// Content and location in one score: the checks of their row beyond the laws.
#include <boost/test/unit_test.hpp>
#include <string>

#include "attention/dense/content_location.h"
#include "attention/dense/location_aware.h"
#include "attention/maps.h"
#include "attention/normalizers.h"
#include "attention/score_shift.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;

void take_away(const Mixer& mixer, const char* parameter) {
  const Tensor value = parameter_of(mixer, parameter);
  value.assign(Tensor::zeros(value.shape()));
}

// The parameters of the content half, which both hybrids hold under that name.
void copy_content(const Mixer& from, const Additive& to) {
  for (const Parameter& parameter : to.parameters()) {
    parameter.value.assign(parameter_of(from, "content." + parameter.name));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hybrid_scores)

BOOST_AUTO_TEST_CASE(content_location_without_either_half_is_the_other) {
  Generator rng(1);
  const Additive content({.query_width = 6, .memory_width = 4}, rng);
  const Location location({.query_width = 6, .memory_width = 4, .places = 7}, rng);
  const Tensor q = sample({2, 3, 6}, 1), memory = sample({2, 5, 4}, 2);
  const ContentLocationOptions sizes{.query_width = 6, .memory_width = 4, .places = 7};

  const ContentLocation what(sizes, rng);
  copy_content(what, content);
  BOOST_TEST(distance(what.attend(q, memory).y, content.attend(q, content.keys(memory), memory).y) >
             1e-3);
  take_away(what, "location.places");
  BOOST_TEST(distance(what.attend(q, memory).y, content.attend(q, content.keys(memory), memory).y) <
             tiny);

  const ContentLocation where(sizes, rng);
  parameter_of(location, "places").assign(parameter_of(where, "location.places"));
  take_away(where, "content.score");
  BOOST_TEST(distance(where.attend(q, memory).y, location.attend(q, memory).y) < tiny);
}

BOOST_AUTO_TEST_CASE(location_aware_without_features_is_additive) {
  Generator rng(1);
  const LocationAware aware({.query_width = 6, .memory_width = 4, .hidden = 5}, rng);
  const Additive content({.query_width = 6, .memory_width = 4, .hidden = 5}, rng);
  copy_content(aware, content);
  const MixerInput input{.x = sample({2, 3, 6}, 3), .context = sample({2, 5, 4}, 4)};
  const Tensor plain = content.mix(input).y, with = aware.mix(input).y;
  BOOST_TEST(distance(slice(with, 1, 0, 1), slice(plain, 1, 0, 1)) < tiny);  // none before it
  BOOST_TEST(distance(slice(with, 1, 1, 3), slice(plain, 1, 1, 3)) > 1e-3);
  take_away(aware, "feature.weight");
  BOOST_TEST(distance(aware.mix(input).y, plain) < tiny);
}

BOOST_AUTO_TEST_CASE(location_aware_step_by_step_is_the_whole) {
  Generator rng(1);
  const LocationAware aware({.query_width = 6, .memory_width = 4}, rng);
  const Tensor q = sample({2, 5, 6}, 5), memory = sample({2, 7, 4}, 6);
  const Mask real = padding({7, 4}, 7);
  const Tensor whole = aware.mix({.x = q, .context = memory, .mask = real}).y;
  Attended at;
  for (Index i = 0; i < 5; ++i) {
    at = aware.attend(slice(q, 1, i, i + 1), aware.keys(memory), memory, at.weights, real);
    BOOST_TEST(distance(at.y, slice(whole, 1, i, i + 1)) < tiny);
  }
}

// Moving everything along the memory moves what the next query sees: it counts from the last look,
// not from the start. Nothing of the content tells the places apart here.
BOOST_AUTO_TEST_CASE(location_aware_counts_from_the_last_look) {
  Generator rng(1);
  const LocationAware aware({.query_width = 6, .memory_width = 4, .reach = 2}, rng);
  const Tensor memory = Tensor::ones({1, 12, 4}), q = sample({1, 1, 6}, 7);
  const auto after = [&](Index place) {
    const Tensor before = one_hot(Indices({1, 1, 1}, {static_cast<std::int32_t>(place)}), 12);
    return aware.attend(q, aware.keys(memory), memory, before).weights;  // (1, 1, 1, 12)
  };
  const Tensor from_four = after(4), from_six = after(6);
  BOOST_TEST(distance(slice(from_four, 3, 0, 10), slice(from_six, 3, 2, 12)) < tiny);
  BOOST_TEST(distance(from_four, from_six) > 1e-3);
}

// Each query by its own row of the shift: here the last one, which no other hangs on.
BOOST_AUTO_TEST_CASE(location_aware_scores_are_shifted_query_by_query) {
  const Subject subject(find("location-aware"), small_config());
  const Call call{.x = sample({2, 4, width}, 11), .context = sample({2, 5, width}, 12)};
  const Tensor last = sample({2, 1, 1, 5}, 13);
  const auto weights = [&] {
    const MapRecorder recorder;
    subject(call);
    return recorder.maps().at(0).weights;  // (B, 1, 4, 5)
  };
  const Tensor plain = weights();
  const ScoreShift guard({concat({Tensor::zeros({2, 1, 3, 5}), last}, 2)});
  const Tensor moved = weights();
  BOOST_TEST(distance(slice(moved, 2, 0, 3), slice(plain, 2, 0, 3)) == 0.0);
  BOOST_TEST(distance(slice(moved, 2, 3, 4),
                      softmax_over(log(slice(plain, 2, 3, 4)) + last, {})) < tiny);
}

BOOST_AUTO_TEST_CASE(hybrids_publish_one_map) {
  for (const char* name : {"content-location", "location-aware"}) {
    const Subject subject(find(name), small_config());
    const MapRecorder recorder;
    subject({.x = sample({2, 4, width}, 8), .context = sample({2, 5, width}, 9)});
    BOOST_REQUIRE(recorder.maps().size() == 1U);
    BOOST_TEST(recorder.maps()[0].weights.shape() == (Shape{2, 1, 4, 5}));
  }
}

BOOST_AUTO_TEST_CASE(hybrids_refuse_sizes_that_are_none) {
  Generator rng(1);
  const auto says = [](const char* text) {
    return [text](const ValueError& error) { return std::string(error.what()) == text; };
  };
  BOOST_CHECK_EXCEPTION(
      find("content-location").make({.width = 8}, rng), ValueError,
      says("[content-location] needs at least one place: 0\nhint: the longest memory that it will "
           "meet"));
  const Mechanism& aware = find("location-aware");
  BOOST_CHECK_EXCEPTION(aware.make({.width = 8}, rng, aware.values({{"features", 0}})), ValueError,
                        says("[location-aware] needs at least one feature, of a reach that is not "
                             "negative: 0 and 5"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
