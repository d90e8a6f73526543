// The attention that the README shows how to write: it computes what it says, its derivatives are
// right, and it trains.
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "attention/dense/recency.h"
#include "attention/masks.h"
#include "autograd/gradcheck.h"
#include "nn/losses.h"
#include "optim/adamw.h"

namespace heed::inline HEED_REAL {

namespace {

constexpr Index width = 4;

double distance(const Tensor& a, const Tensor& b) {
  return std::sqrt(static_cast<double>(sum(square(a - b)).item()));
}

// sum_j softmax_j(q_i . k_j / sqrt(C) - slope |i - j|) v_j in plain loops, one sequence.
std::vector<double> by_hand(const Tensor& q, const Tensor& k, const Tensor& v, double slope) {
  const Index length = q.dim(0);
  std::vector<double> y(static_cast<std::size_t>(length * width), 0);
  for (Index i = 0; i < length; ++i) {
    std::vector<double> weight(static_cast<std::size_t>(length));
    double total = 0;
    for (Index j = 0; j < length; ++j) {
      double score = 0;
      for (Index c = 0; c < width; ++c) score += q.data()[i * width + c] * k.data()[j * width + c];
      score = score / std::sqrt(double{width}) - slope * static_cast<double>(std::abs(i - j));
      weight[static_cast<std::size_t>(j)] = std::exp(score);
      total += weight[static_cast<std::size_t>(j)];
    }
    for (Index j = 0; j < length; ++j) {
      for (Index c = 0; c < width; ++c) {
        y[static_cast<std::size_t>(i * width + c)] +=
            weight[static_cast<std::size_t>(j)] / total * v.data()[j * width + c];
      }
    }
  }
  return y;
}

Tensor parameter(const nn::Module& module, const std::string& name) {
  for (const Parameter& p : module.parameters()) {
    if (p.name == name) return p.value;
  }
  throw ValueError("no parameter " + name);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(readme)

BOOST_AUTO_TEST_CASE(recency_computes_its_formula) {
  Generator rng(1);
  const attention::Recency recency(width, 1, rng);
  const Tensor x = rng.normal({1, 5, width});
  const Tensor packed =
      linear(x, parameter(recency, "in_proj_weight"), parameter(recency, "in_proj_bias"));
  const auto third = [&](Index i) {
    return reshape(slice(packed, 2, i * width, (i + 1) * width), {5, width});
  };
  const std::vector<double> heads = by_hand(third(0), third(1), third(2), 1.0);
  const Tensor expected =
      linear(Tensor({1, 5, width}, std::vector<Real>(heads.begin(), heads.end())),
             parameter(recency, "out_proj.weight"), parameter(recency, "out_proj.bias"));
  const Tensor y = recency.mix({.x = x}).y;
  BOOST_TEST_REQUIRE(y.size() == 5 * width);
  for (Index i = 0; i < y.size(); ++i) {
    BOOST_TEST(std::abs(y.data()[i] - expected.data()[i]) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(recency_has_right_derivatives) {
  Generator rng(2);
  const attention::Recency recency(width, 1, rng);
  const Tensor x = rng.normal({2, 3, width});
  gradcheck("recency", [&](const std::vector<Tensor>& in) { return recency.mix({.x = in[0]}).y; },
            {x});
}

BOOST_AUTO_TEST_CASE(recency_does_not_look_at_padding) {
  Generator rng(3);
  const attention::Recency recency(width, 1, rng);
  const Tensor x = rng.normal({1, 4, width});
  const Tensor other = concat({slice(x, 1, 0, 3), rng.normal({1, 1, width})}, 1);
  const Mask mask = attention::padding({3}, 4);
  const Tensor a = slice(recency.mix({.x = x, .mask = mask}).y, 1, 0, 3);
  const Tensor b = slice(recency.mix({.x = other, .mask = mask}).y, 1, 0, 3);
  const Tensor unmasked = slice(recency.mix({.x = other}).y, 1, 0, 3);
  BOOST_TEST(distance(a, b) == 0);
  BOOST_TEST(distance(a, unmasked) > 1e-3);
}

BOOST_AUTO_TEST_CASE(recency_learns_to_look_further) {
  Generator rng(4);
  const attention::Recency recency(width, 1, rng);
  optim::AdamW optimizer(recency.parameters(), {.lr = 0.02, .weight_decay = 0});
  const Tensor x = rng.normal({16, 6, width});
  const Tensor wanted = expand(mean(x, {1}, true), x.shape());  // needs a slope of 0
  double first = 0;
  double last = 0;
  for (int step = 0; step < 300; ++step) {
    const Tensor loss = nn::mse(recency.mix({.x = x}).y, wanted);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    last = static_cast<double>(loss.item());
    if (step == 0) first = last;
  }
  BOOST_TEST(last < first / 20);
  BOOST_TEST(std::abs(parameter(recency, "slope").item()) < 0.2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed::inline HEED_REAL
