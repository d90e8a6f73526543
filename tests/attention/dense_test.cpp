// Multi-head, self, cross and causal attention: the checks of their rows beyond the laws.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/dense/multi_head.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;

Subject subject_of(const char* name, Index heads, bool is_causal = false) {
  return Subject(find(name), {.width = 6, .heads = heads, .causal = is_causal});
}

// Rows (or columns, axis 1) of `w` in blocks of `size`, blocks in the given order.
Tensor reordered(const Tensor& w, int axis, Index size, const std::vector<Index>& order) {
  std::vector<Tensor> blocks;
  for (const Index block : order)
    blocks.push_back(slice(w, axis, block * size, (block + 1) * size));
  return concat(blocks, axis).detach();
}

// w with one block of rows (or columns) at 0.
Tensor without_block(const Tensor& w, int axis, Index from, Index to) {
  std::vector<Tensor> parts;
  if (from > 0) parts.push_back(slice(w, axis, 0, from));
  parts.push_back(slice(w, axis, from, to) * 0);
  if (to < w.dim(axis)) parts.push_back(slice(w, axis, to, w.dim(axis)));
  return concat(parts, axis).detach();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(multi_head)

BOOST_AUTO_TEST_CASE(multi_head_with_one_head_is_single_head) {
  const Subject one = subject_of("multihead", 1);
  const Tensor x = sample({2, 5, 6}, 1);
  const Tensor packed = linear(x, parameter_of(one.mixer(), "in_proj_weight"),
                               parameter_of(one.mixer(), "in_proj_bias"));
  const Tensor q = slice(packed, 2, 0, 6), k = slice(packed, 2, 6, 12),
               v = slice(packed, 2, 12, 18);
  const Tensor y = attend(q, k, v, {}, scaled_dot, softmax_over).y;
  const Tensor expected = linear(y, parameter_of(one.mixer(), "out_proj.weight"),
                                 parameter_of(one.mixer(), "out_proj.bias"));
  BOOST_TEST(distance(one(x), expected) < tiny);
}

BOOST_AUTO_TEST_CASE(order_of_heads_does_not_matter) {
  const Subject plain = subject_of("multihead", 3), moved = subject_of("multihead", 3);
  const std::vector<Index> order{2, 0, 1};
  for (const char* name : {"in_proj_weight", "in_proj_bias"}) {
    const Tensor w = parameter_of(moved.mixer(), name);
    std::vector<Tensor> parts;  // queries, keys, values
    for (Index part = 0; part < 3; ++part) {
      parts.push_back(reordered(slice(w, 0, 6 * part, 6 * part + 6), 0, 2, order));
    }
    w.assign(concat(parts, 0));
  }
  const Tensor out = parameter_of(moved.mixer(), "out_proj.weight");
  const Tensor x = sample({2, 5, 6}, 2);
  BOOST_TEST(distance(plain(x), moved(x)) > 0.01);
  out.assign(reordered(out, 1, 2, order));
  BOOST_TEST(distance(plain(x), moved(x)) < tiny);
}

BOOST_AUTO_TEST_CASE(head_without_values_is_head_without_output) {
  const Subject values = subject_of("multihead", 3), output = subject_of("multihead", 3);
  for (const char* name : {"in_proj_weight", "in_proj_bias"}) {
    const Tensor w = parameter_of(values.mixer(), name);
    w.assign(without_block(w, 0, 12 + 2, 12 + 4));  // the values of head 1
  }
  const Tensor out = parameter_of(output.mixer(), "out_proj.weight");
  out.assign(without_block(out, 1, 2, 4));
  const Tensor x = sample({2, 5, 6}, 3);
  BOOST_TEST(distance(values(x), output(x)) < tiny);
}

BOOST_AUTO_TEST_CASE(parameters_do_not_depend_on_heads) {
  for (const Index heads : {1, 2, 3, 6}) {
    BOOST_TEST(subject_of("multihead", heads).mixer().parameter_count() == 4 * 6 * 6 + 4 * 6);
  }
}

BOOST_AUTO_TEST_CASE(wrong_use_is_told) {
  Generator rng(1);
  BOOST_TEST(thrown<Error>([&] { MultiHead({.width = 6, .heads = 4}, rng); }) ==
             "[multihead] heads must divide the width: 4 heads, width 6");
  const Subject self = subject_of("self", 2), cross = subject_of("cross", 2);
  const Tensor x = sample({2, 5, 6}, 4);
  BOOST_TEST(thrown<Error>([&] {
               self(sample({2, 5, 7}, 4));
             }) == "[self] x must be (B, T, 6): got (2, 5, 7)");
  BOOST_TEST(thrown<Error>([&] { self.mixer().mix({.x = x, .context = x}); }) ==
             "[self] cannot attend to a context: it mixes one sequence with itself\n"
             "hint: `cross` can");
  BOOST_TEST(thrown<Error>([&] { cross.mixer().mix({.x = x}); }) ==
             "[cross] needs a context (B, S, C) to attend to\nhint: for one sequence take `self`");
  BOOST_TEST(thrown<Error>([&] {
               cross.mixer().mix({.x = x, .context = sample({3, 5, 6}, 4)});
             }) == "[cross] context must be (2, S, 6): got (3, 5, 6)");
  BOOST_TEST(thrown<Error>([&] { self.mixer().mix({.x = x, .state = MixerState{}}); }) ==
             "[self] cannot continue from a state\n"
             "hint: `causal` and others that look back only can");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(cross_and_self)

BOOST_AUTO_TEST_CASE(cross_with_itself_is_self) {
  const Subject cross = subject_of("cross", 2), self = subject_of("self", 2);
  copy_parameters(cross.mixer(), self.mixer());
  const Tensor x = sample({2, 5, 6}, 5);
  BOOST_TEST(distance(cross({.x = x, .context = x}), self(x)) < tiny);
}

BOOST_AUTO_TEST_CASE(one_source_token_is_what_every_query_gets) {
  const Subject cross = subject_of("cross", 2);
  const Tensor context = sample({2, 1, 6}, 6);
  const Tensor y = cross({.x = sample({2, 4, 6}, 7), .context = context});
  const Tensor v = linear(context, slice(parameter_of(cross.mixer(), "in_proj_weight"), 0, 12, 18),
                          slice(parameter_of(cross.mixer(), "in_proj_bias"), 0, 12, 18));
  const Tensor expected = linear(v, parameter_of(cross.mixer(), "out_proj.weight"),
                                 parameter_of(cross.mixer(), "out_proj.bias"));
  BOOST_TEST(distance(y, expand(expected, y.shape())) < tiny);
}

BOOST_AUTO_TEST_CASE(masked_source_gets_no_gradient) {
  const Subject cross = subject_of("cross", 2);
  Tensor context = sample({1, 5, 6}, 8).detach();
  context.require_grad();
  const Tensor y = cross({.x = sample({1, 3, 6}, 9), .context = context, .mask = padding({3}, 5)});
  const Tensor g = grad({sum(square(y))}, {context})[0];
  BOOST_TEST(largest(slice(g, 1, 3, 5)) == 0.0);
  BOOST_TEST(largest(slice(g, 1, 0, 3)) > 0.0);
}

BOOST_AUTO_TEST_CASE(self_of_one_token_is_linear) {
  const Subject self = subject_of("self", 2);
  const Tensor x = sample({3, 1, 6}, 10);
  const Tensor v = linear(x, slice(parameter_of(self.mixer(), "in_proj_weight"), 0, 12, 18),
                          slice(parameter_of(self.mixer(), "in_proj_bias"), 0, 12, 18));
  const Tensor expected = linear(v, parameter_of(self.mixer(), "out_proj.weight"),
                                 parameter_of(self.mixer(), "out_proj.bias"));
  BOOST_TEST(distance(self(x), expected) < tiny);
}

BOOST_AUTO_TEST_CASE(equal_scores_give_the_mean_of_tokens) {
  const Subject self = subject_of("self", 1);
  std::vector<Real> identity(36, Real(0));
  for (std::size_t i = 0; i < 6; ++i) identity[i * 7] = 1;
  const Tensor eye({6, 6}, identity);
  parameter_of(self.mixer(), "in_proj_weight").assign(concat({Tensor::zeros({12, 6}), eye}, 0));
  parameter_of(self.mixer(), "in_proj_bias").assign(Tensor::zeros({18}));
  parameter_of(self.mixer(), "out_proj.weight").assign(eye);
  parameter_of(self.mixer(), "out_proj.bias").assign(Tensor::zeros({6}));
  const Tensor x = sample({2, 5, 6}, 11);
  BOOST_TEST(distance(self(x), expand(mean(x, {1}, true), x.shape())) < tiny);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(causal_attention)

BOOST_AUTO_TEST_CASE(causal_first_row_attends_itself) {
  const Subject subject = subject_of("causal", 2);
  MapRecorder recorder;
  subject(sample({2, 5, 6}, 12));
  const Tensor& weights = recorder.maps().at(0).weights;  // (B, H, T, S)
  const Tensor first = select(select(weights, 2, 0), 2, 0);
  BOOST_TEST(distance(first, Tensor::ones({2, 2})) == 0.0);
}

BOOST_AUTO_TEST_CASE(prefix_is_the_same_alone) {
  const Subject subject = subject_of("causal", 2);
  const Tensor x = sample({2, 9, 6}, 13);
  const Tensor all = subject(x);
  for (Index length = 1; length < 9; ++length) {
    BOOST_TEST(distance(subject(slice(x, 1, 0, length)), slice(all, 1, 0, length)) < tiny);
  }
}

BOOST_AUTO_TEST_CASE(three_ways_to_mask_are_one) {
  const Tensor scores = sample({2, 3, 5, 5}, 14);
  const Mask visible = causal().expand(5, 5);
  const Tensor masked = softmax_over(scores, visible);
  const double lowest = -std::numeric_limits<double>::infinity();
  const Tensor added = softmax(scores + where(visible, Tensor::zeros({5, 5}), lowest));
  const Tensor multiplied = softmax(scores) * to_tensor(visible);
  BOOST_TEST(distance(masked, added) < tiny);
  BOOST_TEST(distance(masked, multiplied / sum(multiplied, {-1}, true)) < tiny);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
