// ViLBERT's layer, which is no mixer: the paper's formula, its limit, permutations, padding,
// derivatives, refusals.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/dense/multi_head.h"
#include "attention/pairs/vilbert.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/slopes.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;
constexpr Index width_a = 6, width_b = 4, heads = 2;

std::unique_ptr<CoTransformer> layer(bool swapped = true, Index a = width_a, Index b = width_b) {
  Generator rng(7);
  auto made = std::make_unique<CoTransformer>(
      CoTransformerOptions{.width_a = a, .width_b = b, .heads = heads, .swapped = swapped}, rng);
  for (const Parameter& own : made->parameters()) {
    own.value.assign(rng.normal(own.value.shape(), 0, 0.6));
  }
  return made;
}

struct Sides {
  Tensor a = sample({2, 5, width_a}, 1), b = sample({2, 3, width_b}, 2);
};

// One stream as the paper writes it, head by head: x hears of `other`. Parameters of `side`.
Tensor by_paper(const CoTransformer& made, const std::string& side, const Tensor& x,
                const Tensor& other) {
  const auto of = [&](const std::string& name) { return parameter_of(made, side + "." + name); };
  const Index width = x.dim(2), size = width / heads;
  const Tensor bias = of("self_attn.in_proj_bias");
  const auto projected = [&](const Tensor& from, const char* name, Index third) {
    return matmul(from, transpose(of(name))) + slice(bias, 0, third * width, (third + 1) * width);
  };
  const Tensor q = projected(x, "self_attn.q_proj_weight", 0),
               k = projected(other, "self_attn.k_proj_weight", 1),
               v = projected(other, "self_attn.v_proj_weight", 2);
  std::vector<Tensor> found;
  for (Index h = 0; h < heads; ++h) {
    const auto own = [&](const Tensor& all) { return slice(all, 2, h * size, (h + 1) * size); };
    const Tensor scores = matmul(own(q), transpose(own(k))) / std::sqrt(static_cast<double>(size));
    found.push_back(matmul(softmax(scores), own(v)));
  }
  const Tensor heard = matmul(concat(found, 2), transpose(of("self_attn.out_proj.weight"))) +
                       of("self_attn.out_proj.bias");
  const Tensor middle = layer_norm(x + heard, of("norm1.weight"), of("norm1.bias"));
  const Tensor hidden = gelu(matmul(middle, transpose(of("linear1.weight"))) + of("linear1.bias"));
  const Tensor said = matmul(hidden, transpose(of("linear2.weight"))) + of("linear2.bias");
  return layer_norm(middle + said, of("norm2.weight"), of("norm2.bias"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vilbert)

BOOST_AUTO_TEST_CASE(each_stream_is_what_the_paper_writes) {
  const auto made = layer();
  const Sides in;
  const BothStreams found = (*made)(in.a, in.b);
  BOOST_TEST(distance(found.a, by_paper(*made, "a", in.a, in.b)) < tiny);
  BOOST_TEST(distance(found.b, by_paper(*made, "b", in.b, in.a)) < tiny);
}

// Each stream frozen to its own keys and values: BERT's layer twice, and nothing between them.
BOOST_AUTO_TEST_CASE(vilbert_of_own_keys_is_two_bert_layers) {
  const auto made = layer(false);
  const Sides in;
  const BothStreams found = (*made)(in.a, in.b);
  const auto bert = [&](const std::string& side, const Tensor& x) {
    Generator rng(1);
    const Index width = x.dim(2);
    const EncoderBlock own(
        {.width = width, .norm_first = false},
        std::make_unique<MultiHead>(MultiHeadOptions{.width = width, .heads = heads}, rng), rng);
    for (const Parameter& one : own.parameters()) {
      one.value.assign(parameter_of(*made, side + "." + one.name));
    }
    return own(x);
  };
  BOOST_TEST(distance(found.a, bert("a", in.a)) < tiny);
  BOOST_TEST(distance(found.b, bert("b", in.b)) < tiny);
  BOOST_TEST(distance((*made)(in.a, with_token(in.b, 1, 9)).a, found.a) == 0.0);
  // Swapped, two streams of one text and one set of weights are one such layer as well.
  const auto alike = layer(true, width_a, width_a);
  for (const Parameter& one : alike->parameters()) {
    if (one.name.starts_with("b.")) {
      one.value.assign(parameter_of(*alike, "a." + one.name.substr(2)));
    }
  }
  const BothStreams both = (*alike)(in.a, in.a);
  BOOST_TEST(distance(both.a, both.b) < tiny);
}

BOOST_AUTO_TEST_CASE(each_stream_hears_of_the_other_and_not_of_its_neighbours) {
  const auto made = layer();
  const Sides in;
  const BothStreams found = (*made)(in.a, in.b), moved = (*made)(with_token(in.a, 2, 9), in.b);
  BOOST_TEST(distance(moved.b, found.b) > 1e-4);
  BOOST_TEST(distance(slice(moved.a, 1, 0, 2), slice(found.a, 1, 0, 2)) == 0.0);
  BOOST_TEST(distance(slice(moved.a, 1, 3, 5), slice(found.a, 1, 3, 5)) == 0.0);
  // Of one width, too, where their keys could be mistaken for each other.
  const auto alike = layer(true, width_a, width_a);
  const Tensor other = sample({2, 3, width_a}, 3);
  BOOST_TEST(distance((*alike)(in.a, with_token(other, 1, 9)).a, (*alike)(in.a, other).a) > 1e-4);
}

BOOST_AUTO_TEST_CASE(permuting_a_stream_permutes_it_and_leaves_the_other) {
  const auto made = layer();
  const Sides in;
  const std::vector<std::int32_t> order{3, 0, 4, 2, 1};
  const BothStreams found = (*made)(in.a, in.b), moved = (*made)(permuted(in.a, order), in.b);
  BOOST_TEST(distance(moved.a, permuted(found.a, order)) < tiny);
  BOOST_TEST(distance(moved.b, found.b) < tiny);
}

BOOST_AUTO_TEST_CASE(padding_of_either_stream_does_nothing) {
  const auto made = layer();
  const Sides in;
  Tensor a = concat({in.a, sample({2, 2, width_a}, 3) * 50.0}, 1).detach();
  Tensor b = concat({in.b, sample({2, 1, width_b}, 4) * 50.0}, 1).detach();
  a.require_grad();
  b.require_grad();
  const Mask real_a = padding({5, 5}, 7).reshape({2, 7}),
             real_b = padding({3, 3}, 4).reshape({2, 4});
  const BothStreams alone = (*made)(in.a, in.b), inside = (*made)(a, b, real_a, real_b);
  const Tensor own_a = slice(inside.a, 1, 0, 5), own_b = slice(inside.b, 1, 0, 3);
  BOOST_TEST(distance(own_a, alone.a) < tiny);
  BOOST_TEST(distance(own_b, alone.b) < tiny);
  const auto slopes = grad({sum(square(own_a)) + sum(own_b * square(own_b))}, {a, b});
  BOOST_TEST(largest(slice(slopes[0], 1, 5, 7)) == 0.0);
  BOOST_TEST(largest(slice(slopes[1], 1, 3, 4)) == 0.0);
}

// A picture without a text: nothing is heard, and what comes out is still a number.
BOOST_AUTO_TEST_CASE(a_stream_without_a_real_token_says_nothing) {
  const auto made = layer();
  const Sides in;
  const Mask real_b = padding({0, 3}, 3).reshape({2, 3});
  const BothStreams found = (*made)(in.a, in.b, {}, real_b);
  const BothStreams moved = (*made)(in.a, with_token(in.b, 1, 9), {}, real_b);
  BOOST_TEST(distance(slice(moved.a, 0, 0, 1), slice(found.a, 0, 0, 1)) == 0.0);
  BOOST_TEST(all(isfinite(found.a)));
  BOOST_TEST(all(isfinite(found.b)));
}

BOOST_AUTO_TEST_CASE(derivatives_of_both_streams) {
  const auto made = layer();
  const Sides in;
  const auto loss = [&](const Tensor& a, const Tensor& b) {
    const BothStreams found = (*made)(a, b, {}, padding({3, 2}, 3).reshape({2, 3}));
    return sum(found.a * square(found.a)) + sum(found.b * square(found.b));
  };
  gradcheck("vilbert", [&](const std::vector<Tensor>& v) { return loss(v[0], v[1]); },
            {in.a, in.b});
  BOOST_TEST(deviation([&] { return loss(in.a, in.b); }, *made) < 1e-6);
}

BOOST_AUTO_TEST_CASE(pairs_of_a_batch_are_independent) {
  const auto made = layer();
  const Sides in;
  const Tensor second = (*made)(slice(in.a, 0, 1, 2), slice(in.b, 0, 1, 2)).a;
  BOOST_TEST(distance(slice((*made)(in.a, in.b).a, 0, 1, 2), second) < tiny);
}

BOOST_AUTO_TEST_CASE(both_looks_are_published) {
  const Sides in;
  const MapRecorder recorder;
  (*layer())(in.a, in.b);
  BOOST_TEST_REQUIRE(recorder.maps().size() == 2u);
  BOOST_TEST(recorder.maps()[0].weights.shape() == (Shape{2, heads, 5, 3}));
  BOOST_TEST(recorder.maps()[1].weights.shape() == (Shape{2, heads, 3, 5}));
  BOOST_TEST(recorder.maps()[1].mechanism == "vilbert");
}

BOOST_AUTO_TEST_CASE(streams_that_do_not_fit_are_refused) {
  const auto made = layer();
  const Sides in;
  BOOST_TEST(thrown<Error>([&] { (*made)(in.b, in.a); }) ==
             "[vilbert] a must be (B, N, Ca) = (any, any, 6), got (2, 3, 4)");
  BOOST_TEST(thrown<Error>([&] { (*made)(in.a, sample({3, 3, width_b}, 1)); }) ==
             "[vilbert] b must be (B, T, Cb) = (2, any, 4), got (3, 3, 4)");
  BOOST_TEST(thrown<Error>([&] { (*made)(in.a, in.b, padding({5, 5}, 5)); }) ==
             "[vilbert] the mask must say of each instance whether it is real, as (2, 5): got "
             "(2, 1, 1, 5)");
  Generator rng(1);
  BOOST_TEST(thrown<Error>([&] { CoTransformer({.width_a = 0}, rng); }) ==
             "[vilbert] width_a must be at least 1, got 0");
  BOOST_TEST(thrown<Error>([&] { CoTransformer({.width_a = 4, .heads = 3}, rng); }) != "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
