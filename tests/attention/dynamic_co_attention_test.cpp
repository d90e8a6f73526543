// Dynamic co-attention, which is no mixer: one matrix of scores read both ways, sentinels, padding.
#include <boost/test/unit_test.hpp>

#include "attention/pairs/dynamic_co_attention.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/slopes.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-13;
constexpr Index width = 6;

std::unique_ptr<DynamicCoAttention> layer(bool sentinels) {
  Generator rng(7);
  auto made = std::make_unique<DynamicCoAttention>(
      DynamicCoAttentionOptions{.width = width, .sentinels = sentinels}, rng);
  for (const Parameter& own : made->parameters()) {
    own.value.assign(rng.normal(own.value.shape(), 0, 0.6));
  }
  return made;
}

struct Sets {
  Tensor a = sample({2, 5, width}, 1), b = sample({2, 3, width}, 2);
};

// The items of a set as columns, with the sentinel last, as the paper has them: (C, N + 1).
Tensor columns(const DynamicCoAttention& layer, const Tensor& items, const char* sentinel,
               bool sentinels) {
  if (!sentinels) return transpose(items);
  return transpose(concat({items, reshape(parameter_of(layer, sentinel), {1, width})}, 0));
}

// C^D = [Q, C^Q] A^D of one sample, (2 C, N).
Tensor by_paper(const DynamicCoAttention& layer, const Sets& in, Index s, bool sentinels) {
  const Tensor question =
      tanh(linear(select(in.b, 0, s), parameter_of(layer, "project.weight"),
                  parameter_of(layer, "project.bias")));
  const Tensor d = columns(layer, select(in.a, 0, s), "sentinel_a", sentinels),
               q = columns(layer, question, "sentinel_b", sentinels);
  const Tensor l = matmul(transpose(d), q);         // (N + 1, T + 1)
  const Tensor a_q = transpose(softmax(transpose(l))), a_d = transpose(softmax(l));
  const Tensor c_q = matmul(d, a_q);                // (C, T + 1)
  return slice(matmul(concat({q, c_q}, 0), a_d), 1, 0, in.a.dim(1));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dynamic_co_attention)

BOOST_AUTO_TEST_CASE(dcn_is_what_the_paper_writes) {
  for (const bool sentinels : {true, false}) {
    const auto made = layer(sentinels);
    const Sets in;
    const BothWays found = (*made)(in.a, in.b);
    for (Index s = 0; s < 2; ++s) {
      const Tensor expected = transpose(by_paper(*made, in, s, sentinels));
      BOOST_TEST(distance(select(found.a.y, 0, s), expected) < tiny);
    }
  }
}

// Rows and columns of one L: softmax leaves the differences of scores, and those of both weights
// are the same.
BOOST_AUTO_TEST_CASE(both_weights_are_of_one_matrix) {
  const Sets in;
  const BothWays found = (*layer(false))(in.a, in.b);
  const Tensor by_rows = log(found.a.weights), by_columns = transpose(log(found.b.weights));
  // (log alpha - log beta)_nt is a part of row n and a part of column t: its mixed differences are
  // 0.
  const Tensor both = by_rows - by_columns;  // (2, 5, 3)
  const Tensor along = slice(both, 1, 1, 5) - slice(both, 1, 0, 4);
  BOOST_TEST(largest(slice(along, 2, 1, 3) - slice(along, 2, 0, 2)) < 1e-12);
  BOOST_TEST(distance(sum(found.a.weights, {2}), Tensor::ones({2, 5})) < tiny);
  BOOST_TEST(distance(sum(found.b.weights, {2}), Tensor::ones({2, 3})) < tiny);
  BOOST_TEST(distance(found.a.weights, transpose(found.b.weights)) > 0.01);
}

BOOST_AUTO_TEST_CASE(dcn_of_one_question_gives_it_to_all) {
  const Tensor a = sample({2, 5, width}, 3), b = sample({2, 1, width}, 4);
  const auto said = [&](bool sentinels) {
    const auto made = layer(sentinels);
    const BothWays found = (*made)(a, b);
    const Tensor question = tanh(linear(b, parameter_of(*made, "project.weight"),
                                        parameter_of(*made, "project.bias")));
    return distance(found.a.y, expand(concat({question, found.b.y}, 2), {2, 5, 2 * width}));
  };
  BOOST_TEST(said(false) < tiny);
  BOOST_TEST(said(true) > 0.01);
}

BOOST_AUTO_TEST_CASE(permuting_a_set_permutes_its_rows_and_leaves_the_others) {
  const auto made = layer(true);
  const Sets in;
  const std::vector<std::int32_t> order{3, 0, 4, 2, 1};
  const BothWays found = (*made)(in.a, in.b), moved = (*made)(permuted(in.a, order), in.b);
  BOOST_TEST(distance(moved.a.y, permuted(found.a.y, order)) < tiny);
  BOOST_TEST(distance(moved.a.y, found.a.y) > 0.01);
  BOOST_TEST(distance(moved.b.y, found.b.y) < tiny);
  const BothWays asked = (*made)(in.a, permuted(in.b, {2, 0, 1}));
  BOOST_TEST(distance(asked.b.y, permuted(found.b.y, {2, 0, 1})) < tiny);
  BOOST_TEST(distance(asked.a.y, found.a.y) < tiny);
}

// What finds nothing that fits looks at the sentinel.
BOOST_AUTO_TEST_CASE(a_sentinel_is_looked_at_where_nothing_else_fits) {
  const auto made = layer(true);
  const Sets in;
  parameter_of(*made, "sentinel_b").assign(Tensor({1, 1, width}, {100, 0, 0, 0, 0, 0}));
  std::vector<Real> numbers(in.a.values().begin(), in.a.values().end());
  for (std::size_t i = 0; i < numbers.size(); i += static_cast<std::size_t>(width)) numbers[i] = 1;
  const BothWays found = (*made)(Tensor({2, 5, width}, numbers), in.b);
  BOOST_TEST(distance(slice(found.a.weights, 2, 3, 4), Tensor::ones({2, 5, 1})) < 1e-9);
}

BOOST_AUTO_TEST_CASE(padding_of_either_side_does_nothing) {
  for (const bool sentinels : {true, false}) {
    const auto made = layer(sentinels);
    const Sets in;
    Tensor a = concat({in.a, sample({2, 2, width}, 5) * 50.0}, 1).detach();
    Tensor b = concat({in.b, sample({2, 1, width}, 6) * 50.0}, 1).detach();
    a.require_grad();
    b.require_grad();
    const BothWays alone = (*made)(in.a, in.b),
                   inside = (*made)(a, b, padding({5, 5}, 7).reshape({2, 7}),
                                    padding({3, 3}, 4).reshape({2, 4}));
    const Tensor y = slice(inside.a.y, 1, 0, 5), z = slice(inside.b.y, 1, 0, 3);
    BOOST_TEST(distance(alone.a.y, y) < tiny);
    BOOST_TEST(distance(alone.b.y, z) < tiny);
    const auto slopes = grad({sum(square(y)) + sum(square(z))}, {a, b});
    BOOST_TEST(largest(slice(slopes[0], 1, 5, 7)) == 0.0);
    BOOST_TEST(largest(slice(slopes[1], 1, 3, 4)) == 0.0);
  }
}

BOOST_AUTO_TEST_CASE(derivatives_of_dcn) {
  for (const bool sentinels : {true, false}) {
    const auto made = layer(sentinels);
    const Sets in;
    const auto loss = [&](const Tensor& a, const Tensor& b) {
      const BothWays found = (*made)(a, b, padding({5, 4}, 5).reshape({2, 5}));
      return sum(square(found.a.y)) + sum(square(found.b.y));
    };
    gradcheck("dcn", [&](const std::vector<Tensor>& v) { return loss(v[0], v[1]); },
              {in.a, in.b});
    BOOST_TEST(deviation([&] { return loss(in.a, in.b); }, *made) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(both_ways_are_published) {
  const Sets in;
  const MapRecorder recorder;
  (*layer(true))(in.a, in.b);
  BOOST_TEST_REQUIRE(recorder.maps().size() == 2u);
  BOOST_TEST(recorder.maps()[0].weights.shape() == (Shape{2, 1, 6, 4}));
  BOOST_TEST(recorder.maps()[1].weights.shape() == (Shape{2, 1, 4, 6}));
}

BOOST_AUTO_TEST_CASE(sides_that_do_not_fit_are_refused) {
  const auto made = layer(true);
  const Sets in;
  BOOST_CHECK_EXCEPTION((*made)(in.a, sample({2, 3, 4}, 1)), ShapeError,
                        [](const ShapeError& error) {
                          return std::string(error.what()) ==
                                 "[dcn] b must be (B, T, C) = (2, any, 6), got (2, 3, 4)";
                        });
  BOOST_CHECK_THROW((*made)(in.a, in.b, padding({5, 5}, 5)), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
