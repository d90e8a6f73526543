// Teachers: what their losses are worth at a student who is like them, who learns from whom, and
// what another number of heads means. The mutants run these cases.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/maps.h"
#include "attention/memory/memory_network.h"
#include "attention/training/attention_transfer.h"
#include "attention/training/distillation.h"
#include "attention/training/minilm.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

const Shape maps_shape{2, 3, 4, 5};

Tensor some_map(std::uint64_t seed, const Shape& shape = maps_shape) {
  return softmax(sample(shape, seed));
}

// A leaf with the values of x.
Tensor leaf_of(const Tensor& x) { return Tensor(x.shape(), x.values()).require_grad(); }

// The gradient of a loss at a leaf, zeros where it does not reach.
Tensor slope(const Tensor& loss, const Tensor& leaf) {
  leaf.zero_grad();
  loss.backward();
  return leaf.grad().defined() ? leaf.grad() : Tensor::zeros(leaf.shape());
}

// sum t log(t / s) over rows, averaged over all else.
double divergence(const Tensor& student, const Tensor& teacher) {
  double total = 0;
  for (Index i = 0; i < teacher.size(); ++i) {
    const double t = teacher.data()[i], s = student.data()[i];
    if (t > 0) total += t * std::log(t / s);
  }
  return total / static_cast<double>(teacher.size() / teacher.dim(-1));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(teachers)

BOOST_AUTO_TEST_CASE(a_student_like_its_teacher_learns_nothing) {
  const Tensor teacher = some_map(1), student = leaf_of(teacher);
  const Tensor loss = map_distillation(student, teacher);
  BOOST_TEST(loss.item() == 0);
  BOOST_TEST(largest(slope(loss, student)) == 0.0);
  const Tensor nothing = Tensor::zeros({2, 1, 3, 0});
  BOOST_TEST(map_distillation(nothing, nothing).item() == 0);
}

BOOST_AUTO_TEST_CASE(the_loss_on_maps_is_their_divergence) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Tensor student = some_map(seed), teacher = some_map(seed + 50);
    const auto loss = static_cast<double>(map_distillation(student, teacher).item());
    BOOST_TEST(std::abs(loss - divergence(student, teacher)) < 1e-13);
    BOOST_TEST(loss > 0);
  }
  // Hard maps, and what a student has given up: finite, and as wrong as can be.
  const Tensor hard = one_hot(argmax(some_map(1), -1), 5), other = roll(hard, 1, 3);
  BOOST_TEST(map_distillation(hard, hard).item() == 0);
  const Tensor lost = leaf_of(other);
  const Tensor loss = map_distillation(lost, hard);
  BOOST_TEST(loss.item() > 500);
  BOOST_TEST(finite(slope(loss, lost)));
}

BOOST_AUTO_TEST_CASE(derivatives_of_the_losses_of_teachers) {
  const Tensor map = some_map(3), features = sample({2, 4, 3, 3}, 4);
  const LayerMaps taught{some_map(5), sample({2, 3, 5, 2}, 6)};
  gradcheck("distillation",
            [&](const std::vector<Tensor>& v) { return map_distillation(softmax(v[0]), map); },
            {sample(maps_shape, 7)});
  gradcheck("transfer",
            [&](const std::vector<Tensor>& v) { return attention_transfer(v[0], features); },
            {sample({2, 2, 3, 3}, 8)});
  gradcheck("minilm",
            [&](const std::vector<Tensor>& v) {
              return minilm_loss({softmax(v[0]), v[1]}, taught);
            },
            {sample(maps_shape, 9), sample({2, 3, 5, 4}, 10)});
}

BOOST_AUTO_TEST_CASE(nothing_flows_into_a_teacher) {
  const Tensor map = leaf_of(some_map(1)), features = leaf_of(sample({2, 4, 3, 3}, 2)),
               values = leaf_of(sample({2, 3, 5, 2}, 3));
  const Tensor student = leaf_of(some_map(4));
  const Tensor loss = map_distillation(student, map) +
                      attention_transfer(leaf_of(sample({2, 2, 3, 3}, 5)), features) +
                      minilm_loss({student, sample({2, 3, 5, 4}, 6)}, {map, values});
  BOOST_TEST(largest(slope(loss, map)) == 0.0);
  BOOST_TEST(!features.grad().defined());
  BOOST_TEST(!values.grad().defined());
  BOOST_TEST(largest(student.grad()) > 0.0);
}

// With another number of heads it is the mean over heads that is compared.
BOOST_AUTO_TEST_CASE(heads_of_another_number_are_averaged) {
  const Tensor student = some_map(1, {2, 2, 4, 5}), teacher = some_map(2, {2, 6, 4, 5});
  const auto loss = static_cast<double>(map_distillation(student, teacher).item());
  BOOST_TEST(std::abs(loss - divergence(mean(student, {1}), mean(teacher, {1}))) < 1e-13);
  // Of the same number each is compared with its own.
  const Tensor turned = index_select(teacher, Indices({1, 2, 3, 4, 5, 0}), 1);
  BOOST_TEST(map_distillation(turned, teacher).item() > 1e-3);
  BOOST_TEST(thrown<Error>([&] { map_distillation(some_map(1, {2, 2, 4, 6}), teacher); }) ==
             "[map_distillation] maps must be (B, H, T, S), alike but for H: student (2, 2, 4, 6), "
             "teacher (2, 6, 4, 5)");
}

BOOST_AUTO_TEST_CASE(like_features_transfer_nothing) {
  const Tensor teacher = sample({2, 4, 3, 5}, 1), student = leaf_of(teacher);
  const Tensor loss = attention_transfer(student, teacher);
  BOOST_TEST(loss.item() == 0);
  BOOST_TEST(largest(slope(loss, student)) == 0.0);
  // Neither scale nor the order or the number of the channels counts.
  const Tensor other = sample({2, 2, 3, 5}, 2);
  const Tensor there = attention_transfer(other, teacher);
  BOOST_TEST(there.item() > 1e-3);
  BOOST_TEST(distance(attention_transfer(other * 7.0, teacher * 0.1), there) < 1e-14);
  BOOST_TEST(distance(attention_transfer(other, flip(teacher, 1)), there) < 1e-14);
  BOOST_TEST(distance(attention_transfer(concat({other, other}, 1), teacher), there) < 1e-14);
}

BOOST_AUTO_TEST_CASE(the_loss_on_features_by_hand) {
  const Tensor student = sample({2, 2, 2, 2}, 3), teacher = sample({2, 3, 2, 2}, 4);
  double total = 0;
  for (Index b = 0; b < 2; ++b) {
    const auto energy = [&](const Tensor& features, Index channels) {
      std::vector<double> q(4);
      double length = 0;
      for (std::size_t at = 0; at < 4; ++at) {
        for (Index c = 0; c < channels; ++c) {
          const double f = features.data()[(b * channels + c) * 4 + static_cast<Index>(at)];
          q[at] += f * f;
        }
        length += q[at] * q[at];
      }
      for (double& number : q) number /= std::sqrt(length);
      return q;
    };
    const std::vector<double> s = energy(student, 2), t = energy(teacher, 3);
    for (std::size_t at = 0; at < 4; ++at) total += (s[at] - t[at]) * (s[at] - t[at]);
  }
  const auto loss = static_cast<double>(attention_transfer(student, teacher).item());
  BOOST_TEST(std::abs(loss - total / 2) < 1e-14);
  BOOST_TEST(thrown<Error>([&] { attention_transfer(student, sample({2, 3, 2, 3}, 5)); }) ==
             "[attention_transfer] features must be (B, C, H, W), alike but for C: student "
             "(2, 2, 2, 2), teacher (2, 3, 2, 3)\nhint: bring one of them to the other's size with "
             "interpolate()");
}

BOOST_AUTO_TEST_CASE(a_copy_of_the_teacher_learns_nothing) {
  const LayerMaps teacher{some_map(1), sample({2, 3, 5, 2}, 2)};
  const LayerMaps student{leaf_of(teacher.weights), leaf_of(teacher.values)};
  const Tensor loss = minilm_loss(student, teacher);
  BOOST_TEST(loss.item() == 0);
  BOOST_TEST(largest(slope(loss, student.weights)) == 0.0);
  BOOST_TEST(largest(student.values.grad()) == 0.0);
}

// Turned values relate as they did: what is left is the loss on maps.
BOOST_AUTO_TEST_CASE(minilm_of_like_values_is_distillation) {
  const Tensor values = sample({2, 3, 5, 2}, 3), map = some_map(4), other = some_map(5);
  const Tensor turned = matmul(values, Tensor({2, 2}, {0.6, 0.8, -0.8, 0.6}));
  const Tensor both = minilm_loss({other, turned}, {map, values});
  BOOST_TEST(distance(both, map_distillation(other, map)) < 1e-13);
  BOOST_TEST(distance(minilm_loss({other, values * 1.1}, {map, values}), both) > 1e-4);
}

BOOST_AUTO_TEST_CASE(value_relations_by_hand) {
  const Tensor values = sample({2, 3, 5, 4}, 6);
  const Tensor products = sum(unsqueeze(values, 3) * unsqueeze(values, 2), {-1});  // (B, H, S, S)
  const Tensor e = exp(products / 2.0);
  BOOST_TEST(distance(value_relations(values), e / sum(e, {-1}, true)) < 1e-14);
  const Tensor map = some_map(7), narrow = sample({2, 3, 5, 2}, 8);
  const auto relations = static_cast<double>(minilm_loss({map, narrow}, {map, values}).item());
  BOOST_TEST(std::abs(relations - divergence(value_relations(narrow), value_relations(values))) <
             1e-13);
}

// A loss of maps with a weight of 0 changes not a bit of a training.
BOOST_AUTO_TEST_CASE(without_weight_it_is_plain_training) {
  const Indices facts({2, 3, 2}, {0, 4, 1, 5, 2, 6, 3, 4, 0, 5, 2, 4}), question({2, 1}, {1, 0});
  const Indices answers({4, 5});
  const auto trained = [&](double weight) {
    Generator rng(3);
    const MemoryNetwork net({.vocabulary = 7, .width = 4, .hops = 2}, rng);
    for (int step = 0; step < 5; ++step) {
      const MapRecorder recorder(Graph::keep);
      Tensor loss = cross_entropy(net(facts, question), answers);
      if (weight >= 0) {
        loss = loss + map_distillation(recorder.maps()[0].weights, some_map(9, {2, 1, 1, 3})) *
                          weight;
      }
      for (const Parameter& own : net.parameters()) own.value.zero_grad();
      loss.backward();
      for (const Parameter& own : net.parameters()) {
        own.value.assign(own.value.detach() - own.value.grad() * 0.5);
      }
    }
    return net(facts, question);
  };
  BOOST_TEST(bitwise_equal(trained(0), trained(-1)));
  BOOST_TEST(distance(trained(1), trained(-1)) > 1e-4);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
