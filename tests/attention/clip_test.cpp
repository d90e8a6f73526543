// CLIP's head and its loss, which is no mixer: the paper's formula, symmetry, the guess, the slope
// of its scale, refusals.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/pairs/clip.h"
#include "attention/score_shift.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/slopes.h"
#include "examples/laws/subject.h"
#include "nn/similarity.h"
#include "tests/attention/by_hand.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-13;
constexpr Index width_a = 6, width_b = 4, shared = 5, pairs = 7;

std::unique_ptr<ClipHead> head(Index a = width_a, Index b = width_b) {
  Generator rng(7);
  auto made = std::make_unique<ClipHead>(
      ClipHeadOptions{.width_a = a, .width_b = b, .shared = shared, .temperature = 0.2}, rng);
  for (const Parameter& own : made->parameters()) {
    if (own.name != "logit_scale") own.value.assign(rng.normal(own.value.shape(), 0, 0.8));
  }
  return made;
}

struct Batch {
  Tensor a = sample({pairs, width_a}, 1), b = sample({pairs, width_b}, 2);
};

double number(const Tensor& x) { return static_cast<double>(x.item()); }

// The loss as the paper writes it, one number after the other.
double by_paper(const ClipHead& made, const Batch& in) {
  const auto directions = [&](const Tensor& x, const char* name) {
    const Tensor y = matmul(x, transpose(parameter_of(made, name)));  // (N, D)
    std::vector<std::vector<double>> rows;
    for (Index i = 0; i < pairs; ++i) {
      double length = 0;
      for (Index d = 0; d < shared; ++d) length += std::pow(y.data()[i * shared + d], 2);
      rows.emplace_back();
      for (Index d = 0; d < shared; ++d) {
        rows.back().push_back(y.data()[i * shared + d] / std::sqrt(length));
      }
    }
    return rows;
  };
  const auto of_a = directions(in.a, "project_a.weight"),
             of_b = directions(in.b, "project_b.weight");
  const double scale = std::exp(number(parameter_of(made, "logit_scale")));
  const auto score = [&](std::size_t i, std::size_t j) {
    double product = 0;
    for (std::size_t d = 0; d < static_cast<std::size_t>(shared); ++d) {
      product += of_a[i][d] * of_b[j][d];
    }
    return scale * product;
  };
  double loss = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(pairs); ++i) {
    double over_texts = 0, over_pictures = 0;
    for (std::size_t j = 0; j < static_cast<std::size_t>(pairs); ++j) {
      over_texts += std::exp(score(i, j));
      over_pictures += std::exp(score(j, i));
    }
    loss += std::log(over_texts) + std::log(over_pictures) - 2 * score(i, i);
  }
  return loss / (2.0 * pairs);
}

Tensor loss_of(const ClipHead& made, const Batch& in) {
  return nn::info_nce(made(in.a, in.b), true);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(clip)

BOOST_AUTO_TEST_CASE(the_loss_is_what_the_paper_writes) {
  const auto made = head();
  const Batch in;
  BOOST_TEST(std::abs(number(loss_of(*made, in)) - by_paper(*made, in)) < tiny);
}

// Nothing tells one from another: N choices, all as good, in either direction. The slopes that
// such a batch has pull each pair together and push the others away: on the whole, nothing.
BOOST_AUTO_TEST_CASE(clip_of_like_vectors_is_a_guess) {
  const auto made = head();
  const Batch in;
  BOOST_TEST(std::abs(number(loss_of(*made, in)) - std::log(7)) > 0.1);
  const Batch alike{.a = expand(slice(in.a, 0, 0, 1), in.a.shape()),
                    .b = expand(slice(in.b, 0, 2, 3), in.b.shape())};
  BOOST_TEST(std::abs(number(loss_of(*made, alike)) - std::log(7)) < tiny);
  // However large the scale.
  parameter_of(*made, "logit_scale").assign(Tensor::scalar(3));
  BOOST_TEST(std::abs(number(loss_of(*made, alike)) - std::log(7)) < tiny);
}

BOOST_AUTO_TEST_CASE(swapping_the_sides_transposes_the_scores_and_leaves_the_loss) {
  const auto made = head(), turned = head(width_b, width_a);
  parameter_of(*turned, "project_a.weight").assign(parameter_of(*made, "project_b.weight"));
  parameter_of(*turned, "project_b.weight").assign(parameter_of(*made, "project_a.weight"));
  const Batch in;
  BOOST_TEST(distance((*turned)(in.b, in.a), transpose((*made)(in.a, in.b))) < tiny);
  const double loss = number(loss_of(*made, in));
  BOOST_TEST(std::abs(number(loss_of(*turned, {in.b, in.a})) - loss) < tiny);
  // One direction alone is another number.
  BOOST_TEST(std::abs(number(nn::info_nce((*made)(in.a, in.b))) - loss) > 1e-3);
}

BOOST_AUTO_TEST_CASE(the_length_of_a_vector_says_nothing) {
  const auto made = head();
  const Batch in;
  BOOST_TEST(distance((*made)(in.a * 3.0, in.b * 0.2), (*made)(in.a, in.b)) < tiny);
  BOOST_TEST(largest((*made)(in.a, in.b)) <= 1 / 0.2 + tiny);
}

BOOST_AUTO_TEST_CASE(dealing_the_pairs_anew_permutes_both_axes) {
  const auto made = head();
  const Batch in;
  const Indices order({3, 0, 6, 2, 1, 5, 4});
  const Batch moved{index_select(in.a, order), index_select(in.b, order)};
  BOOST_TEST(std::abs(number(loss_of(*made, moved)) - number(loss_of(*made, in))) < tiny);
  // Only one side: other pairs.
  const Batch dealt{in.a, index_select(in.b, order)};
  BOOST_TEST(std::abs(number(loss_of(*made, dealt)) - number(loss_of(*made, in))) > 1e-3);
}

// d loss / d s = the mean over pairs of what is expected of the score less what it is.
BOOST_AUTO_TEST_CASE(the_slope_of_the_scale) {
  const auto made = head();
  const Batch in;
  const Tensor scale = parameter_of(*made, "logit_scale");
  const Tensor slope = grad({loss_of(*made, in)}, {scale})[0];
  const Tensor scores = (*made)(in.a, in.b);
  const Tensor own = sum(scores * Tensor::eye(pairs));
  const Tensor expected = (sum(softmax(scores) * scores) +
                           sum(softmax(transpose(scores)) * transpose(scores))) /
                              2 -
                          own;
  BOOST_TEST(std::abs(number(slope) - number(expected) / pairs) < tiny);
  BOOST_TEST(std::abs(number(slope)) > 1e-3);
}

BOOST_AUTO_TEST_CASE(derivatives_of_the_loss) {
  const auto made = head();
  const Batch in;
  gradcheck("clip",
            [&](const std::vector<Tensor>& v) { return loss_of(*made, {v[0], v[1]}); },
            {in.a, in.b});
  BOOST_TEST(deviation([&] { return loss_of(*made, in); }, *made) < 1e-6);
}

BOOST_AUTO_TEST_CASE(it_learns_which_belong_together) {
  const auto made = head();
  const Batch in;
  const double before = number(loss_of(*made, in));
  for (int step = 0; step < 300; ++step) {
    loss_of(*made, in).backward();
    for (const Parameter& own : made->parameters()) {
      own.value.assign((own.value - 0.1 * own.value.grad()).detach());
      own.value.zero_grad();
    }
  }
  BOOST_TEST(number(loss_of(*made, in)) < 0.2 * before);
}

BOOST_AUTO_TEST_CASE(the_weights_over_texts_are_published_and_can_be_shifted) {
  const auto made = head();
  const Batch in;
  const Tensor scores = (*made)(in.a, in.b);
  Tensor shift = Tensor::zeros({pairs});
  shift = concat({Tensor::zeros({2}), Tensor::ones({1}) * 50.0, Tensor::zeros({pairs - 3})}, 0);
  const ScoreShift guard({shift});
  const MapRecorder recorder;
  BOOST_TEST(distance((*made)(in.a, in.b), scores + shift) < tiny);
  BOOST_TEST_REQUIRE(recorder.maps().size() == 1u);
  BOOST_TEST(recorder.maps()[0].mechanism == "clip");
  const Tensor weights = reshape(recorder.maps()[0].weights, {pairs, pairs});
  BOOST_TEST(distance(weights, softmax(scores + shift)) < tiny);
}

BOOST_AUTO_TEST_CASE(vectors_that_do_not_fit_are_refused) {
  const auto made = head();
  const Batch in;
  BOOST_TEST(thrown<Error>([&] { (*made)(in.b, in.a); }) ==
             "[clip] a must be (N, Ca) = (any, 6), got (7, 4)");
  BOOST_TEST(thrown<Error>([&] { (*made)(in.a, in.a); }) ==
             "[clip] b must be (M, Cb) = (any, 4), got (7, 6)");
  Generator rng(1);
  BOOST_TEST(thrown<Error>([&] { ClipHead({.width_a = 0}, rng); }) ==
             "[clip] width_a must be at least 1, got 0");
  BOOST_TEST(thrown<Error>([&] { ClipHead({.width_a = 4, .temperature = 0}, rng); }) ==
             "[clip] temperature must be above 0, got 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
