// Who speaks when something goes wrong: the operation that the user called, not one inside it.
#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "autograd/anomaly.h"
#include "autograd/calling.h"
#include "autograd/ops.h"
#include "nn/batch_norm.h"
#include "nn/distance.h"
#include "nn/embedding.h"
#include "nn/group_norm.h"
#include "nn/instance_norm.h"
#include "nn/losses.h"
#include "nn/rotary.h"
#include "nn/similarity.h"

namespace heed_test {
namespace {

using namespace heed;

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing";
}

struct Wrong {
  std::string name;
  std::function<void()> call;
};

// Wrong uses that an operation inside notices.
std::vector<Wrong> wrong_uses() {
  const Tensor x = Tensor::ones({2, 3}), y = Tensor::ones({2, 4});
  return {
      {"std", [=] { heed::std(x, 5); }},
      {"var", [=] { var(x, {0, 7}); }},
      {"mean", [=] { mean(x, 5); }},
      {"median", [=] { median(x, 5); }},
      {"normalize", [=] { nn::normalize(x, 5); }},
      {"cosine_similarity", [=] { nn::cosine_similarity(x, y); }},
      {"pairwise_distance", [=] { nn::pairwise_distance(x, y); }},
      {"glu", [=] { glu(x, 3); }},
      {"einsum", [=] { einsum("ij,ij->i", {x, y}); }},
      {"softmax", [=] { softmax(x, 2); }},
      {"cumsum", [=] { cumsum(x, 2, false, true); }},
      {"cross_entropy", [=] { cross_entropy(x, Indices({0, 1, 2}), {.axis = 5}); }},
      {"nll", [=] { nn::nll(x, Indices({0, 1, 2}), {.axis = 5}); }},
      {"fft2", [=] { fft2(x); }},
      {"scatter", [=] { scatter(x, Indices(Shape{1, 1}, {7}), x, 0); }},
      {"solve", [=] { solve(x, y); }},
  };
}

// What is made of several operations, by x (3, 4) of positive numbers.
struct Composed {
  std::string name;
  std::function<Tensor(const Tensor&)> call;
};
std::vector<Composed> composed() {
  const Tensor target = Tensor::full({3, 4}, Real(0.25));
  const Indices labels({0, 1, 2});
  return {
      {"mse", [=](const Tensor& x) { return nn::mse(x, target); }},
      {"l1", [=](const Tensor& x) { return nn::l1(x, target); }},
      {"huber", [=](const Tensor& x) { return nn::huber(x, target); }},
      {"smooth_l1", [=](const Tensor& x) { return nn::smooth_l1(x, target); }},
      {"binary_cross_entropy",
       [=](const Tensor& x) { return nn::binary_cross_entropy(x, target); }},
      {"binary_cross_entropy_with_logits",
       [=](const Tensor& x) { return nn::binary_cross_entropy_with_logits(x, target); }},
      {"nll", [=](const Tensor& x) { return nn::nll(x, labels); }},
      {"kl_div", [=](const Tensor& x) { return nn::kl_div(x, target); }},
      {"multi_margin", [=](const Tensor& x) { return nn::multi_margin(x, labels); }},
      {"pairwise_distance", [=](const Tensor& x) { return nn::pairwise_distance(x, target); }},
      {"triplet_margin",
       [=](const Tensor& x) { return nn::triplet_margin(x, target, -target); }},
      {"cosine_similarity", [=](const Tensor& x) { return nn::cosine_similarity(x, target); }},
      {"normalize", [=](const Tensor& x) { return nn::normalize(x); }},
      {"info_nce", [=](const Tensor& x) { return nn::info_nce(x, target); }},
      {"std", [=](const Tensor& x) { return heed::std(x, 1); }},
      {"mean", [=](const Tensor& x) { return mean(x); }},
      {"var", [=](const Tensor& x) { return var(x, {0}); }},
      {"selu", [=](const Tensor& x) { return selu(x); }},
      {"group_norm", [=](const Tensor& x) { return nn::group_norm(x, 2, {}, {}, 1e-5); }},
      {"BatchNorm", [norm = std::make_shared<nn::BatchNorm>(4)](
                        const Tensor& x) { return (*norm)(x); }},
      {"Rotary", [turn = std::make_shared<nn::Rotary>(5, 4)](
                     const Tensor& x) { return (*turn)(x); }},
      {"median", [=](const Tensor& x) { return median(x, 0); }},
      {"glu", [=](const Tensor& x) { return glu(x); }},
      {"alpha_dropout",
       [=](const Tensor& x) {
         Generator rng(1);
         return alpha_dropout(x, 0.5, rng);
       }},
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(calling)

BOOST_AUTO_TEST_CASE(errors_begin_with_what_was_called) {
  for (const Wrong& wrong : wrong_uses()) {
    const std::string message = message_of(wrong.call);
    BOOST_TEST(message.starts_with("[" + wrong.name + "] "), wrong.name << ": " << message);
  }
}

BOOST_AUTO_TEST_CASE(a_second_backward_names_what_was_called) {
  for (const Composed& c : composed()) {
    const Tensor x = Generator(1).uniform({3, 4}, 0.1, 0.9).require_grad();
    const Tensor y = sum(c.call(x));
    y.backward();
    const std::string message = message_of([&] { y.backward(); });
    // The sum is the last of all, so it is what refuses; the operations before it are named alike.
    BOOST_TEST(message.starts_with("[backward] a second time through sum"), message);
    const Tensor z = c.call(x);
    const Tensor g = Tensor::ones(z.shape());
    z.backward(g);
    const std::string own = message_of([&] { z.backward(g); });
    BOOST_TEST(own.starts_with("[backward] a second time through " + c.name), own);
    BOOST_TEST(own.find("add several losses up") != std::string::npos, own);
  }
}

BOOST_AUTO_TEST_CASE(an_anomaly_names_both) {
  const AnomalyGuard guard;
  const Tensor nothing = Tensor::zeros({2, 3});
  const std::string message =
      message_of([&] { nn::kl_div(nothing, log(Tensor::ones({2, 3})) - 1); });
  BOOST_TEST(message.starts_with("[kl_div: log] forward: the output (2, 3)"), message);
  const Tensor x = Tensor::zeros({2, 3}).require_grad();
  const std::string alone = message_of([&] { sum(sqrt(x)).backward(); });
  BOOST_TEST(alone.starts_with("[sqrt] backward:"), alone);
}

BOOST_AUTO_TEST_CASE(of_several_the_outermost_speaks) {
  const auto inner = [] {
    const Calling calling("inner");
    throw ValueError("[deep] no");
  };
  BOOST_TEST(message_of(inner) == "[inner] no");
  BOOST_TEST(message_of([&] {
               const Calling calling("outer");
               inner();
             }) == "[outer] no");
  BOOST_TEST(message_of(inner) == "[inner] no");
  BOOST_TEST(message_of([] { throw ValueError("[deep] no"); }) == "[deep] no");
}

BOOST_AUTO_TEST_CASE(embedding_speaks_of_tokens) {
  Generator rng(1);
  const nn::Embedding embedding(5, 2, rng);
  BOOST_TEST(message_of([&] { embedding(Indices({0, 5})); }) ==
             "[Embedding] token 5 at position 1 is outside [0, 5), the vocabulary");
  BOOST_TEST(message_of([&] { embedding(Indices({-1})); }) ==
             "[Embedding] token -1 at position 0 is outside [0, 5), the vocabulary");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
