// Seed pooling (PMA): symmetries of instances and seeds, masks, the limit case.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "attention/masks.h"
#include "attention/pooling/seed_pooling.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;

// With weights that are not special.
std::unique_ptr<SeedPooling> pooling_with(Index seeds) {
  Generator rng(7);
  auto pooling = std::make_unique<SeedPooling>(
      SeedPoolingOptions{.width = 6, .heads = 2, .seeds = seeds}, rng);
  for (const Parameter& parameter : pooling->parameters()) {
    parameter.value.assign(rng.normal(parameter.value.shape(), 0, 0.6));
  }
  return pooling;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(seed_pooling)

BOOST_AUTO_TEST_CASE(order_of_instances_does_not_matter) {
  const auto pooling = pooling_with(3);
  const Tensor h = sample({2, 5, 6}, 1);
  const Tensor z = pooling->pool(h);
  BOOST_TEST(z.shape() == (Shape{2, 3, 6}));
  BOOST_TEST(distance(pooling->pool(permuted(h, {3, 0, 4, 2, 1})), z) < tiny);
  BOOST_TEST(distance(pooling->pool(with_token(h, 2, 3)), z) > 0.01);
}

BOOST_AUTO_TEST_CASE(every_order_of_seeds_permutes_the_results) {
  const auto pooling = pooling_with(3);
  const Tensor h = sample({2, 5, 6}, 2);
  const Tensor z = pooling->pool(h), seed = parameter_of(*pooling, "seed");
  const Tensor first(seed.shape(), seed.values());
  std::vector<std::int32_t> order{0, 1, 2};
  int orders = 0;
  do {
    seed.assign(permuted(first, order));
    BOOST_TEST(distance(pooling->pool(h), permuted(z, order)) < tiny);
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  BOOST_TEST(orders == 6);
  BOOST_TEST(distance(z, permuted(z, {1, 0, 2})) > 0.01);
}

BOOST_AUTO_TEST_CASE(one_seed_reads_what_it_reads_among_others) {
  const auto many = pooling_with(3), one = pooling_with(1);
  const Tensor h = sample({2, 5, 6}, 3), seeds = parameter_of(*many, "seed");
  for (const Parameter& parameter : one->parameters()) {
    if (parameter.name == "seed") continue;
    parameter.value.assign(parameter_of(*many, parameter.name).values());
  }
  for (Index k = 0; k < 3; ++k) {
    parameter_of(*one, "seed").assign(slice(seeds, 1, k, k + 1));
    BOOST_TEST(distance(one->pool(h), slice(many->pool(h), 1, k, k + 1)) < tiny);
  }
}

BOOST_AUTO_TEST_CASE(absent_instances_do_nothing) {
  const auto pooling = pooling_with(2);
  const Tensor h = sample({2, 5, 6}, 4), more = concat({h, sample({2, 3, 6}, 5)}, 1);
  const Mask real = padding({5, 5}, 8).reshape({2, 8});
  BOOST_TEST(distance(pooling->pool(more, real), pooling->pool(h)) < tiny);
  BOOST_TEST(distance(pooling->pool(more), pooling->pool(h)) > 0.01);
}

BOOST_AUTO_TEST_CASE(seed_pooling_with_silent_seeds_pools_the_mean) {
  // Without questions every instance weighs the same; with lin = 1 and h > 0 that is the mean of h.
  const auto pooling = pooling_with(2);
  const Tensor weight = parameter_of(*pooling, "lin.weight");
  std::vector<Real> identity(36, Real(0));
  for (std::size_t i = 0; i < 6; ++i) identity[i * 7] = 1;
  weight.assign(identity);
  parameter_of(*pooling, "lin.bias").assign(Tensor::zeros({6}));
  const Tensor h = abs(sample({2, 5, 6}, 6)).detach(), average = mean(h, {1}, true);
  BOOST_TEST(distance(pooling->pool(h), pooling->pool(average)) > 0.01);
  const Tensor packed = parameter_of(*pooling, "mab.attn.in_proj_weight");
  const Tensor bias = parameter_of(*pooling, "mab.attn.in_proj_bias");
  packed.assign(concat({Tensor::zeros({6, 6}), slice(packed, 0, 6, 18)}, 0).detach());
  bias.assign(concat({Tensor::zeros({6}), slice(bias, 0, 6, 18)}, 0).detach());
  BOOST_TEST(distance(pooling->pool(h), pooling->pool(average)) < tiny);
}

BOOST_AUTO_TEST_CASE(wrong_use_is_told) {
  Generator rng(1);
  BOOST_CHECK_EXCEPTION(
      SeedPooling({.width = 6, .seeds = 0}, rng), ValueError, [](const ValueError& error) {
        return std::string(error.what()) == "[pma] there must be a seed: got 0";
      });
  BOOST_CHECK_THROW(SeedPooling({.width = 6, .heads = 4}, rng), ValueError);
  BOOST_CHECK_THROW(pooling_with(2)->pool(sample({2, 5, 7}, 7)), ShapeError);
  BOOST_CHECK_THROW(pooling_with(2)->pool(sample({2, 5, 6}, 7), padding({5, 5, 5}, 5)), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
