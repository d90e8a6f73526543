// Gates on heads and other maps in the place of a mechanism's own: with derivatives, as equations,
// and without a trace where nobody asks.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <vector>

#include "attention/catalog.h"
#include "attention/dense/multi_head.h"
#include "attention/heads/faithfulness.h"
#include "attention/heads/head_gates.h"
#include "attention/heads/importance.h"
#include "attention/heads/map_change.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;

double number(const Tensor& x, Index at = 0) { return static_cast<double>(x.data()[at]); }

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(Real)) == 0;
}

// Two layers of two heads over three sequences.
class Model : public nn::Module {
 public:
  Model() : rng_(3) {
    for (const char* name : {"first", "second"}) {
      layers_.push_back(&child<MultiHead>(name, MultiHeadOptions{.width = 8, .heads = 2}, rng_));
    }
  }
  Tensor operator()(const Tensor& x) const {
    Tensor y = x;
    for (const MultiHead* layer : layers_) y = y + layer->mix({.x = y}).y;
    return y;
  }
  Tensor loss() const { return mean(square((*this)(sample({3, 5, 8}, 1)))); }
  const MultiHead& layer(std::size_t at) const { return *layers_[at]; }

 private:
  Generator rng_;
  std::vector<MultiHead*> layers_;
};

Tensor leaf(const Shape& shape, std::uint64_t seed) {
  Tensor x = sample(shape, seed).detach();
  x.require_grad();
  return x;
}

Tensor gates(std::initializer_list<Real> values) {
  return Tensor({static_cast<Index>(values.size())}, values);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(head_gates)

// Of every mixer of the catalog that has heads to gate: that it has them apart, and how many do.
BOOST_AUTO_TEST_CASE(open_gates_change_nothing) {
  int asked = 0;
  for (const Mechanism& mechanism : catalog()) {
    if (!mechanism.mixer) continue;
    BOOST_TEST_CONTEXT(mechanism.name) {
      const Form form = forms_of(mechanism).front();
      const Subject subject(mechanism, small_config(form.causal));
      const Tensor x = sample({2, 5, 8}, 4);
      const NoGrad no_grad;
      const Tensor plain = subject(x);
      Tensor looked, open, kept;
      {
        const MapRecorder recorder;
        looked = subject(x);
      }
      {
        const HeadGates guard;
        open = subject(x);
        if (guard.used() > 0) asked += 1;
      }
      {
        const MapChange guard([](const Tensor& a) { return a; });
        kept = subject(x);
      }
      BOOST_TEST(distance(looked, open) < tiny);
      BOOST_TEST(distance(looked, kept) < tiny);
      BOOST_TEST(same_bits(subject(x), plain));
    }
  }
  BOOST_TEST(asked > 25);
}

BOOST_AUTO_TEST_CASE(open_gates_change_no_bit_of_the_readable_path) {
  const Model model;
  const Tensor x = sample({3, 5, 8}, 2);
  const NoGrad no_grad;
  const MapRecorder recorder;
  const Tensor plain = model(x);
  const HeadGates guard({gates({1, 1}), Tensor::ones({3, 2})});
  BOOST_TEST(same_bits(model(x), plain));
  BOOST_TEST(guard.used() == 2u);
}

BOOST_AUTO_TEST_CASE(gates_have_the_right_gradient) {
  const Model model;
  const Tensor x = sample({3, 5, 8}, 2);
  for (const Removed removed : {Removed::zero, Removed::mean}) {
    const auto loss = [&](const std::vector<Tensor>& in) {
      const HeadGates guard({in[0], in[1]}, removed);
      return mean(square(model(in[2])));
    };
    BOOST_CHECK_NO_THROW(
        gradcheck("a loss on gates", loss, {leaf({2}, 5), leaf({3, 2}, 6), leaf({3, 5, 8}, 2)}));
  }
}

// out_proj of the heads' outputs, with those of one head replaced by hand.
BOOST_AUTO_TEST_CASE(a_shut_gate_takes_its_head_out) {
  Generator rng(1);
  const MultiHead layer({.width = 8, .heads = 2}, rng);
  const Tensor b = parameter_of(layer, "out_proj.bias");
  const Tensor x = sample({3, 5, 8}, 2);
  const auto under = [&](const Tensor& values, Removed removed) {
    const HeadGates guard({values}, removed);
    return layer.mix({.x = x}).y;
  };
  // What the second head says, (3, 5, 4), is the difference that it makes.
  const Tensor without = under(gates({1, 0}), Removed::zero);
  const Tensor its = layer.mix({.x = x}).y - without;
  BOOST_TEST(distance(under(gates({1, 0.25}), Removed::zero), without + its * 0.25) < tiny);
  BOOST_TEST(distance(under(gates({1, 0}), Removed::mean), without + mean(its, {0, 1}, true)) <
             tiny);
  BOOST_TEST(distance(under(gates({0, 0}), Removed::zero), expand(b, {3, 5, 8})) < tiny);
}

BOOST_AUTO_TEST_CASE(a_guard_without_gates_left_and_gates_that_do_not_fit_are_refused) {
  const Model model;
  const Tensor x = sample({3, 5, 8}, 2);
  const auto under = [&](std::vector<Tensor> values) {
    const HeadGates guard(std::move(values));
    model(x);
  };
  BOOST_TEST(thrown<ValueError>([&] { under({gates({1, 1})}); }) ==
             "[HeadGates] the forward pass asks for more than the gates of 1 attentions given");
  for (const Shape& shape : {Shape{3}, Shape{2, 2}, Shape{3, 2, 1}, Shape{}}) {
    BOOST_TEST(thrown<ShapeError>([&] { under({Tensor::ones(shape)}); }) ==
               "[HeadGates] gates 0 must be (2) or (3, 2): got " + shape.str());
  }
  BOOST_TEST(thrown<ShapeError>([&] {
               const MapChange guard([](const Tensor& a) { return slice(a, 1, 0, 1); });
               model(x);
             }) == "[MapChange] weights must stay (3, 2, 5, 5): got (3, 1, 5, 5)");
}

BOOST_AUTO_TEST_CASE(the_innermost_guard_counts) {
  const Model model;
  const Tensor x = sample({3, 5, 8}, 2);
  const Tensor plain = model(x);
  const HeadGates outer({gates({0, 0}), gates({0, 0})});
  {
    const HeadGates inner;
    BOOST_TEST(distance(model(x), plain) < tiny);
    BOOST_TEST(inner.gates().size() == 2u);
    BOOST_TEST(inner.gates()[1].shape() == (Shape{3, 2}));
  }
  BOOST_TEST(outer.used() == 0u);
  BOOST_TEST(distance(model(x), plain) > 1e-3);
}

// The last layer alone, and a loss that is linear in what it says.
BOOST_AUTO_TEST_CASE(importance_of_a_linear_loss_is_the_cost) {
  Generator rng(1);
  const MultiHead layer({.width = 8, .heads = 4}, rng);
  const Tensor x = sample({1, 5, 8}, 2), toward = sample({1, 5, 8}, 7);
  const auto loss = [&] { return sum(layer.mix({.x = x}).y * toward); };
  const std::vector<Tensor> important = head_importance(loss), costs = ablation_costs(loss);
  BOOST_REQUIRE(important.size() == 1u && costs.size() == 1u);
  BOOST_TEST(important[0].shape() == (Shape{4}));
  BOOST_TEST(distance(important[0], abs(costs[0])) < tiny);
  const std::vector<Tensor> to_mean = head_importance(loss, Removed::mean);
  BOOST_TEST(distance(to_mean[0], abs(ablation_costs(loss, Removed::mean)[0])) < tiny);
  BOOST_TEST(distance(to_mean[0], important[0]) > 1e-3);
}

BOOST_AUTO_TEST_CASE(samples_that_a_head_helps_and_harms_do_not_cancel) {
  Generator rng(1);
  const MultiHead layer({.width = 8, .heads = 2}, rng);
  const Tensor one = sample({1, 5, 8}, 2), toward = sample({1, 5, 8}, 7);
  const Tensor x = concat({one, one}, 0), apart = concat({toward, -toward}, 0);
  const auto loss = [&] { return sum(layer.mix({.x = x}).y * apart); };
  const auto of_one = [&] { return sum(layer.mix({.x = one}).y * toward); };
  BOOST_TEST(distance(ablation_costs(loss)[0], Tensor::zeros({2})) < tiny);
  BOOST_TEST(distance(head_importance(loss)[0], head_importance(of_one)[0] * 2.0) < tiny);
}

BOOST_AUTO_TEST_CASE(every_head_of_every_layer_is_taken_out_once) {
  const Model model;
  const auto loss = [&] { return model.loss(); };
  const std::vector<Tensor> costs = ablation_costs(loss);
  BOOST_REQUIRE(costs.size() == 2u);
  const HeadGates guard({gates({1, 1}), gates({0, 1})});
  const double without = number(loss());
  const HeadGates open;
  BOOST_TEST(std::abs(number(costs[1]) - (without - number(loss()))) < tiny);
  const auto constant = [] { return Tensor::scalar(1); };
  BOOST_TEST(thrown<ValueError>([&] { head_importance(constant); }) ==
             "[head_importance] no attention of the model has heads that can be gated");
  BOOST_TEST(thrown<ValueError>([&] { ablation_costs(constant); }) ==
             "[ablation_costs] no attention of the model has heads that can be gated");
}

BOOST_AUTO_TEST_CASE(ranks_correlate_as_spearman_says) {
  const Tensor a({5}, {1, 2, 3, 4, 5});
  BOOST_TEST(std::abs(rank_correlation(a, exp(a)) - 1) < tiny);
  BOOST_TEST(std::abs(rank_correlation(a, -a) + 1) < tiny);
  // 1 - 6 sum d^2 / (n (n^2 - 1)) with d = 1, 1, 0, 1, 1.
  BOOST_TEST(std::abs(rank_correlation(a, Tensor({5}, {2, 1, 3, 60, 4})) - 0.8) < tiny);
  // Equal values share their rank: ranks 0.5, 0.5, 2 against 0, 1, 2.
  BOOST_TEST(std::abs(rank_correlation(Tensor({3}, {7, 7, 9}), Tensor({3}, {1, 2, 3})) -
                      std::sqrt(3.0) / 2) < tiny);
  BOOST_TEST(std::isnan(rank_correlation(Tensor::ones({3}), Tensor({3}, {1, 2, 3}))));
  BOOST_TEST(thrown<ShapeError>([&] { rank_correlation(a, Tensor::ones({2})); }) ==
             "[rank_correlation] as many values must be in a as in b: (5) vs (2)");
}

BOOST_AUTO_TEST_CASE(uniform_and_permuted_maps_keep_what_a_row_has_and_whom_it_sees) {
  const Tensor a({1, 1, 2, 4}, {0.5, 0.2, 0, 0.1, 0, 0, 0, 0});
  const Real each = Real(0.8) / 3;
  BOOST_TEST(distance(uniform_map(a), Tensor({1, 1, 2, 4}, {each, each, 0, each, 0, 0, 0, 0})) <
             tiny);
  Generator rng(1);
  int moved = 0;
  for (int draw = 0; draw < 20; ++draw) {
    const Tensor b = permuted_map(a, rng);
    BOOST_TEST(number(b, 2) == 0);
    BOOST_TEST(std::abs(number(sum(b)) - 0.8) < tiny);
    BOOST_TEST(number(max(b)) == 0.5);
    if (number(b) != 0.5) moved += 1;
  }
  BOOST_TEST(moved > 5);
  BOOST_TEST(moved < 20);
}

BOOST_AUTO_TEST_CASE(a_changed_map_is_what_values_are_mixed_with) {
  Generator rng(1);
  const MultiHead layer({.width = 8, .heads = 2}, rng);
  const Tensor x = sample({3, 5, 8}, 2);
  const MapChange guard(uniform_map);
  // All queries find the mean of all values.
  const Tensor y = layer.mix({.x = x}).y;
  BOOST_TEST(distance(y, expand(slice(y, 1, 0, 1), {3, 5, 8})) < tiny);
}

// What it says of three samples is what their first queries found.
Faithfulness asked_of(const MultiHead& layer, const Tensor& x) {
  Generator rng(2);
  const auto probabilities = [&] {
    return softmax(squeeze(slice(layer.mix({.x = x}).y, 1, 0, 1), 1) * 5.0, -1);  // (3, 8)
  };
  return faithfulness(probabilities, {.permutations = 5, .adversarial = {.steps = 30}}, rng);
}

BOOST_AUTO_TEST_CASE(maps_over_equal_values_are_free) {
  Generator rng(1);
  const MultiHead layer({.width = 8, .heads = 2}, rng);
  const Tensor x = sample({3, 5, 8}, 2) * 3.0;
  const Tensor alike = expand(slice(x, 1, 0, 1), {3, 5, 8});
  const Faithfulness free = asked_of(layer, alike);
  BOOST_TEST(number(max(free.uniform)) < tiny);
  BOOST_TEST(number(max(free.permuted)) < tiny);
  BOOST_TEST(number(min(free.adversarial.divergence)) > 0.1);
  const Faithfulness bound = asked_of(layer, x);
  BOOST_TEST(number(min(bound.uniform)) > 1e-3);
  BOOST_TEST(number(min(bound.permuted)) > 1e-3);
  BOOST_TEST(thrown<ValueError>([&] {
               Generator none(1);
               faithfulness([] { return Tensor(); }, {.permutations = 0}, none);
             }) == "[faithfulness] there must be a permutation: 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
