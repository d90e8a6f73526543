// Batch norm: its modes, its buffers and its refusals. Its numbers are held to PyTorch's in
// tests/golden.
#include "nn/batch_norm.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "autograd/gradcheck.h"
#include "autograd/memory.h"
#include "autograd/ops.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;

BOOST_AUTO_TEST_SUITE(batch_norm)

BOOST_AUTO_TEST_CASE(a_batch_comes_out_with_mean_0_and_variance_1) {
  Generator rng(1);
  const nn::BatchNorm norm(3);
  const Tensor y = norm(rng.normal({5, 3, 4, 2}) * 3 + 7);
  const Tensor average = mean(y, {0, 2, 3});
  const Tensor spread = mean(square(y), {0, 2, 3});
  for (Index c = 0; c < 3; ++c) {
    BOOST_CHECK_SMALL(static_cast<double>(average.data()[c]), 1e-5);
    BOOST_CHECK_CLOSE(static_cast<double>(spread.data()[c]), 1.0, 1e-3);
  }
}

BOOST_AUTO_TEST_CASE(rows_see_each_other_in_training_only) {
  Generator rng(1);
  nn::BatchNorm norm(2);
  const Tensor x = rng.normal({4, 2});
  const auto first_row = [&](const Tensor& batch) { return norm(batch).values()[0]; };
  const Tensor two = slice(x, 0, 0, 2);
  BOOST_CHECK_NE(first_row(x), first_row(two));
  norm.eval();
  BOOST_CHECK_EQUAL(first_row(x), first_row(two));
}

BOOST_AUTO_TEST_CASE(eps_is_added_to_the_variance) {
  nn::BatchNorm norm(1, {.eps = 3});
  const Tensor x({2, 1}, {-1, 1});  // of mean 0 and variance 1
  BOOST_CHECK_EQUAL(norm(x).values()[1], Real(0.5));
  norm.eval();  // running: mean 0, variance 0.9 + 0.1 * 2
  const Tensor y = norm(x);
  BOOST_CHECK_CLOSE(static_cast<double>(y.values()[1]), 1 / std::sqrt(1.1 + 3), 1e-4);
}

BOOST_AUTO_TEST_CASE(parts_follow_the_options) {
  const auto count = [](const nn::BatchNormOptions& options) {
    const nn::BatchNorm norm(2, options);
    return std::pair(norm.parameters().size(), norm.buffers().size());
  };
  BOOST_CHECK(count({}) == std::pair(2ul, 3ul));
  BOOST_CHECK(count({.affine = false}) == std::pair(0ul, 3ul));
  BOOST_CHECK(count({.track_running_stats = false}) == std::pair(2ul, 0ul));
  const std::vector<Parameter> state = nn::BatchNorm(2).state();
  BOOST_CHECK_EQUAL(state[2].name, "running_mean");
  BOOST_CHECK_EQUAL(state[3].name, "running_var");
  BOOST_CHECK_EQUAL(state[4].name, "num_batches_tracked");
}

BOOST_AUTO_TEST_CASE(without_running_statistics_eval_uses_the_batch) {
  Generator rng(1);
  nn::BatchNorm norm(2, {.affine = false, .track_running_stats = false});
  const Tensor x = rng.normal({4, 2});
  const Tensor trained = norm(x);
  norm.eval();
  const Tensor evaluated = norm(x);
  BOOST_CHECK(
      std::equal(trained.values().begin(), trained.values().end(), evaluated.values().begin()));
}

BOOST_AUTO_TEST_CASE(eval_moves_nothing) {
  Generator rng(1);
  nn::BatchNorm norm(2);
  norm.eval();
  norm(rng.normal({4, 2}));
  BOOST_CHECK_EQUAL(norm.buffers()[0].value.data()[0], 0);
  BOOST_CHECK_EQUAL(norm.buffers()[2].value.item(), 0);
}

// A backward after the next training step finds all it needs: nothing that is kept was overwritten.
BOOST_AUTO_TEST_CASE(a_graph_outlives_the_running_statistics) {
  Generator rng(1);
  nn::BatchNorm norm(2);
  Tensor x = rng.normal({4, 2});
  x.require_grad();
  norm.eval();
  const Tensor y = sum(square(norm(x)));
  norm.train();
  norm(x);
  y.backward();
  BOOST_CHECK(x.grad().defined());
}

// All three buffers move, or none does.
BOOST_AUTO_TEST_CASE(running_out_of_memory_moves_nothing_by_half) {
  Generator rng(1);
  const Tensor x = rng.normal({4, 2});
  for (std::uint64_t n = 1;; ++n) {
    const nn::BatchNorm norm(2);
    const std::vector<Parameter> buffers = norm.buffers();
    memory::fail_allocation(n);
    try {
      norm(x);
      memory::fail_allocation(0);
      BOOST_CHECK_GT(n, 5u);
      return;
    } catch (const OutOfMemory&) {
      const bool moved = buffers[0].value.values()[0] != 0;
      BOOST_CHECK_EQUAL(buffers[1].value.values()[0] != 1, moved);
      BOOST_CHECK_EQUAL(buffers[2].value.item(), moved ? 1 : 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(derivatives) {
  Generator rng(1);
  nn::BatchNorm norm(2);
  const TensorFunction call = [&](const std::vector<Tensor>& x) { return norm(x[0]); };
  const Tensor x = rng.normal({3, 2, 2});
  BOOST_CHECK_NO_THROW(gradcheck("BatchNorm in training", call, {x}));
  norm.eval();
  BOOST_CHECK_NO_THROW(gradcheck("BatchNorm in eval", call, {x}));
}

BOOST_AUTO_TEST_CASE(refusals) {
  expect_throw<ValueError>([] { nn::BatchNorm(0); },
                           "[BatchNorm] channels must be at least 1, got 0");
  expect_throw<ValueError>([] { nn::BatchNorm(2, {.eps = 0}); },
                           "[BatchNorm] eps must be above 0, got 0");
  expect_throw<ValueError>([] { nn::BatchNorm(2, {.momentum = 1.5}); },
                           "[BatchNorm] momentum must be in [0, 1], got 1.5");
  nn::BatchNorm norm(3);
  expect_throw<ShapeError>(
      [&] {
        norm(Tensor::ones({2, 4, 3}));
      },
      "[BatchNorm] x must be (B, channels, ...) with 3 channels, got (2, 4, 3)");
  expect_throw<ValueError>(
      [&] {
        norm(Tensor::ones({1, 3}));
      },
      "[BatchNorm] a channel needs 2 values or more in training mode, x (1, 3) "
      "has 1\n"
      "hint: call eval() to use the running statistics");
  norm.eval();
  BOOST_CHECK_NO_THROW(norm(Tensor::ones({1, 3})));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
