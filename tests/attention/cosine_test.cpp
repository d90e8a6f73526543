// Cosine attention: the checks of its row beyond the laws.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/core.h"
#include "attention/dense/cosine.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "nn/similarity.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

}  // namespace

BOOST_AUTO_TEST_SUITE(cosines)

BOOST_AUTO_TEST_CASE(cosine_of_unit_vectors_is_dot) {
  const Tensor q = nn::normalize(sample({2, 5, 4}, 1)), k = nn::normalize(sample({2, 6, 4}, 2));
  BOOST_TEST(distance(cosine(q, k), dot(q, k)) < 1e-14);
  const Tensor v = sample({2, 6, 3}, 3);
  const auto times_ten = [](auto score) {
    return [score](const Tensor& a, const Tensor& b) { return score(a, b) * 10; };
  };
  BOOST_TEST(distance(attend(q, k, v, {}, times_ten(cosine), softmax_over).y,
                      attend(q, k, v, {}, times_ten(dot), softmax_over).y) < 1e-13);
  BOOST_TEST(distance(cosine(q * 2, k), dot(q * 2, k)) > 0.1);
}

BOOST_AUTO_TEST_CASE(lengths_do_not_count) {
  const Tensor q = sample({5, 4}, 1), k = sample({6, 4}, 2);
  const Tensor of_q = exp(sample({5, 1}, 3) * 3), of_k = exp(sample({6, 1}, 4) * 3);
  BOOST_TEST(distance(cosine(q * of_q, k * of_k), cosine(q, k)) < 1e-14);
  // So the derivative along the vector itself is 0.
  Tensor leaf(q.shape(), q.values());
  leaf.require_grad();
  const Tensor g = grad({sum(square(cosine(leaf, k)))}, {leaf})[0];
  BOOST_TEST(largest(sum(g * q, {-1})) < 1e-13);
  BOOST_TEST(largest(g) > 0.1);
}

BOOST_AUTO_TEST_CASE(no_score_is_above_the_scale) {
  const Tensor x = sample({40, 3}, 5) * 1e3;
  BOOST_TEST(largest(cosine(x, x)) <= 1 + 1e-15);
  BOOST_TEST(largest(cosine(x, x)) >= 1 - 1e-15);  // of a vector with itself
}

BOOST_AUTO_TEST_CASE(a_vector_of_zeros_has_no_angle) {
  Tensor q = Tensor::zeros({2, 4});
  q.require_grad();
  const Tensor scores = cosine(q, sample({3, 4}, 6));
  BOOST_TEST(largest(scores) == 0.0);
  BOOST_TEST(finite(grad({sum(scores)}, {q})[0]));
}

BOOST_AUTO_TEST_CASE(derivatives_of_the_scores) {
  gradcheck("cosine", [](const std::vector<Tensor>& x) { return cosine(x[0], x[1]); },
            {sample({3, 4}, 7), sample({2, 4}, 8)});
}

// One scale a head, at the start as the option says, and learned.
BOOST_AUTO_TEST_CASE(the_scale_starts_as_told_and_has_a_gradient) {
  const Subject subject(find("cosine"), {.width = 6, .heads = 2}, true, {{"scale", 4}});
  const Tensor scale = parameter_of(subject.mixer(), "logit_scale");
  BOOST_TEST(distance(exp(scale), Tensor::full({2, 1, 1}, 4)) < 1e-12);
  const Tensor x = sample({2, 5, 6}, 9);
  BOOST_TEST(largest(grad({sum(square(subject(x)))}, {scale})[0]) > 1e-6);
  MapRecorder recorder;
  subject(x);
  scale.assign(Tensor::full({2, 1, 1}, -40));  // no angle counts
  subject(x);
  BOOST_TEST(distance(recorder.maps()[0].weights, recorder.maps()[1].weights) > 0.01);
  BOOST_TEST(distance(recorder.maps()[1].weights, Tensor::full({2, 2, 5, 5}, Real(0.2))) < 1e-14);
}

BOOST_AUTO_TEST_CASE(a_scale_of_zero_is_refused) {
  Generator rng(1);
  BOOST_CHECK_EXCEPTION(Cosine({.width = 4, .scale = 0}, rng), ValueError,
                        [](const ValueError& error) {
                          return std::string(error.what()) ==
                                 "[cosine] scale must be above 0: 0";
                        });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
