// Moved scores: adversarial training, virtual adversarial training, adversarial maps.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "attention/block.h"
#include "attention/dense/multi_head.h"
#include "attention/frequency/fnet.h"
#include "attention/graph/gat.h"
#include "attention/heads/rows.h"
#include "attention/pooling/attention_pooling.h"
#include "attention/score_leaves.h"
#include "attention/score_shift.h"
#include "attention/training/adversarial.h"
#include "attention/training/adversarial_maps.h"
#include "attention/training/vat.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;

template <class E>
auto says(const std::string& text) {
  return [text](const E& error) { return std::string(error.what()) == text; };
}

// Two layers of attention over three sequences, and a loss.
class Model : public nn::Module {
 public:
  explicit Model(double dropout = 0) : rng_(3) {
    for (const char* name : {"first", "second"}) {
      blocks_.push_back(&child<EncoderBlock>(
          name, BlockOptions{.width = 8, .dropout = dropout},
          std::make_unique<MultiHead>(MultiHeadOptions{.width = 8, .heads = 2}, rng_), rng_));
    }
  }
  Tensor logits() const {
    Tensor y = x_;
    for (const EncoderBlock* block : blocks_) y = (*block)(y);
    return mean(y, {1}) * 2.0;  // (3, 8)
  }
  Tensor loss() const { return cross_entropy(logits(), Indices({2, 5, 0})); }

 private:
  Generator rng_;
  std::vector<EncoderBlock*> blocks_;
  Tensor x_ = sample({3, 5, 8}, 1);
};

std::vector<Tensor> values_of(const nn::Module& model) {
  std::vector<Tensor> values;
  for (const Parameter& parameter : model.parameters()) values.push_back(parameter.value);
  return values;
}

// The slopes of the loss by all scores.
std::vector<Tensor> slopes_of(const Model& model) {
  const ScoreLeaves scores;
  return grad({model.loss()}, scores.leaves());
}

double under(const Model& model, const std::vector<Tensor>& shifts) {
  const ScoreShift guard(shifts);
  return static_cast<double>(model.loss().item());
}

// The length of each sample, (B).
Tensor lengths_of(const Tensor& r) { return sqrt(sum(square(r), {1, 2, 3})); }

BOOST_AUTO_TEST_SUITE(adversarial)

BOOST_AUTO_TEST_CASE(leaves_are_shaped_as_the_scores_and_catch_their_slopes) {
  const Model model;
  const std::vector<Tensor> slopes = slopes_of(model);
  BOOST_REQUIRE(slopes.size() == 2U);
  BOOST_TEST(slopes[0].shape() == (Shape{3, 2, 5, 5}));
  // One score, moved a little.
  std::vector<Real> bump(150, Real(0));
  bump[77] = static_cast<Real>(1e-5);
  const Tensor shift(slopes[1].shape(), bump), none = Tensor::zeros(shift.shape());
  const double slope = (under(model, {none, shift}) - under(model, {none, -shift})) / 2e-5;
  BOOST_TEST(std::abs(slope - static_cast<double>(slopes[1].data()[77])) < 1e-8);
  // On top of a shift: the slope there.
  const ScoreShift guard({none, sample(shift.shape(), 4)});
  BOOST_TEST(distance(slopes_of(model)[1], slopes[1]) > 1e-4);
}

BOOST_AUTO_TEST_CASE(the_innermost_leaves_count_and_none_are_left_behind) {
  const Model model;
  const Tensor plain = model.loss();
  const ScoreLeaves outer;
  {
    const ScoreLeaves inner;
    model.loss();
    BOOST_TEST(inner.leaves().size() == 2U);
  }
  BOOST_TEST(outer.leaves().empty());
  BOOST_TEST(distance(model.loss(), plain) < tiny);
  BOOST_TEST(outer.leaves().size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_worst_direction_has_the_length_asked_for) {
  const Tensor g = sample({4, 2, 3, 5}, 2);
  for (const double scale : {1e-200, 1e-9, 1.0, 1e200}) {
    const Tensor r = worst_direction(g * scale, 2.5);
    BOOST_TEST(distance(lengths_of(r), Tensor::full({4}, 2.5)) < tiny);
    BOOST_TEST(distance(r, worst_direction(g, 2.5)) < tiny);
  }
  // As small as numbers get, which leaves them few digits.
  const Real smallest = std::numeric_limits<Real>::denorm_min();
  const Tensor least = worst_direction(Tensor::full({1, 1, 2, 2}, smallest), 3);
  BOOST_TEST(distance(least, Tensor::full({1, 1, 2, 2}, 1.5)) < tiny);
  BOOST_TEST(worst_direction(Tensor::zeros({2, 1, 3, 0}), 3).size() == 0);
  // A sample whose loss does not hang on its scores is not moved.
  const Tensor some = concat({g, Tensor::zeros({1, 2, 3, 5})}, 0);
  const Tensor lengths = lengths_of(worst_direction(some, 2.5));
  BOOST_TEST(distance(slice(lengths, 0, 0, 4), Tensor::full({4}, 2.5)) < tiny);
  BOOST_TEST(lengths.data()[4] == 0);
  // Scores of edges are those of one graph.
  const Tensor of_graph = worst_direction(sample({7, 2}, 3), 2.5);
  BOOST_TEST(std::abs(static_cast<double>(sum(square(of_graph)).item()) - 6.25) < tiny);
}

// (L(a + r) - L(a)) / (eps ||g||) -> 1 as eps -> 0, as fast as eps does.
BOOST_AUTO_TEST_CASE(the_loss_rises_by_the_length_of_its_slope) {
  const Model model;
  const std::vector<Tensor> slopes = slopes_of(model);
  double length = 0;  // what all samples and attentions rise together, for each eps
  for (const Tensor& g : slopes) length += static_cast<double>(sum(lengths_of(g)).item());
  const double plain = static_cast<double>(model.loss().item());
  double before = 1;
  for (const double eps : {1e-2, 1e-3, 1e-4, 1e-5}) {
    const double rise = under(model, attack([&] { return model.loss(); }, {.eps = eps})) - plain;
    const double off = std::abs(rise / (eps * length) - 1);
    BOOST_TEST(off < 5 * eps);
    BOOST_TEST(off < before / 5);
    before = off;
  }
}

// Some steps of descent: the parameters at the end.
std::vector<Tensor> trained(const std::function<Tensor(const Model&)>& loss) {
  Model model(0.2);
  for (std::uint64_t step = 0; step < 5; ++step) {
    model.seed_draws(1, step);
    const std::vector<Tensor> values = values_of(model), slopes = grad({loss(model)}, values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i].assign(values[i].detach() - slopes[i] * 0.1);
    }
  }
  return values_of(model);
}

BOOST_AUTO_TEST_CASE(eps_of_zero_is_plain_training) {
  const auto as = [](double eps, double weight) {
    return trained([=](const Model& model) {
      return adversarial_loss([&] { return model.loss(); }, {.eps = eps, .weight = weight});
    });
  };
  const std::vector<Tensor> plain = trained([](const Model& model) { return model.loss(); });
  const std::vector<Tensor> no_room = as(0, 1), no_weight = as(1, 0), moved = as(1, 1);
  double apart = 0;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    BOOST_TEST(bitwise_equal(no_room[i], plain[i]));
    BOOST_TEST(bitwise_equal(no_weight[i], plain[i]));
    apart += distance(moved[i], plain[i]);
  }
  BOOST_TEST(apart > 1e-3);
}

// The loss is L(a) + lambda L(a + r), and r counts as a constant in its slope.
BOOST_AUTO_TEST_CASE(what_is_added_carries_no_gradient) {
  const Model model;
  const auto loss = [&] { return model.loss(); };
  const std::vector<Tensor> values = values_of(model);
  const Tensor total = adversarial_loss(loss, {.eps = 0.7, .weight = 0.4});
  const std::vector<Tensor> slopes = grad({total}, values);
  const std::vector<Tensor> plain = grad({loss()}, values);
  {
    const NoGrad no_grad;  // as when a model is validated
    const Tensor figure = adversarial_loss(loss, {.eps = 0.7, .weight = 0.4});
    BOOST_TEST(!figure.requires_grad());
    BOOST_TEST(distance(figure, total) < tiny);
  }
  const Tensor here = loss().detach();
  const ScoreShift guard(attack(loss, {.eps = 0.7}));
  const Tensor there = loss();
  BOOST_TEST(distance(total, here + there * 0.4) < tiny);
  const std::vector<Tensor> moved = grad({there}, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    BOOST_TEST(distance(slopes[i], plain[i] + moved[i] * 0.4) < 1e-11);
  }
}

BOOST_AUTO_TEST_CASE(more_steps_are_worse_and_stay_in_the_ball) {
  const Model model;
  const NoGrad no_grad;  // as in a test
  const auto loss = [&] { return model.loss(); };
  const std::vector<Tensor> one = attack(loss, {.eps = 3}),
                            many = attack(loss, {.eps = 3, .steps = 20});
  Generator rng(5);
  const std::vector<Tensor> any = random_shifts(one, 3, rng);
  for (std::size_t i = 0; i < one.size(); ++i) {
    BOOST_TEST(distance(lengths_of(one[i]), Tensor::full({3}, 3)) < tiny);
    BOOST_TEST(distance(lengths_of(any[i]), Tensor::full({3}, 3)) < tiny);
    BOOST_TEST(static_cast<double>(max(lengths_of(many[i])).item()) < 3 + tiny);
  }
  BOOST_TEST(under(model, many) > under(model, one));
  BOOST_TEST(under(model, one) > under(model, any) + 0.01);
}

BOOST_AUTO_TEST_CASE(vat_without_room_is_nothing) {
  const Model model;
  Generator rng(6);
  const Tensor none = vat_penalty([&] { return model.logits(); }, {.eps = 0}, rng);
  BOOST_TEST(std::abs(static_cast<double>(none.item())) < 1e-15);
  for (const Tensor& slope : grad({none}, values_of(model))) BOOST_TEST(largest(slope) < 1e-15);
}

// KL(p(a) || p(a + r)), p(a) held.
Tensor divergence_under(const Model& model, const std::vector<Tensor>& shifts) {
  const Tensor p = softmax(model.logits()).detach();
  const ScoreShift guard(shifts);
  return sum(p * (log(p) - log_softmax(model.logits()))) * (1.0 / 3);
}

BOOST_AUTO_TEST_CASE(vat_finds_what_changes_most) {
  const Model model;
  Generator rng(7);
  const auto logits = [&] { return model.logits(); };
  const auto penalty = [&](Index turns) {
    return static_cast<double>(
        vat_penalty(logits, {.eps = 0.5, .xi = 1e-3, .turns = turns}, rng).item());
  };
  std::vector<Tensor> like;
  {
    const ScoreLeaves scores;
    model.logits();
    like = scores.leaves();
  }
  double random = 0;
  for (int time = 0; time < 30; ++time) {
    const Tensor there = divergence_under(model, random_shifts(like, 0.5, rng));
    random = std::max(random, static_cast<double>(there.item()));
  }
  BOOST_TEST(penalty(1) > 2 * random);
  BOOST_TEST(penalty(8) > penalty(1));
}

// Of the passes that it asks for the first says what is held, the last what is learned from.
BOOST_AUTO_TEST_CASE(vat_learns_from_the_moved_side_alone) {
  const Model model;
  Generator rng(8);
  std::vector<Tensor> said;
  const auto logits = [&] {
    said.push_back(model.logits());
    return said.back();
  };
  const Tensor penalty = vat_penalty(logits, {.eps = 0.5, .xi = 1e-3}, rng);
  BOOST_REQUIRE(said.size() == 3U);
  const Tensor p = softmax(said.front()).detach();
  const Tensor expected = sum(p * (log(p) - log_softmax(said.back()))) * (1.0 / 3);
  BOOST_TEST(distance(penalty, expected) < tiny);
  const std::vector<Tensor> values = values_of(model);
  const std::vector<Tensor> slopes = grad({penalty}, values, {.keep_graph = true});
  const std::vector<Tensor> wanted = grad({expected}, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    BOOST_TEST(distance(slopes[i], wanted[i]) < tiny);
  }
  BOOST_TEST(largest(slopes[0]) > 1e-5);
}

BOOST_AUTO_TEST_CASE(jensen_shannon_is_between_nothing_and_ln_two) {
  const Tensor a({2, 2}, {0.5, 0.5, 1, 0}), b({2, 2}, {1, 0, 0, 1});
  const Tensor apart = jensen_shannon(a, b);
  // By hand: H(3/4, 1/4) - (H(1/2, 1/2) + H(1, 0)) / 2.
  const double first = -0.75 * std::log(0.75) - 0.25 * std::log(0.25) - std::numbers::ln2 / 2;
  BOOST_TEST(std::abs(static_cast<double>(apart.data()[0]) - first) < tiny);
  BOOST_TEST(std::abs(static_cast<double>(apart.data()[1]) - std::numbers::ln2) < tiny);
  BOOST_TEST(distance(jensen_shannon(b, a), apart) < tiny);
  BOOST_TEST(largest(jensen_shannon(a, a)) < tiny);
}

// A pooled bag and what is said of it: (B, classes).
struct Pooled {
  explicit Pooled(bool alike) : layer({.width = 6}, rng) {
    bag = sample({4, 7, 6}, 9);
    if (alike) bag = expand(slice(bag, 1, 0, 1), bag.shape());
  }
  Tensor operator()() const { return softmax(layer.pool(bag).z * 3.0); }

  Generator rng{1};
  AttentionPooling layer;
  Tensor bag;
};

BOOST_AUTO_TEST_CASE(maps_without_room_say_what_the_model_says) {
  const Pooled model(false);
  Generator rng(10);
  const AdversarialMaps none = adversarial_maps([&] { return model(); }, {.eps = 0}, rng);
  BOOST_TEST(largest(none.change) == 0.0);
  BOOST_TEST(largest(none.divergence) == 0.0);
  const Tensor p = model();
  const ScoreShift guard(none.shifts);
  BOOST_TEST(distance(model(), p) < tiny);
}

BOOST_AUTO_TEST_CASE(maps_are_as_far_as_the_room_allows) {
  const Pooled model(false), free(true);
  const auto found = [](const Pooled& of, double eps) {
    Generator rng(11);
    return adversarial_maps([&] { return of(); }, {.eps = eps}, rng);
  };
  double before = 0;
  for (const double eps : {0.01, 0.05, 0.2}) {
    const AdversarialMaps maps = found(model, eps);
    BOOST_TEST(static_cast<double>(max(maps.change).item()) <= eps);
    const double apart = static_cast<double>(mean(maps.divergence).item());
    BOOST_TEST(apart > before);
    before = apart;
    // What is handed out makes what is said of it.
    const Tensor p = model();
    const ScoreShift guard(maps.shifts);
    BOOST_TEST(distance(sum(abs(model() - p), {1}) * 0.5, maps.change) < tiny);
  }
  // Where all items are alike any weights say the same. Its own are equal, so that the farthest is
  // all on one: JSD = H(4/7, 1/14, ...) - ln(7) / 2.
  const double farthest =
      -4.0 / 7 * std::log(4.0 / 7) + 6.0 / 14 * std::log(14.0) - std::log(7.0) / 2;
  const AdversarialMaps anything = found(free, 0.01);
  BOOST_TEST(distance(anything.divergence, Tensor::full({4}, farthest)) < 1e-3);
  BOOST_TEST(largest(anything.change) < 1e-9);
}

BOOST_AUTO_TEST_CASE(wrong_uses_are_refused) {
  const Model model;
  const auto loss = [&] { return model.loss(); };
  BOOST_CHECK_EXCEPTION(adversarial_loss(loss, {.eps = -1}), ValueError,
                        says<ValueError>("[adversarial_loss] eps must not be negative: -1"));
  BOOST_CHECK_EXCEPTION(
      adversarial_loss(loss, {.weight = -1}), ValueError,
      says<ValueError>("[adversarial_loss] the weight must not be negative: -1"));
  BOOST_CHECK_EXCEPTION(attack(loss, {.steps = 0}), ValueError,
                        says<ValueError>("[attack] takes at least one step: 0"));
  Generator rng(12);
  BOOST_CHECK_EXCEPTION(
      vat_penalty([&] { return model.logits(); }, {.xi = 0}, rng), ValueError,
      says<ValueError>("[vat_penalty] eps must not be negative, xi above 0, and a turn taken: 5, 0 "
                       "and 1"));
  BOOST_CHECK_EXCEPTION(
      adversarial_maps([] { return mean(fourier_mix(sample({2, 3, 4}, 1)), {1}); }, {}, rng),
      ValueError,
      says<ValueError>("[adversarial_maps] the model must publish a map for each of its scores: 0 "
                       "maps, 0 scores"));
  const Pooled pooled(false);
  BOOST_CHECK_EXCEPTION(
      adversarial_maps([&] { return pooled(); }, {.eps = 0.1, .steps = 0}, rng), ValueError,
      says<ValueError>("[adversarial_maps] eps must not be negative, and a step taken: 0.1 and 0"));
  const GAT graph(4, 3, rng);
  BOOST_CHECK_EXCEPTION(
      adversarial_maps(
          [&] { return softmax(graph(sample({2, 4}, 1), Indices({2, 1}, {0, 1}))); }, {}, rng),
      ShapeError,
      says<ShapeError>("[adversarial_maps] scores must be (2, H, T, S), as there are 2 samples: "
                       "got (3, 1)"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
