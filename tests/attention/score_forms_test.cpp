// Bilinear and location scores, and dot products without projections: the checks of their rows
// beyond the laws.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/dense/bilinear.h"
#include "attention/dense/location.h"
#include "attention/maps.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;

}  // namespace

BOOST_AUTO_TEST_SUITE(score_forms)

BOOST_AUTO_TEST_CASE(bilinear_with_the_unit_matrix_is_dot) {
  const Tensor q = sample({2, 4, 6}, 1), k = sample({2, 5, 6}, 2);
  BOOST_TEST(distance(bilinear(q, k, Tensor::eye(6)), dot(q, k)) < tiny);
  BOOST_TEST(distance(bilinear(q, k, Tensor::eye(6) * (1 / std::sqrt(6.0))), scaled_dot(q, k)) <
             tiny);
  Generator rng(1);
  const Bilinear layer({.query_width = 6, .memory_width = 6}, rng);
  parameter_of(layer, "weight").assign(Tensor::eye(6));
  const Subject plain(find("dot"), {.width = 6}, true, {{"projections", 0}});
  BOOST_TEST(plain.mixer().parameter_count() == 0);
  BOOST_TEST(distance(layer.mix({.x = q, .context = k}).y, plain({.x = q, .context = k})) < tiny);
}

BOOST_AUTO_TEST_CASE(bilinear_of_low_rank_is_a_projected_dot) {
  Generator rng(1);
  const Bilinear low({.query_width = 6, .memory_width = 4, .rank = 2}, rng);
  const Bilinear full({.query_width = 6, .memory_width = 4}, rng);
  const Tensor u = parameter_of(low, "left"), v = parameter_of(low, "right");
  parameter_of(full, "weight").assign(matmul(u, v, {.transpose_b = true}).detach());
  const Tensor q = sample({2, 4, 6}, 3), memory = sample({2, 5, 4}, 4);
  BOOST_TEST(distance(low.attend(q, memory).y, full.attend(q, memory).y) < tiny);
  BOOST_TEST(low.parameter_count() == 20);
}

BOOST_AUTO_TEST_CASE(score_with_an_antisymmetric_matrix_of_itself_is_zero) {
  const Tensor q = sample({5, 6}, 5), w = sample({6, 6}, 6);
  const Tensor own = bilinear(q, q, w - transpose(w));  // (5, 5)
  for (Index i = 0; i < 5; ++i) BOOST_TEST(std::abs(own.data()[6 * i]) < tiny);
  BOOST_TEST(std::abs(own.data()[1]) > 0.01);
  // d (q^T w k) / d w = q k^T.
  Tensor matrix(Shape{6, 3}, sample({6, 3}, 7).values());
  matrix.require_grad();
  const Tensor one = slice(q, 0, 0, 1), k = sample({1, 3}, 8);
  const Tensor slope = grad({sum(bilinear(one, k, matrix))}, {matrix})[0];
  BOOST_TEST(distance(slope, matmul(transpose(one), k)) < tiny);
}

BOOST_AUTO_TEST_CASE(widths_that_do_not_fit_are_refused) {
  BOOST_CHECK_EXCEPTION(bilinear(sample({2, 6}, 1), sample({2, 4}, 1), sample({4, 6}, 1)),
                        ShapeError, [](const ShapeError& error) {
                          return std::string(error.what()) ==
                                 "[bilinear] w must be (6, 4), as wide as q and k: got (4, 6)";
                        });
  Generator rng(1);
  BOOST_CHECK_THROW(Bilinear({.query_width = 6, .memory_width = 4, .rank = -1}, rng), ValueError);
}

BOOST_AUTO_TEST_CASE(location_of_one_hot_queries_is_a_table) {
  Generator rng(1);
  const Location layer({.query_width = 5, .memory_width = 3, .places = 8}, rng);
  const Tensor table = transpose(parameter_of(layer, "places"));  // (5, 8)
  const Tensor memory = sample({2, 6, 3}, 9);
  const Attended at = layer.attend(expand(Tensor::eye(5), {2, 5, 5}), memory);
  const Tensor rows = softmax_over(slice(table, 1, 0, 6), {});  // (5, 6)
  BOOST_TEST(distance(at.weights, expand(rows, {2, 1, 5, 6})) < tiny);
  BOOST_TEST(distance(at.y, combine(rows, memory)) < tiny);
}

BOOST_AUTO_TEST_CASE(location_without_places_is_the_mean) {
  Generator rng(1);
  const Location layer({.query_width = 5, .memory_width = 3, .places = 8}, rng);
  const Tensor q = sample({2, 4, 5}, 3), memory = sample({2, 6, 3}, 9);
  const Tensor even = expand(mean(memory, {1}, true), {2, 4, 3});
  BOOST_TEST(distance(layer.attend(q, memory).y, even) > 0.01);
  parameter_of(layer, "places").assign(Tensor::zeros({8, 5}));
  BOOST_TEST(distance(layer.attend(q, memory).y, even) < tiny);
}

BOOST_AUTO_TEST_CASE(location_knows_its_places_only) {
  Generator rng(1);
  const Location layer({.query_width = 5, .memory_width = 3, .places = 4}, rng);
  BOOST_CHECK_THROW(layer.attend(sample({2, 5, 5}, 1), sample({2, 6, 3}, 1)), ShapeError);
  BOOST_CHECK_EXCEPTION(find("location").make({.width = 8}, rng), ValueError,
                        [](const ValueError& error) {
                          return std::string(error.what()) ==
                                 "[location] needs at least one place: 0\nhint: the longest memory "
                                 "that it will meet";
                        });
}

// Seen from a mixer: the keys have no influence on the weights.
BOOST_AUTO_TEST_CASE(location_weights_do_not_depend_on_the_memory) {
  Generator rng(1);
  const Location layer({.query_width = 5, .memory_width = 3, .places = 6}, rng);
  const Tensor q = sample({2, 4, 5}, 10);
  Tensor memory(Shape{2, 6, 3}, sample({2, 6, 3}, 11).values());
  memory.require_grad();
  const Tensor weights = layer.attend(q, memory).weights;
  BOOST_TEST(largest(grad({sum(square(weights))}, {memory})[0]) == 0.0);
  BOOST_TEST(bitwise_equal(weights, layer.attend(q, sample({2, 6, 3}, 12)).weights));
}

// Item-wise attention, soft or hard, follows its items when they move; location-wise does not look.
BOOST_AUTO_TEST_CASE(item_wise_weights_follow_their_items_and_location_wise_ones_stay) {
  const std::vector<std::int32_t> order{3, 0, 4, 1, 2};
  const Tensor q = sample({2, 3, width}, 15), items = sample({2, 5, width}, 16);
  const auto weights_over = [&](const char* name, const Tensor& context) {
    const Subject subject(find(name), small_config());
    const MapRecorder recorder;
    subject({.x = q, .context = context});
    return transpose(select(recorder.maps().at(0).weights, 1, 0));  // (B, S, T)
  };
  for (const char* name : {"additive", "bilinear", "cosine", "kernel", "hard"}) {
    const Tensor before = weights_over(name, items);
    BOOST_TEST(distance(weights_over(name, permuted(items, order)), permuted(before, order)) < tiny,
               name);
  }
  const Tensor before = weights_over("location", items);
  BOOST_TEST(distance(weights_over("location", permuted(items, order)), before) == 0.0);
  BOOST_TEST(distance(permuted(before, order), before) > 1e-3);
}

BOOST_AUTO_TEST_CASE(squared_distance_is_that_of_the_differences) {
  const Tensor q = sample({2, 4, 3}, 13), k = sample({2, 5, 3}, 14);
  const Tensor apart = reshape(q, {2, 4, 1, 3}) - reshape(k, {2, 1, 5, 3});
  BOOST_TEST(distance(squared_distance(q, k), sum(square(apart), {-1})) < tiny);
  const Tensor own = squared_distance(q, q);
  for (const Real d : own.values()) BOOST_TEST(d >= 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
