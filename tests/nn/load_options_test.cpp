// Files of other programs in a model: names, shapes and types that differ, and what is refused.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <bit>
#include <cstring>

#include "autograd/ops.h"
#include "autograd/skip_init.h"
#include "nn/embedding.h"
#include "nn/files/weights.h"
#include "nn/init.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;
using Names = std::vector<std::string>;

bool same(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::ranges::equal(a.values(), b.values());
}

Tensor counted(const Shape& shape, Index from = 0) {
  return reshape(Tensor::arange(shape.size()) + static_cast<double>(from), shape);
}

// Loads into leaves of these names and shapes and gives them back.
std::vector<Parameter> loaded(const std::vector<std::pair<std::string, Shape>>& leaves,
                              const nn::TensorFile& file, const nn::LoadOptions& options) {
  std::vector<Parameter> parameters;
  for (const auto& [name, shape] : leaves) parameters.push_back({name, Tensor::full(shape, -7)});
  nn::load_parameters(parameters, file, "", options);
  return parameters;
}

nn::StoredTensor raw(const std::string& name, nn::ElementType type, const Shape& shape,
                     const std::string& bytes) {
  const auto span = std::as_bytes(std::span(bytes));
  return nn::StoredTensor(name, type, shape, std::vector<std::byte>(span.begin(), span.end()));
}

BOOST_AUTO_TEST_SUITE(load_options)

BOOST_AUTO_TEST_CASE(a_star_stands_for_any_text) {
  const auto texts = [](const char* pattern, const char* name) {
    return nn::match(pattern, name).value_or(Names{"nothing"});
  };
  BOOST_CHECK(texts("a.b", "a.b") == Names{});
  BOOST_CHECK(texts("a.b", "a.bc") == Names{"nothing"});
  BOOST_CHECK(texts("a.*", "a.b.c") == Names{"b.c"});
  BOOST_CHECK(texts("*.bias", ".bias") == Names{""});
  BOOST_CHECK(texts("*.bias", "bias") == Names{"nothing"});
  BOOST_CHECK((texts("h.*.attn.*.weight", "h.10.attn.q.weight") == Names{"10", "q"}));
  BOOST_CHECK((texts("*.*", "a.b.c") == Names{"a", "b.c"}));
  BOOST_CHECK(texts("*a*b", "aaa") == Names{"nothing"});
  BOOST_CHECK_EQUAL(nn::filled("layers.*.mlp.*", {"3", "w"}), "layers.3.mlp.w");
}

BOOST_AUTO_TEST_CASE(a_rule_that_invents_a_text_is_refused) {
  nn::NameMap map;
  expect_throw<ValueError>([&] { map.rename("a.*", "b.*.*"); },
                           "[NameMap] 'b.*.*' has 2 times *, and 'a.*' has 1");
  expect_throw<ValueError>([&] { map.join({"a.*", "b"}, "c"); },
                           "[NameMap] 'c' has 0 times *, and 'a.*' has 1");
  BOOST_CHECK_THROW(map.join({}, "c"), ValueError);
  BOOST_CHECK(map.rules().empty());
}

BOOST_AUTO_TEST_CASE(renamed_joined_split_and_transposed) {
  nn::TensorFile file;
  file.tensors = {{"0.q", counted({2, 3})},        {"0.k", counted({2, 3}, 6)},
                  {"0.v", counted({1, 3}, 12)},    {"norm.gamma", counted({4})},
                  {"conv.weight", counted({3, 4})}, {"packed", counted({2, 6})}};
  nn::NameMap map;
  map.rename("*.gamma", "*.weight")
      .join({"*.q", "*.k", "*.v"}, "*.in_proj")
      .transpose("conv.weight")
      .split("packed", {"a", "b", "c"}, 1)
      .transpose("b");
  const auto p = loaded({{"0.in_proj", {5, 3}},
                         {"norm.weight", {4}},
                         {"conv.weight", {4, 3}},
                         {"a", {2, 2}},
                         {"b", {2, 2}},
                         {"c", {2, 2}}},
                        file, {.map = map});
  BOOST_CHECK(same(p[0].value, counted({5, 3})));
  BOOST_CHECK(same(p[1].value, counted({4})));
  BOOST_CHECK(same(p[2].value, transpose(counted({3, 4}))));
  BOOST_CHECK(same(p[3].value, Tensor({2, 2}, {0, 1, 6, 7})));
  BOOST_CHECK(same(p[4].value, Tensor({2, 2}, {2, 8, 3, 9})));
  BOOST_CHECK(same(p[5].value, Tensor({2, 2}, {4, 5, 10, 11})));
}

// Joined along the last axis, transposed, and cut where no part ends.
BOOST_AUTO_TEST_CASE(rules_act_on_what_rules_before_them_made) {
  nn::TensorFile file;
  const Tensor a = counted({3, 2}), b = counted({3, 4}, 100);
  file.tensors = {{"a", a}, {"b", b}};
  nn::NameMap map;
  map.join({"a", "b"}, "ab", 1).transpose("ab").split("ab", {"x", "y"});
  const auto p = loaded({{"x", {3, 3}}, {"y", {3, 3}}}, file, {.map = map});
  const Tensor whole = transpose(concat({a, b}, 1));  // (6, 3)
  BOOST_CHECK(same(p[0].value, slice(whole, 0, 0, 3)));
  BOOST_CHECK(same(p[1].value, slice(whole, 0, 3, 6)));
}

BOOST_AUTO_TEST_CASE(an_absent_bias_is_zeros_where_that_is_said) {
  nn::TensorFile file;
  file.tensors = {{"q.bias", counted({2}, 1)}, {"v.bias", counted({2}, 5)}};
  const Names parts{"q.bias", "k.bias", "v.bias"};
  nn::NameMap map;
  map.join(parts, "bias", 0, nn::Absent::zeros);
  const auto p = loaded({{"bias", {6}}}, file, {.map = map});
  BOOST_CHECK(same(p[0].value, Tensor({6}, {1, 2, 0, 0, 5, 6})));
  nn::NameMap strict;
  strict.join(parts, "bias");
  expect_throw<FormatError>([&] { loaded({{"bias", {6}}}, file, {.map = strict}); },
                            "[load] the file does not fit the model\nmissing: bias (there is "
                            "q.bias)\nunexpected: q.bias, v.bias");
}

BOOST_AUTO_TEST_CASE(rules_that_do_not_fit) {
  nn::TensorFile file;
  file.tensors = {{"a", counted({3})}, {"b", counted({2, 2})}};
  const auto refused = [&](const nn::NameMap& map, const char* words) {
    expect_throw<FormatError>([&] { loaded({}, file, {.map = map}); }, words);
  };
  refused(nn::NameMap().transpose("a"), "[load] 'a' (3) cannot be transposed: it needs two axes");
  refused(nn::NameMap().split("a", {"x", "y"}),
          "[load] axis 0 of 'a' (3) cannot be split into 2 equal parts");
  refused(nn::NameMap().split("a", {"x", "y"}, 1), "[load] 'a' (3) has no axis 1");
  refused(nn::NameMap().join({"a", "b"}, "c"),
          "[load] 'b' (2, 2) cannot be joined to 'a' (3) on axis 0");
  refused(nn::NameMap().rename("a", "b"), "[load] two tensors of the file come to the name 'b'");
}

BOOST_AUTO_TEST_CASE(a_prefix_on_either_side_and_names_passed_over) {
  nn::TensorFile file;
  file.tensors = {{"model.w", counted({2})},       {"model.pooler.w", counted({1})},
                  {"x.position_ids", counted({1})}, {"head", counted({1})}};
  const nn::LoadOptions options{.ignore = {"*.position_ids", "pooler.*"},
                                .optional_prefix = "model."};
  for (const char* name : {"w", "model.w"}) {
    const auto p = loaded({{name, {2}}, {"model.head", {1}}}, file, options);
    BOOST_CHECK(same(p[0].value, counted({2})));
  }
  expect_throw<FormatError>([&] { loaded({{"w", {2}}}, file, options); },
                            "[load] the file does not fit the model\nunexpected: head");
  file.tensors.emplace_back("w", counted({2}));
  expect_throw<FormatError>([&] { loaded({{"w", {2}}}, file, options); },
                            "[load] two tensors of the file come to the name 'w'");
}

BOOST_AUTO_TEST_CASE(what_is_missing_names_the_nearest) {
  nn::TensorFile file;
  file.tensors = {{"encoder.layer.0.wieght", counted({1})},
                  {"transformer.wte.weight", counted({1})},
                  {"zzz", counted({1})}};
  expect_throw<FormatError>(
      [&] { loaded({{"encoder.layer.0.weight", {1}}, {"wte.weight", {1}}, {"q", {1}}}, file, {}); },
      "[load] the file does not fit the model\n"
      "missing: encoder.layer.0.weight (there is encoder.layer.0.wieght), wte.weight (there is "
      "transformer.wte.weight), q\n"
      "unexpected: encoder.layer.0.wieght, transformer.wte.weight, zzz");
}

BOOST_AUTO_TEST_CASE(types_that_heed_has_not_are_refused_when_they_are_asked_for) {
  for (const auto& [name, bits] : std::vector<std::pair<std::string, std::size_t>>{
           {"I8", 8}, {"F4", 4}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F8_E4M3", 8}, {"F8_E5M2", 8},
           {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"I16", 16}, {"U16", 16},
           {"U32", 32}, {"U64", 64}, {"C64", 64}}) {
    const auto type = nn::element_type(name);
    BOOST_REQUIRE(type);
    nn::TensorFile file;
    const std::string values(bits / 2, '\1');  // of 4 numbers
    file.tensors = {raw("odd", *type, {4}, values), {"w", counted({2})}};
    // As a file, and back.
    file = nn::parse_safetensors(nn::format_safetensors(file), "f");
    BOOST_CHECK(same(loaded({{"w", {2}}}, file, {.ignore = {"odd"}})[0].value, counted({2})));
    BOOST_CHECK(std::ranges::equal(file.at("odd").bytes(), std::as_bytes(std::span(values))));
    const std::string words = "[StoredTensor] 'odd' is " + name +
                              ", and what can be read is BOOL, U8, F16, BF16, I32, I64, F32, F64";
    expect_throw<FormatError>([&] { file.at("odd").tensor(); }, words);
    expect_throw_with<FormatError>([&] { file.at("odd").indices(); }, "'odd' is " + name);
    expect_throw_with<FormatError>([&] { file.at("odd").mask(); }, "'odd' is " + name);
    std::vector<Parameter> both{{"w", Tensor::zeros({2})}, {"odd", Tensor::zeros({4})}};
    expect_throw<FormatError>([&] { nn::load_parameters(both, file); }, words);
    BOOST_CHECK(same(both[0].value, Tensor::zeros({2})));
  }
}

BOOST_AUTO_TEST_CASE(scalars_of_every_type) {
  nn::TensorFile file;
  file.tensors = {raw("f16", nn::ElementType::f16, {}, {'\0', '\xc1'}),    // -2.5
                  raw("bf16", nn::ElementType::bf16, {}, {'\x20', '\xc0'}),  // -2.5
                  raw("i64", nn::ElementType::i64, {}, {'\7', 0, 0, 0, 0, 0, 0, 0})};
  file = nn::parse_safetensors(nn::format_safetensors(file), "f");
  const auto p = loaded({{"f16", {}}, {"bf16", {}}, {"i64", {}}}, file, {});
  BOOST_CHECK_EQUAL(p[0].value.item(), Real(-2.5));
  BOOST_CHECK_EQUAL(p[1].value.item(), Real(-2.5));
  BOOST_CHECK_EQUAL(p[2].value.item(), Real(7));
  BOOST_CHECK_EQUAL(file.at("i64").indices()[0], 7);
}

class Tied : public nn::Module {
 public:
  explicit Tied(Generator& rng)
      : in(child<nn::Embedding>("in", 3, 2, rng)), out(child<nn::Linear>("out", in.weight())) {}
  nn::Embedding& in;
  nn::Linear& out;
};

BOOST_AUTO_TEST_CASE(a_tied_weight_under_any_of_its_names) {
  Generator rng(1);
  const auto with = [](const std::vector<std::pair<std::string, Tensor>>& tensors) {
    nn::TensorFile file;
    for (const auto& [name, values] : tensors) file.tensors.emplace_back(name, values);
    return file;
  };
  const Tensor w = counted({3, 2}), other = counted({3, 2}, 1);
  for (const auto& file : {with({{"in.weight", w}}), with({{"out.weight", w}}),
                           with({{"in.weight", w}, {"out.weight", w}})}) {
    Tied model(rng);
    nn::load_into(model, file);
    BOOST_CHECK(same(model.out.weight(), w));
  }
  Tied model(rng);
  const Tensor before(Shape{3, 2}, model.in.weight().values());
  expect_throw<FormatError>(
      [&] { nn::load_into(model, with({{"in.weight", w}, {"out.weight", other}})); },
      "[load] 'in.weight' and 'out.weight' are one parameter of the model, and the file has two "
      "different ones");
  BOOST_CHECK(same(model.in.weight(), before));
  // By a name that the model does not have; the second in half precision.
  auto file = with({{"in.weight", Tensor::ones({3, 2})}});
  std::string halves;
  for (int i = 0; i < 6; ++i) halves += std::string("\x80\x3f", 2);
  file.tensors.push_back(raw("lm_head", nn::ElementType::bf16, {3, 2}, halves));
  BOOST_CHECK_THROW(nn::load_into(model, file), FormatError);
  nn::load_into(model, file, "", {.tied = {{"in.weight", "lm_head"}}});
  BOOST_CHECK(same(model.in.weight(), Tensor::ones({3, 2})));
}

BOOST_AUTO_TEST_CASE(a_layer_without_bias_wants_none) {
  Generator rng(1);
  nn::Linear layer(2, 3, rng, {.bias = false});
  nn::TensorFile file;
  file.tensors = {{"weight", counted({3, 2})}};
  nn::load_into(layer, file);
  BOOST_CHECK(same(layer.weight(), counted({3, 2})));
}

BOOST_AUTO_TEST_CASE(a_model_that_is_not_drawn_is_zeros) {
  Generator rng(1);
  {
    const SkipInit skip;
    const nn::Linear layer(2, 3, rng);
    BOOST_CHECK(same(layer.weight(), Tensor::zeros({3, 2})));
    BOOST_CHECK(same(nn::orthogonal({2, 2}, rng), Tensor::zeros({2, 2})));
    BOOST_CHECK(same(nn::truncated_normal({2}, rng), Tensor::zeros({2})));
    BOOST_CHECK(rng.uniform() > 0);  // a number by itself is drawn
    { const SkipInit again; }
    BOOST_CHECK(skipping_init());
  }
  BOOST_CHECK(!skipping_init());
  const nn::Linear layer(2, 3, rng);
  BOOST_CHECK(!same(layer.weight(), Tensor::zeros({3, 2})));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
