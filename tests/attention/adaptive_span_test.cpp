// Adaptive span: its ramp by hand, its limits, its gradient, its price.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/normalizers.h"
#include "attention/scores.h"
#include "attention/sparse/adaptive_span.h"
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

// Two heads on 12 numbers, the spans of both set to `span` of at most 16.
std::unique_ptr<AdaptiveSpan> layer_with(double span, bool is_causal = true) {
  Generator rng(7);
  auto layer = std::make_unique<AdaptiveSpan>(
      AdaptiveSpanOptions{.width = 12, .heads = 2, .causal = is_causal, .most = 16}, rng);
  const double u = span <= 0 ? -60 : span >= 16 ? 60 : std::log(span / (16 - span));
  parameter_of(*layer, "span").assign(Tensor::full({2}, static_cast<Real>(u)));
  return layer;
}

Tensor weights_of(const AdaptiveSpan& layer, const Tensor& x) {
  const MapRecorder recorder;
  layer.mix({.x = x});
  return recorder.maps().back().weights;  // (B, 2, T, T)
}

}  // namespace

BOOST_AUTO_TEST_SUITE(adaptive_span)

BOOST_AUTO_TEST_CASE(ramp_falls_from_one_to_zero) {
  const Tensor ramp = span_ramp(Tensor({2}, {2, 0}), 4, 1, 8);  // the query stands at 7
  const std::vector<Real> far{0, 0, 0.25, 0.5, 0.75, 1, 1, 1}, near{0, 0, 0, 0, 0.25, 0.5, 0.75, 1};
  BOOST_TEST(distance(ramp, concat({Tensor({1, 1, 8}, far), Tensor({1, 1, 8}, near)}, 0)) < 1e-15);
  // Not causal: the same to both sides.
  const Tensor both = span_ramp(Tensor({1}, {0}), 2, 3, 3);
  BOOST_TEST(distance(both, Tensor({1, 3, 3}, {1, 0.5, 0, 0.5, 1, 0.5, 0, 0.5, 1})) < 1e-15);
}

// The same scores with softmax over the past: q . k and q . r, spelled out.
BOOST_AUTO_TEST_CASE(adaptive_span_of_all_is_full) {
  const auto layer = layer_with(16);
  const Tensor x = sample({2, 9, 12}, 1);
  const Tensor packed = linear(x, parameter_of(*layer, "in_proj_weight"),
                               parameter_of(*layer, "in_proj_bias"));
  const auto heads = [&](Index third) {
    return split_heads(slice(packed, 2, 12 * third, 12 * (third + 1)), 2);
  };
  const Tensor q = heads(0), k = heads(1), v = heads(2);
  const Tensor r = parameter_of(*layer, "distance.weight");  // (33, 6)
  std::vector<std::int32_t> rows;
  for (std::int32_t i = 0; i < 9; ++i) {
    for (std::int32_t j = 0; j < 9; ++j) rows.push_back(16 + j - i);
  }
  const Tensor vectors = reshape(index_select(r, Indices(rows)), {9, 9, 6});
  const Tensor apart = sum(unsqueeze(q, 3) * vectors, {-1});
  const Tensor scores = (dot(q, k) + apart) * (1 / std::sqrt(6.0));
  const Tensor y = combine(softmax_over(scores, causal().expand(9, 9)), v);
  const Tensor expected = linear(merge_heads(y), parameter_of(*layer, "out_proj.weight"),
                                 parameter_of(*layer, "out_proj.bias"));
  BOOST_TEST(distance(layer->mix({.x = x}).y, expected) < tiny);
  BOOST_TEST(distance(layer_with(3)->mix({.x = x}).y, expected) > 1e-3);
}

BOOST_AUTO_TEST_CASE(no_span_leaves_the_ramp) {
  const Tensor x = sample({1, 9, 12}, 2);
  const Tensor weights = weights_of(*layer_with(0), x), all = weights_of(*layer_with(16), x);
  for (Index i = 0; i < 9; ++i) {
    double total = 0;  // of the full weights under the ramp, in head 1
    const auto at = [&](const Tensor& w, Index j) {
      return static_cast<double>(w.data()[(9 + i) * 9 + j]);
    };
    const auto ramp = [&](Index j) {
      return j > i ? 0 : std::max(0.0, 1 - static_cast<double>(i - j) / 4);
    };
    for (Index j = 0; j < 9; ++j) total += ramp(j) * at(all, j);
    for (Index j = 0; j < 9; ++j) {
      BOOST_TEST(std::abs(at(weights, j) - ramp(j) * at(all, j) / total) < tiny);
      BOOST_TEST((at(weights, j) > 0) == (j <= i && i - j < 4));
    }
  }
}

BOOST_AUTO_TEST_CASE(gradient_of_the_span_lives_on_the_ramp) {
  const auto ramp = [](const std::vector<Tensor>& x) { return span_ramp(x[0], 4, 9, 9); };
  BOOST_CHECK_NO_THROW(gradcheck("span_ramp", ramp, {Tensor({2}, {2.5, 0.3})}));
  const Tensor x = sample({1, 9, 12}, 3);
  const auto slope = [&](double span) {
    const auto layer = layer_with(span);
    return largest(grad({sum(square(layer->mix({.x = x}).y))}, {parameter_of(*layer, "span")})[0]);
  };
  BOOST_TEST(slope(3) > 1e-6);
  BOOST_TEST(slope(15) == 0.0);  // nine positions: the ramp begins beyond them
}

BOOST_AUTO_TEST_CASE(spans_are_paid_for) {
  const auto layer = layer_with(5);
  const Mixed mixed = layer->mix({.x = sample({1, 4, 12}, 4)});
  BOOST_TEST(distance(layer->spans(), Tensor({2}, {5, 5})) < tiny);
  BOOST_TEST(std::abs(static_cast<double>(mixed.auxiliary.item()) - 10 * 1e-3) < tiny);
}

BOOST_AUTO_TEST_CASE(wrong_options_are_refused) {
  Generator rng(1);
  const auto build = [&](Index most, double ramp, double price) {
    AdaptiveSpan({.width = 12, .most = most, .ramp = ramp, .price = price}, rng);
  };
  BOOST_CHECK_EXCEPTION(build(0, 4, 0), ValueError, [](const ValueError& error) {
    return std::string(error.what()) ==
           "[adaptive] the longest span must be at least 1: 0\nhint: the longest sequence that it "
           "will meet";
  });
  BOOST_CHECK_EXCEPTION(build(4, 0, -1), ValueError, [](const ValueError& error) {
    return std::string(error.what()) ==
           "[adaptive] ramp must be positive and price not negative: 0, -1";
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
