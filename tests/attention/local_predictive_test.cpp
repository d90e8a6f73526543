// Luong's local attention: local-p against its formula and its limits, local-m, the laws that it
// keeps and those that it breaks by design.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "attention/normalizers.h"
#include "attention/scores.h"
#include "attention/sparse/local_predictive.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;
constexpr double endless = std::numeric_limits<double>::infinity();

std::unique_ptr<LocalPredictive> layer_with(Index window, double sigma = 0) {
  Generator rng(7);
  auto layer = std::make_unique<LocalPredictive>(
      LocalPredictiveOptions{
          .query_width = 6, .memory_width = 4, .window = window, .sigma = sigma, .hidden = 5},
      rng);
  for (const Parameter& parameter : layer->parameters()) {
    parameter.value.assign(rng.normal(parameter.value.shape(), 0, 0.6));
  }
  return layer;
}

double at(const Tensor& x, std::initializer_list<Index> place) {
  Index flat = 0;
  int axis = 0;
  for (const Index i : place) flat = flat * x.dim(axis++) + i;
  return static_cast<double>(x.data()[flat]);
}

// The formula, one number after the other: c of query t in batch row b, for `length` real keys.
std::vector<double> by_hand(const LocalPredictive& layer, const Tensor& h, const Tensor& memory,
                            Index b, Index t, double window, double sigma) {
  const Tensor w_a = parameter_of(layer, "key.weight");
  const Tensor w_p = parameter_of(layer, "position.weight"), v = parameter_of(layer, "score");
  const Index length = memory.dim(1);
  double guess = 0;
  for (Index a = 0; a < 5; ++a) {
    double hidden = 0;
    for (Index c = 0; c < 6; ++c) hidden += at(w_p, {a, c}) * at(h, {b, t, c});
    guess += at(v, {a}) * std::tanh(hidden);
  }
  const double centre = static_cast<double>(length) / (1 + std::exp(-guess));
  std::vector<double> c(4, 0.0);
  double total = 0;
  for (Index j = 0; j < length; ++j) {
    const double offset = static_cast<double>(j) - centre;
    if (std::abs(offset) > window) continue;
    double score = 0;
    for (Index i = 0; i < 6; ++i) {
      for (Index k = 0; k < 4; ++k) {
        score += at(h, {b, t, i}) * at(w_a, {i, k}) * at(memory, {b, j, k});
      }
    }
    total += std::exp(score);
    const double share = std::exp(score - offset * offset / (2 * sigma * sigma));
    for (Index k = 0; k < 4; ++k) c[static_cast<std::size_t>(k)] += share * at(memory, {b, j, k});
  }
  for (double& value : c) value /= total;
  return c;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(local_predictive)

BOOST_AUTO_TEST_CASE(layer_follows_its_formula) {
  const auto layer = layer_with(2);
  const Tensor h = sample({2, 3, 6}, 1), memory = sample({2, 9, 4}, 2);
  const Tensor y = layer->attend(h, memory).y;
  for (Index b = 0; b < 2; ++b) {
    for (Index t = 0; t < 3; ++t) {
      const std::vector<double> expected = by_hand(*layer, h, memory, b, t, 2, 1);
      for (Index k = 0; k < 4; ++k) {
        BOOST_TEST(std::abs(at(y, {b, t, k}) - expected[static_cast<std::size_t>(k)]) < tiny);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(local_predictive_without_bell_is_global) {
  const Tensor h = sample({2, 3, 6}, 3), memory = sample({2, 9, 4}, 4);
  const auto layer = layer_with(9, endless);
  const Tensor keys = linear(memory, parameter_of(*layer, "key.weight"), {});
  const Tensor global = attend(h, keys, memory, {}, dot, softmax_over).y;
  BOOST_TEST(distance(layer->attend(h, memory).y, global) < tiny);
  BOOST_TEST(distance(layer_with(9, 1e9)->attend(h, memory).y, global) < tiny);
  BOOST_TEST(distance(layer_with(9)->attend(h, memory).y, global) > 0.01);
  BOOST_TEST(distance(layer_with(1, endless)->attend(h, memory).y, global) > 0.01);
}

BOOST_AUTO_TEST_CASE(weights_lie_within_the_window_of_the_guess) {
  const auto layer = layer_with(2);
  const Tensor h = sample({2, 3, 6}, 5), memory = sample({2, 9, 4}, 6);
  const Tensor centres = layer->centres(h, Tensor::scalar(9));  // (2, 1, 3, 1)
  const Tensor weights = layer->attend(h, memory).weights;      // (2, 1, 3, 9)
  for (Index b = 0; b < 2; ++b) {
    for (Index t = 0; t < 3; ++t) {
      const double centre = at(centres, {b, 0, t, 0});
      BOOST_TEST((centre > 0 && centre < 9));
      for (Index j = 0; j < 9; ++j) {
        const bool near = std::abs(static_cast<double>(j) - centre) <= 2;
        BOOST_TEST((at(weights, {b, 0, t, j}) > 0) == near);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(guess_is_a_share_of_the_real_length) {
  const auto layer = layer_with(2);
  const Tensor h = sample({1, 3, 6}, 7), memory = sample({1, 5, 4}, 8);
  const Tensor more = concat({memory, sample({1, 4, 4}, 9)}, 1);
  const Tensor alone = layer->attend(h, memory).y;
  BOOST_TEST(distance(layer->attend(h, more, padding({5}, 9)).y, alone) < tiny);
  BOOST_TEST(distance(layer->attend(h, more).y, alone) > 0.01);
}

BOOST_AUTO_TEST_CASE(only_the_bell_teaches_the_guess) {
  const Tensor h = sample({2, 3, 6}, 10), memory = sample({2, 9, 4}, 11);
  const auto slope = [&](const LocalPredictive& layer) {
    return grad({sum(square(layer.attend(h, memory).y))}, {parameter_of(layer, "score")})[0];
  };
  BOOST_TEST(largest(slope(*layer_with(3))) > 1e-3);
  BOOST_TEST(largest(slope(*layer_with(3, endless))) == 0.0);
}

// Centres whose windows end between two keys, so that no difference steps over an edge.
BOOST_AUTO_TEST_CASE(derivatives_within_the_window_are_right) {
  const Tensor centres({3, 1}, {0.4, 3.3, 6.6});
  const Mask real = padding({8}, 9).reshape({1, 9});
  const auto weights = [&](const std::vector<Tensor>& x) {
    return local_around(x[0], x[1], 2, 1, real);
  };
  BOOST_CHECK_NO_THROW(gradcheck("local_around", weights, {sample({3, 9}, 14), centres}));
  const Tensor y = weights({sample({3, 9}, 14), centres});
  BOOST_TEST(at(y, {0, 2}) > 0.0);
  BOOST_TEST(at(y, {0, 3}) == 0.0);
  BOOST_TEST(at(y, {2, 7}) > 0.0);
  BOOST_TEST(at(y, {2, 8}) == 0.0);  // padding
}

BOOST_AUTO_TEST_CASE(local_monotonic_is_a_band) {
  const Tensor scores = sample({2, 3, 7, 7}, 12);
  for (const Index width : {0, 1, 3, 6}) {
    const Tensor band = softmax_over(scores, window(width).expand(7, 7));
    BOOST_TEST(bitwise_equal(local_monotonic(scores, width), band));
  }
  // Counted from the start, where the lengths differ as well; and what is hidden stays hidden.
  const Tensor wide = local_monotonic(sample({2, 3, 2, 5}, 13), 1, padding({5, 2}, 5));
  const std::vector<int> sees{1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0};
  for (Index b = 0; b < 2; ++b) {
    for (Index i = 0; i < 10; ++i) {
      const bool read = at(wide, {b, 1, i / 5, i % 5}) > 0;
      BOOST_TEST(read == (sees[static_cast<std::size_t>(10 * b + i)] == 1));
    }
  }
}

BOOST_AUTO_TEST_CASE(wrong_options_are_refused) {
  Generator rng(1);
  const auto build = [&](Index width, double sigma) {
    LocalPredictive({.query_width = 6, .memory_width = 4, .window = width, .sigma = sigma}, rng);
  };
  BOOST_CHECK_EXCEPTION(build(0, 0), ValueError, [](const ValueError& error) {
    return std::string(error.what()) ==
           "[local-p] the window must be at least 1 and sigma not negative: 0, 0";
  });
  BOOST_CHECK_THROW(build(2, -1), ValueError);
  BOOST_CHECK_THROW(layer_with(2)->attend(sample({2, 3, 5}, 1), sample({2, 9, 4}, 1)), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
