// The generators of the tasks on series and reviews, and what they are held against.
#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <cmath>
#include <set>

#include "autograd/ops.h"
#include "examples/tasks/series/sinusoids.h"
#include "examples/tasks/series/tone.h"
#include "examples/tasks/text/reviews.h"

namespace heed::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(series_tasks)

BOOST_AUTO_TEST_CASE(a_tone_is_a_sine_under_noise) {
  Generator rng(1);
  const ToneBatch batch = draw_tones(4000, rng);
  std::set<std::int32_t> tones(batch.tones.values().begin(), batch.tones.values().end());
  BOOST_TEST(tones.size() == 16U);
  // Half the power of the sine, and that of the noise.
  const double power = static_cast<double>(mean(square(batch.samples)).item());
  BOOST_TEST(std::abs(power - (0.5 + 2.25)) < 0.03);
  // The mean over all phases is nothing.
  BOOST_TEST(static_cast<double>(max(abs(mean(batch.samples, {0}))).item()) < 0.15);
}

// 2 |X_f|^2 / (64 * 2.25) is chi-squared with two degrees of freedom, not central for the tone: 16
// of them, the largest is the tone's in .892 of the draws.
BOOST_AUTO_TEST_CASE(the_periodogram_is_right_in_nine_of_ten) {
  Generator rng(2);
  BOOST_TEST(std::abs(accuracy_of_periodogram(draw_tones(8000, rng)) - 0.892) < 0.012);
}

BOOST_AUTO_TEST_CASE(a_series_repeats_its_period) {
  Generator rng(3);
  const SeriesBatch batch = draw_series(3000, rng);
  BOOST_TEST(std::set<Index>(batch.periods.begin(), batch.periods.end()).size() == 9U);
  const double power = static_cast<double>(mean(square(batch.values)).item());
  BOOST_TEST(std::abs(power - 0.635) < 0.01);
  // Noise twice, .1 each.
  BOOST_TEST(std::abs(error_of_seasonal_naive(batch) - 0.02) < 0.001);
  SeriesBatch shifted = batch;
  for (Index& period : shifted.periods) period += 1;
  BOOST_TEST(error_of_seasonal_naive(shifted) > 0.1);
}

BOOST_AUTO_TEST_CASE(ridge_regression_knows_no_period) {
  Generator rng(4);
  const SeriesBatch fitted = draw_series(4000, rng), fresh = draw_series(1000, rng);
  const double error = error_of_ridge(fresh, fitted);
  BOOST_TEST(error > 0.1);
  BOOST_TEST(error < 0.4);
  BOOST_TEST(error_of_ridge(fitted, fitted) <= error);
}

Index polar_of(const ReviewBatch& reviews, Index review, Index of_class) {
  const Index first = neutral_words + of_class * polar_words_each;
  Index count = 0;
  for (Index i = 0; i < review_length; ++i) {
    const Index word = reviews.words[review * review_length + i];
    count += word >= first && word < first + polar_words_each ? 1 : 0;
  }
  return count;
}

BOOST_AUTO_TEST_CASE(a_review_has_four_polar_words) {
  Generator rng(5);
  constexpr Index count = 4000;
  const ReviewBatch reviews = draw_reviews(count, {}, rng);
  double doubtful = 0, ones = 0;
  std::set<std::int32_t> words(reviews.words.values().begin(), reviews.words.values().end());
  BOOST_TEST(words.size() == 38U);  // the planted word is not there
  for (Index b = 0; b < count; ++b) {
    const Index label = reviews.labels[b];
    const Index own = polar_of(reviews, b, label), other = polar_of(reviews, b, 1 - label);
    BOOST_REQUIRE(own + other == 4);
    BOOST_REQUIRE((own == 2 || own == 3));
    doubtful += own == 2 ? 1 : 0;
    ones += static_cast<double>(label);
  }
  BOOST_TEST(std::abs(doubtful / count - 0.3) < 0.03);
  BOOST_TEST(std::abs(ones / count - 0.5) < 0.03);
}

BOOST_AUTO_TEST_CASE(a_word_is_planted_as_often_as_asked) {
  Generator rng(6);
  constexpr Index count = 4000;
  const ReviewBatch reviews = draw_reviews(count, {{0.1, 0.9}}, rng);
  double there[2] = {0, 0}, all[2] = {0, 0};
  for (Index b = 0; b < count; ++b) {
    const auto first = reviews.words.values().begin() + b * review_length;
    const Index label = reviews.labels[b];
    all[label] += 1;
    there[label] += static_cast<double>(std::count(first, first + review_length, planted));
  }
  BOOST_TEST(std::abs(there[0] / all[0] - 0.1) < 0.03);
  BOOST_TEST(std::abs(there[1] / all[1] - 0.9) < 0.03);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
