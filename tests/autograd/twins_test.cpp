// Each fused op against its composed twin: value, gradient, and gradient of the gradient.
#include "autograd/ops/twins.h"

#include <cmath>
#include <functional>
#include <string>

#include "tests/framework/generated.h"

namespace heed_test {
namespace {

using heed::Heads;
using heed::Index;
using heed::Mask;
using heed::Shape;
using heed::Tensor;
using Inputs = std::vector<Tensor>;
using Function = std::function<Tensor(const Inputs&)>;

struct Pair {
  std::string name;
  Function fused;
  Function twin;
  std::vector<Shape> shapes;
};

// "_3x4": Boost keeps commas and brackets for itself.
std::string label(const Shape& shape) {
  std::string text;
  for (const Index extent : shape) {
    text += text.empty() ? '_' : 'x';
    text += std::to_string(extent);
  }
  return text;
}

// Both sides are sums of the same terms in another order, of numbers near 1.
constexpr double tolerance = 1e-12;

void expect_close(const Tensor& got, const Tensor& expected, const std::string& what) {
  expect(got.shape() == expected.shape(), what + ": shape " + got.shape().str());
  if (got.shape() != expected.shape()) return;
  for (Index i = 0; i < got.size(); ++i) {
    const double a = got.data()[i], b = expected.data()[i];
    if (std::abs(a - b) <= tolerance * (1 + std::abs(b))) continue;
    fail(what + " differs at " + std::to_string(i) + ": " + std::to_string(a) + " against " +
         std::to_string(b));
    return;
  }
}

Inputs leaves(const Pair& pair) {
  heed::Generator rng(2);
  Inputs inputs;
  for (const Shape& shape : pair.shapes) inputs.push_back(rng.normal(shape).require_grad());
  return inputs;
}

Tensor like(const Tensor& x, std::uint64_t seed) { return heed::Generator(seed).normal(x.shape()); }

// The gradient of <d f / d inputs, random direction> with respect to the inputs and the cotangent.
Inputs second_gradients(const Function& f, const Inputs& inputs) {
  const Tensor y = f(inputs);
  Inputs all = inputs;
  all.push_back(like(y, 3).require_grad());
  const Inputs first = heed::grad({y}, inputs, {.create_graph = true}, {all.back()});
  Tensor total = Tensor::scalar(0);
  for (std::size_t i = 0; i < first.size(); ++i) {
    total = total + heed::sum(first[i] * like(first[i], 4 + i));
  }
  return heed::grad({total}, all);
}

void add_cases(const Pair& pair) {
  const std::string path = "twins/" + pair.name + "/";
  add_case(path + "value", [pair] {
    const Inputs inputs = leaves(pair);
    expect_close(pair.fused(inputs), pair.twin(inputs), "value");
  });
  add_case(path + "gradient", [pair] {
    const Inputs inputs = leaves(pair);
    const Tensor y = pair.fused(inputs);
    const Inputs got = heed::grad({y}, inputs, {}, {like(y, 3)});
    const Inputs expected = heed::grad({pair.twin(inputs)}, inputs, {}, {like(y, 3)});
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      expect_close(got[i], expected[i], "gradient " + std::to_string(i));
    }
  });
  // One input at a time: what is not wanted must not be written, nor change what is.
  add_case(path + "one_gradient", [pair] {
    const Inputs all = leaves(pair);
    for (std::size_t i = 0; i < all.size(); ++i) {
      Inputs inputs;
      for (const Tensor& x : all) inputs.push_back(x.detach());
      inputs[i].require_grad();
      const Tensor y = pair.fused(inputs);
      const Inputs got = heed::grad({y}, {inputs[i]}, {}, {like(y, 3)});
      const Inputs expected = heed::grad({pair.twin(inputs)}, {inputs[i]}, {}, {like(y, 3)});
      expect_close(got[0], expected[0], "gradient " + std::to_string(i));
    }
  });
  add_case(path + "second_gradient", [pair] {
    const Inputs inputs = leaves(pair);
    const Inputs got = second_gradients(pair.fused, inputs);
    const Inputs expected = second_gradients(pair.twin, inputs);
    for (std::size_t i = 0; i < got.size(); ++i) {
      expect_close(got[i], expected[i], "second gradient " + std::to_string(i));
    }
  });
}

Mask some_mask(const Shape& shape) {
  heed::Generator rng(6);
  std::vector<std::uint8_t> values(static_cast<std::size_t>(shape.size()));
  for (auto& value : values) value = rng.below(3) > 0;
  // The first row sees nothing.
  for (Index j = 0; j < shape[-1]; ++j) values[static_cast<std::size_t>(j)] = 0;
  return Mask(shape, std::move(values));
}

std::vector<Pair> row_pairs() {
  std::vector<Pair> pairs;
  for (const Shape& shape : {Shape{1}, Shape{5}, Shape{3, 4, 37}, Shape{2, 0}, Shape{0, 3}}) {
    pairs.push_back({"softmax" + label(shape),
                     [](const Inputs& x) { return heed::softmax(x[0]); },
                     [](const Inputs& x) { return heed::twin::softmax(x[0]); },
                     {shape}});
    pairs.push_back({"log_softmax" + label(shape),
                     [](const Inputs& x) { return heed::log_softmax(x[0]); },
                     [](const Inputs& x) { return heed::twin::log_softmax(x[0]); },
                     {shape}});
  }
  for (const Shape& shape : {Shape{21}, Shape{4, 21}, Shape{2, 1, 4, 21}, Shape{3, 1, 1}}) {
    const Mask mask = some_mask(shape);
    pairs.push_back({"masked_softmax" + label(shape),
                     [mask](const Inputs& x) { return heed::masked_softmax(x[0], mask); },
                     [mask](const Inputs& x) { return heed::twin::masked_softmax(x[0], mask); },
                     {{2, 3, 4, 21}}});
  }
  for (const Shape& shape : {Shape{7}, Shape{5, 16}, Shape{400, 97}}) {
    pairs.push_back({"layer_norm" + label(shape),
                     [](const Inputs& x) { return heed::layer_norm(x[0], x[1], x[2], 1e-3); },
                     [](const Inputs& x) { return heed::twin::layer_norm(x[0], x[1], x[2], 1e-3); },
                     {shape, {shape[-1]}, {shape[-1]}}});
    pairs.push_back({"rms_norm" + label(shape),
                     [](const Inputs& x) { return heed::rms_norm(x[0], x[1], 1e-3); },
                     [](const Inputs& x) { return heed::twin::rms_norm(x[0], x[1], 1e-3); },
                     {shape, {shape[-1]}}});
  }
  return pairs;
}

std::vector<Pair> linear_pairs() {
  std::vector<Pair> pairs;
  for (const Shape& shape : {Shape{6}, Shape{1, 6}, Shape{3, 100, 6}, Shape{0, 6}, Shape{4, 0}}) {
    const Index in = shape[-1];
    pairs.push_back({"linear" + label(shape),
                     [](const Inputs& x) { return heed::linear(x[0], x[1], x[2]); },
                     [](const Inputs& x) { return heed::twin::linear(x[0], x[1], x[2]); },
                     {shape, {5, in}, {5}}});
    pairs.push_back({"linear_without_bias" + label(shape),
                     [](const Inputs& x) { return heed::linear(x[0], x[1], {}); },
                     [](const Inputs& x) { return heed::twin::linear(x[0], x[1], {}); },
                     {shape, {5, in}}});
  }
  return pairs;
}

std::vector<Pair> loss_pairs() {
  std::vector<Pair> pairs;
  const auto add = [&](const std::string& name, const heed::Indices& labels, const Shape& shape,
                       const heed::CrossEntropyOptions& options = {}) {
    pairs.push_back({"cross_entropy_" + name,
                     [=](const Inputs& x) { return heed::cross_entropy(x[0], labels, options); },
                     [=](const Inputs& x) {
                       return heed::twin::cross_entropy(x[0], labels, options);
                     },
                     {shape}});
  };
  const heed::Indices some({2, 3}, {0, 36, -100, 5, 1, 2});
  const Tensor weight = heed::Generator(8).uniform({37}, 0.1, 2);
  add("plain", heed::Indices({2, 3}, {0, 36, 5, 5, 1, 2}), {2, 3, 37});
  add("ignoring", heed::Indices({4}, {1, -100, 2, -100}), {4, 3});
  add("ignoring_all", heed::Indices({2}, {-100, -100}), {2, 3});
  add("one_class", heed::Indices({2}, {0, 0}), {2, 1});
  add("weighted", some, {2, 3, 37}, {.weight = weight});
  add("smoothed", some, {2, 3, 37}, {.label_smoothing = 0.2});
  using heed::Reduction;
  for (const Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none}) {
    const std::string kind = std::to_string(static_cast<int>(reduction));
    add("reduction_" + kind, some, {2, 3, 37}, {.reduction = reduction});
    add("weighted_smoothed_reduction_" + kind, some, {2, 3, 37},
        {.weight = weight, .label_smoothing = 0.2, .reduction = reduction});
  }
  pairs.push_back({"dropout",
                   [](const Inputs& x) {
                     heed::Generator rng(9);
                     return heed::dropout(x[0], 0.3, rng);
                   },
                   [](const Inputs& x) {
                     heed::Generator rng(9);
                     return heed::twin::dropout(x[0], 0.3, rng);
                   },
                   {{70, 301}}});
  return pairs;
}

// Where q, k and v lie among the inputs.
struct Layout {
  std::string name;
  std::vector<Shape> shapes;
  std::function<std::vector<Heads>(const Inputs&)> heads;
};

std::vector<Layout> layouts() {
  const auto apart = [](const Inputs& x) {
    return std::vector<Heads>{{x[0], 1, 2, 3}, {x[1], 0, 2, 3}, {x[2], 0, 2, 5}};
  };
  return {{"apart", {{2, 37, 8}, {2, 41, 6}, {2, 41, 11}}, apart},
          {"more_queries", {{1, 19, 8}, {1, 9, 6}, {1, 9, 11}}, apart},
          {"one_query", {{2, 1, 8}, {2, 70, 6}, {2, 70, 11}}, apart},
          {"packed",
           {{2, 37, 18}},
           [](const Inputs& x) {
             return std::vector<Heads>{{x[0], 0, 2, 3}, {x[0], 6, 2, 3}, {x[0], 12, 2, 3}};
           }},
          {"keys_are_values",
           {{2, 9, 6}, {2, 21, 6}},
           [](const Inputs& x) {
             return std::vector<Heads>{{x[0], 0, 2, 3}, {x[1], 0, 2, 3}, {x[1], 0, 2, 3}};
           }},
          {"all_the_same",
           {{2, 21, 6}},
           [](const Inputs& x) {
             return std::vector<Heads>{{x[0], 0, 2, 3}, {x[0], 0, 2, 3}, {x[0], 0, 2, 3}};
           }},
          // Head 1 of q is head 0 of k; v shares parts of both.
          {"overlapping", {{2, 21, 9}}, [](const Inputs& x) {
             return std::vector<Heads>{{x[0], 0, 2, 3}, {x[0], 3, 2, 3}, {x[0], 1, 2, 4}};
           }}};
}

void add_attention(std::vector<Pair>& pairs, const Layout& layout, const std::string& name,
                   const heed::AttentionOptions& options) {
  const auto heads = layout.heads;
  pairs.push_back({"attention_" + layout.name + "_" + name,
                   [heads, options](const Inputs& x) {
                     const auto h = heads(x);
                     return heed::dot_product_attention(h[0], h[1], h[2], options);
                   },
                   [heads, options](const Inputs& x) {
                     const auto h = heads(x);
                     return heed::twin::dot_product_attention(h[0], h[1], h[2], options);
                   },
                   layout.shapes});
}

std::vector<Pair> attention_pairs() {
  std::vector<Pair> pairs;
  for (const Layout& layout : layouts()) {
    add_attention(pairs, layout, "full", {});
    add_attention(pairs, layout, "scaled", {.scale = 0.3});
    add_attention(pairs, layout, "causal", {.causal = true});
    for (const Index window : {0, 2, 11, 1000}) {
      const std::string width = std::to_string(window);
      add_attention(pairs, layout, "window_" + width, {.window = window});
      add_attention(pairs, layout, "causal_window_" + width, {.causal = true, .window = window});
    }
    const Index batch = layout.shapes[0][0], queries = layout.shapes[0][1];
    const Index keys = layout.shapes[layout.shapes.size() == 1 ? 0 : 1][1];
    for (const Shape& shape : {Shape{keys}, Shape{queries, keys}, Shape{batch, 1, queries, keys},
                               Shape{1, 2, 1, keys}}) {
      const Mask mask = some_mask(shape);
      add_attention(pairs, layout, "mask" + label(shape), {.visible = mask});
      add_attention(pairs, layout, "causal_window_mask" + label(shape),
                    {.causal = true, .window = 6, .visible = mask});
    }
  }
  // Several blocks of queries, with more keys than the largest block is made for.
  const Layout long_keys{"long", {{1, 70, 2}, {1, 1300, 2}, {1, 1300, 3}}, [](const Inputs& x) {
                           return std::vector<Heads>{
                               {x[0], 0, 1, 2}, {x[1], 0, 1, 2}, {x[2], 0, 1, 3}};
                         }};
  add_attention(pairs, long_keys, "full", {});
  add_attention(pairs, long_keys, "causal", {.causal = true});
  add_attention(pairs, long_keys, "window", {.window = 40});
  return pairs;
}

// One row of the batch and several tiles of them; rows shorter and longer than a SIMD batch.
std::vector<Pair> recurrent_pairs() {
  std::vector<Pair> pairs;
  for (const Shape& shape : {Shape{1, 1, 1}, Shape{4, 3, 5}, Shape{3, 37, 18}, Shape{2, 0, 3}}) {
    const Index steps = shape[0], batch = shape[1], hidden = shape[2];
    for (const bool reverse : {false, true}) {
      const std::string name = (reverse ? "reverse" : "") + label(shape);
      pairs.push_back({"lstm_sequence" + name,
                       [reverse](const Inputs& x) {
                         return heed::lstm_sequence(x[0], x[1], x[2], x[3], reverse);
                       },
                       [reverse](const Inputs& x) {
                         return heed::twin::lstm_sequence(x[0], x[1], x[2], x[3], reverse);
                       },
                       {{steps, batch, 4 * hidden},
                        {4 * hidden, hidden},
                        {batch, hidden},
                        {batch, hidden}}});
      pairs.push_back({"gru_sequence" + name,
                       [reverse](const Inputs& x) {
                         return heed::gru_sequence(x[0], x[1], x[2], x[3], reverse);
                       },
                       [reverse](const Inputs& x) {
                         return heed::twin::gru_sequence(x[0], x[1], x[2], x[3], reverse);
                       },
                       {{steps, batch, 3 * hidden},
                        {3 * hidden, hidden},
                        {3 * hidden},
                        {batch, hidden}}});
    }
  }
  return pairs;
}

const Generated cases([] {
  for (const auto make :
       {row_pairs, linear_pairs, loss_pairs, attention_pairs, recurrent_pairs}) {
    for (const Pair& pair : make()) add_cases(pair);
  }
});

}  // namespace
}  // namespace heed_test
