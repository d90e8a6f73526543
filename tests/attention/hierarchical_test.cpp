// Hierarchical attention, which is no mixer: its formula, its limits, what it must not see.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/pooling/hierarchical.h"
#include "attention/score_shift.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/slopes.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-13;
constexpr Index width = 6;

std::unique_ptr<Hierarchical> layer() {
  Generator rng(7);
  auto made = std::make_unique<Hierarchical>(HierarchicalOptions{.width = width, .hidden = 5}, rng);
  for (const Parameter& own : made->parameters()) {
    own.value.assign(rng.normal(own.value.shape(), 0, 0.8));
  }
  return made;
}

// u . tanh(W h + b) of one vector, number by number.
double score(const Hierarchical& layer, const std::string& level, const std::vector<double>& h) {
  const Tensor w = parameter_of(layer, level + ".hidden.weight"),
               b = parameter_of(layer, level + ".hidden.bias"),
               u = parameter_of(layer, level + ".query");
  double total = 0;
  for (Index a = 0; a < u.size(); ++a) {
    double inside = static_cast<double>(b.data()[a]);
    for (std::size_t c = 0; c < h.size(); ++c) {
      inside += static_cast<double>(w.data()[a * width + static_cast<Index>(c)]) * h[c];
    }
    total += static_cast<double>(u.data()[a]) * std::tanh(inside);
  }
  return total;
}

// The mean of vectors weighted by the powers of their scores.
std::vector<double> weighted(const Hierarchical& layer, const std::string& level,
                             const std::vector<std::vector<double>>& items) {
  double total = 0;
  std::vector<double> sums(static_cast<std::size_t>(width));
  for (const std::vector<double>& item : items) {
    const double power = std::exp(score(layer, level, item));
    total += power;
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += power * item[c];
  }
  for (double& number : sums) number /= total;
  return sums;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hierarchical)

// The formula of the paper in plain loops, over the words that are real.
BOOST_AUTO_TEST_CASE(a_document_is_what_the_loops_say) {
  const auto made = layer();
  const Tensor h = sample({2, 3, 4, width}, 1);
  std::vector<std::uint8_t> shown;
  for (int i = 0; i < 24; ++i) shown.push_back(i % 4 < 2 + i % 3 ? 1 : 0);
  for (const Mask& real : {Mask(), Mask({2, 3, 4}, shown)}) {
    const Tensor z = (*made)(h, real).z;
    for (Index b = 0; b < 2; ++b) {
      std::vector<std::vector<double>> sentences;
      for (Index s = 0; s < 3; ++s) {
        std::vector<std::vector<double>> words;
        for (Index w = 0; w < 4; ++w) {
          const Index at = (b * 3 + s) * 4 + w;
          if (real.defined() && !real[at]) continue;
          const Real* const first = h.data() + at * width;
          words.emplace_back(first, first + width);
        }
        sentences.push_back(weighted(*made, "words", words));
      }
      const std::vector<double> expected = weighted(*made, "sentences", sentences);
      for (Index c = 0; c < width; ++c) {
        const double found = static_cast<double>(z.data()[b * width + c]);
        BOOST_TEST(std::abs(found - expected[static_cast<std::size_t>(c)]) < tiny);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(one_sentence_is_pooling_of_its_words) {
  const auto made = layer();
  const Tensor h = sample({3, 1, 5, width}, 2);
  const Document found = (*made)(h);
  const Pooled words = made->words().pool(select(h, 1, 0));
  BOOST_TEST(distance(found.z, words.z) < tiny);
  BOOST_TEST(distance(select(found.words, 1, 0), words.weights) < tiny);
  BOOST_TEST(distance(found.sentences, Tensor::ones({3, 1})) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_silent_question_means_the_sentences) {
  const auto made = layer();
  const Tensor h = sample({2, 3, 4, width}, 3);
  const Tensor each = made->words().pool(reshape(h, {6, 4, width})).z;
  const Tensor expected = mean(reshape(each, {2, 3, width}), {1});
  const Tensor query = parameter_of(*made, "sentences.query");
  BOOST_TEST(distance((*made)(h).z, expected) > 0.01);
  query.assign(Tensor::zeros(query.shape()));
  BOOST_TEST(distance((*made)(h).z, expected) < tiny);
}

// The weight of a word in the document is that in its sentence times that of the sentence.
BOOST_AUTO_TEST_CASE(weights_of_all_words_sum_to_1_and_make_the_document) {
  const auto made = layer();
  const Tensor h = sample({2, 3, 4, width}, 4);
  const Document found = (*made)(h);
  const Tensor each = found.words * unsqueeze(found.sentences, 2);  // (2, 3, 4)
  BOOST_TEST(distance(sum(each, {1, 2}), Tensor::ones({2})) < tiny);
  BOOST_TEST(distance(sum(unsqueeze(each, 3) * h, {1, 2}), found.z) < tiny);
}

BOOST_AUTO_TEST_CASE(order_of_sentences_and_of_words_does_not_matter) {
  const auto made = layer();
  const Tensor h = sample({2, 4, 3, width}, 5), z = (*made)(h).z;
  BOOST_TEST(distance((*made)(permuted(h, {2, 0, 3, 1})).z, z) < tiny);
  const Tensor turned = permute(permuted(permute(h, {0, 2, 1, 3}), {1, 2, 0}), {0, 2, 1, 3});
  BOOST_TEST(distance((*made)(turned).z, z) < tiny);
  // A word in another sentence is another document.
  const Tensor regrouped = reshape(permuted(reshape(h, {2, 12, width}),
                                            {3, 1, 2, 0, 4, 5, 6, 7, 8, 9, 10, 11}),
                                   {2, 4, 3, width});
  BOOST_TEST(distance((*made)(regrouped).z, z) > 1e-3);
}

// Padding words, a sentence without a word, and gradients into either.
BOOST_AUTO_TEST_CASE(padding_does_nothing) {
  const auto made = layer();
  const Tensor h = sample({2, 3, 4, width}, 6);
  const Tensor longer = concat({h, sample({2, 3, 2, width}, 7) * 50.0}, 2);
  Tensor padded = concat({longer, sample({2, 2, 6, width}, 8) * 50.0}, 1).detach();
  padded.require_grad();
  std::vector<std::uint8_t> shown;
  for (int i = 0; i < 2 * 5 * 6; ++i) shown.push_back(i / 6 % 5 < 3 && i % 6 < 4 ? 1 : 0);
  const Document alone = (*made)(h), inside = (*made)(padded, Mask({2, 5, 6}, shown));
  BOOST_TEST(distance(alone.z, inside.z) < tiny);
  BOOST_TEST(distance(alone.sentences, slice(inside.sentences, 1, 0, 3)) < tiny);
  BOOST_TEST(largest(slice(inside.sentences, 1, 3, 5)) == 0.0);
  const Tensor slope = grad({sum(square(inside.z))}, {padded})[0];
  BOOST_TEST(largest(slice(slope, 1, 3, 5)) == 0.0);
  BOOST_TEST(largest(slice(slope, 2, 4, 6)) == 0.0);
  BOOST_TEST(largest(slice(slope, 1, 0, 3)) > 1e-3);
}

BOOST_AUTO_TEST_CASE(a_document_without_a_word_is_0) {
  const auto made = layer();
  Tensor h = sample({2, 3, 4, width}, 9).detach();
  h.require_grad();
  std::vector<std::uint8_t> shown(24, 1);
  std::fill(shown.begin() + 12, shown.end(), std::uint8_t{0});
  const Tensor z = (*made)(h, Mask({2, 3, 4}, shown)).z;
  BOOST_TEST(largest(slice(z, 0, 1, 2)) == 0.0);
  const Tensor slope = grad({sum(square(z))}, {h})[0];
  BOOST_TEST(finite(slope));
  BOOST_TEST(largest(slice(slope, 0, 1, 2)) == 0.0);
}

BOOST_AUTO_TEST_CASE(documents_of_a_batch_are_independent) {
  const auto made = layer();
  const Tensor h = sample({3, 2, 4, width}, 10), z = (*made)(h).z;
  const Tensor alone = (*made)(slice(h, 0, 1, 2)).z;
  BOOST_TEST(distance(slice(z, 0, 1, 2), alone) < tiny);
}

BOOST_AUTO_TEST_CASE(derivatives_of_both_levels) {
  const auto made = layer();
  const Tensor h = sample({2, 3, 2, width}, 11);
  const auto loss = [&](const Tensor& words) { return sum(square((*made)(words).z)); };
  gradcheck("hierarchical", [&](const std::vector<Tensor>& v) { return loss(v[0]); }, {h});
  BOOST_TEST(deviation([&] { return loss(h); }, *made) < 1e-6);
}

// The words of all sentences, then the sentences: maps to look at, scores to shift.
BOOST_AUTO_TEST_CASE(both_levels_can_be_looked_at_and_shifted) {
  const auto made = layer();
  const Tensor h = sample({2, 3, 4, width}, 12);
  const ScoreShift guard({Tensor({4}, {0, 50, 0, 0}), Tensor({3}, {0, 0, 50})});
  const MapRecorder recorder;
  const Document found = (*made)(h);
  BOOST_TEST(distance(found.z, select(select(h, 1, 2), 1, 1)) < 1e-9);
  BOOST_TEST_REQUIRE(recorder.maps().size() == 2u);
  BOOST_TEST(recorder.maps()[0].mechanism == "hierarchical");
  BOOST_TEST(recorder.maps()[0].weights.shape() == (Shape{6, 1, 1, 4}));
  BOOST_TEST(recorder.maps()[1].weights.shape() == (Shape{2, 1, 1, 3}));
}

BOOST_AUTO_TEST_CASE(documents_that_do_not_fit_are_refused) {
  const auto made = layer();
  const auto text = [&](const Tensor& h, const Mask& real) {
    return thrown<ShapeError>([&] { (*made)(h, real); });
  };
  BOOST_TEST(text(sample({2, 3, width}, 1), {}) ==
             "[hierarchical] h must be (B, S, W, C) = (any, any, any, 6), got (2, 3, 6)");
  BOOST_TEST(text(sample({2, 3, 4, width}, 1), padding({4, 4}, 4)) ==
             "[hierarchical] the mask must say of each word whether it is real, as (2, 3, 4): got "
             "(2, 1, 1, 4)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
