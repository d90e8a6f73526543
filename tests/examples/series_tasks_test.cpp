// The generators of the tasks on series and reviews, and what they are held against.
#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <cmath>
#include <set>

#include "autograd/ops.h"
#include "examples/study/answers.h"
#include "examples/tasks/series/chord_sounds.h"
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

// The amplitude of a tone in some samples, by their Fourier sum.
double amplitude(const Tensor& sounds, Index first, Index last, double hertz) {
  double real = 0, imaginary = 0;
  for (Index i = first; i < last; ++i) {
    const double turn = 2 * 3.14159265358979 * hertz * static_cast<double>(i) / chord_rate;
    real += static_cast<double>(sounds.data()[i]) * std::cos(turn);
    imaginary += static_cast<double>(sounds.data()[i]) * std::sin(turn);
  }
  return 2 * std::hypot(real, imaginary) / static_cast<double>(last - first);
}

BOOST_AUTO_TEST_CASE(a_chord_is_two_tones_for_a_while) {
  Generator rng(7);
  const ChordBatch batch = draw_chords(200, rng);
  BOOST_REQUIRE(batch.sounds.shape() == (Shape{200, chord_samples}));
  std::set<std::int32_t> characters;
  std::set<std::vector<int>> sounds;  // which tones are heard together
  std::set<std::size_t> lengths;
  for (Index b = 0; b < 200; ++b) {
    const std::vector<Index>& starts = batch.starts[static_cast<std::size_t>(b)];
    const Index count = static_cast<Index>(starts.size()) - 1;
    lengths.insert(static_cast<std::size_t>(count));
    BOOST_REQUIRE(starts.front() >= 0);
    BOOST_REQUIRE(starts.back() <= chord_samples);
    for (Index i = 0; i < chord_text; ++i) {
      const Index at = b * chord_text + i;
      BOOST_REQUIRE(batch.given[at] == (i == 0 || i > count ? chord_end : batch.written[at - 1]));
      if (i >= count) BOOST_REQUIRE(batch.written[at] == (i == count ? chord_end : -100));
    }
    for (Index i = 0; i < count; ++i) {
      const std::int32_t character = batch.written[b * chord_text + i];
      characters.insert(character);
      if (i > 0) BOOST_REQUIRE(character != batch.written[b * chord_text + i - 1]);
      const Index from = starts[static_cast<std::size_t>(i)],
                  to = starts[static_cast<std::size_t>(i) + 1];
      BOOST_REQUIRE(to - from >= 480);
      BOOST_REQUIRE(to - from <= 960);
      std::vector<int> heard;
      int tone = 0;
      for (const double hertz : {500, 800, 1150, 1600, 2150}) {
        const Index first = b * chord_samples + from, last = b * chord_samples + to;
        if (amplitude(batch.sounds, first, last, hertz) > 0.3) heard.push_back(tone);
        ++tone;
      }
      BOOST_REQUIRE(heard.size() == 2U);
      heard.push_back(character);
      sounds.insert(heard);
    }
  }
  BOOST_TEST(characters.size() == 8U);
  BOOST_TEST(sounds.size() == 8U);  // each character has its own pair
  BOOST_TEST(lengths == (std::set<std::size_t>{3, 4, 5, 6}));
}

BOOST_AUTO_TEST_CASE(what_makes_one_text_of_another) {
  const std::vector<std::int32_t> text{1, 2, 3, 4}, none;
  BOOST_TEST(study::edit_distance(text, text) == 0);
  BOOST_TEST(study::edit_distance(text, none) == 4);
  BOOST_TEST(study::edit_distance(none, text) == 4);
  BOOST_TEST(study::edit_distance(text, std::vector<std::int32_t>{1, 3, 4}) == 1);
  BOOST_TEST(study::edit_distance(text, std::vector<std::int32_t>{1, 2, 9, 4}) == 1);
  BOOST_TEST(study::edit_distance(text, std::vector<std::int32_t>{5, 1, 2, 3, 4, 6}) == 2);
  BOOST_TEST(study::edit_distance(text, std::vector<std::int32_t>{4, 3, 2, 1}) == 4);
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
