#include "tests/attention/violators.h"

#include <fmt/format.h>

#include <functional>
#include <tuple>
#include <utility>

#include "attention/catalog.h"
#include "attention/core.h"
#include "attention/normalizers.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using namespace attention;

using Mix = Mixed (*)(const MixerInput&);
using Normalise = Tensor (*)(const Tensor& scores, const Mask& visible);

// A mixer without parameters, from a function.
class FromFunction : public Mixer {
 public:
  explicit FromFunction(Mix function) : function_(function) {}
  Mixed mix(const MixerInput& input) const override { return function_(input); }

 private:
  Mix function_;
};

const Tensor& memory_of(const MixerInput& input) {
  return input.context.defined() ? input.context : input.x;
}

// The multi-head entry under another name, to be spoiled.
Mechanism spoiled(const char* name) {
  Mechanism mechanism = find("multihead");
  mechanism.name = name;
  return mechanism;
}

using Make = decltype(MixerTraits::make);

Mechanism with_make(const char* name, Make make) {
  Mechanism mechanism = spoiled(name);
  mechanism.mixer->make = make;
  return mechanism;
}

template <Mix function>
std::unique_ptr<Mixer> from_function(const MixerShape&, const OptionValues&, Generator&) {
  return std::make_unique<FromFunction>(function);
}

template <class Spoiled>
std::unique_ptr<Mixer> around_multi_head(const MixerShape& shape, const OptionValues&,
                                         Generator& rng) {
  return std::make_unique<Spoiled>(shape, rng);
}

Tensor with_head(const Tensor& x) { return reshape(x, x.shape().inserted(1, 1)); }

Tensor mean_of(const MixerInput& input) {
  return input.x * 0 + mean(memory_of(input), {1}, true);  // (B, T, C)
}

// Attention without parameters whose normaliser is another. One head.
template <Normalise normalise>
Mixed with_normaliser(const MixerInput& input) {
  const Tensor x = with_head(input.x), memory = with_head(memory_of(input));
  const Tensor weights = normalise(shifted(scaled_dot(x, memory)), input.mask);
  publish_map("spoiled", weights);
  return {.y = select(combine(weights, memory), 1, 0)};
}

Tensor shown(const Tensor& weights, const Mask& visible) {
  return visible.defined() ? where(visible, weights, 0.0) : weights;
}

Tensor sigmoid_of(const Tensor& scores, const Mask& visible) {
  return shown(sigmoid(scores), visible);
}

// No maximum is taken out.
Tensor plain_softmax(const Tensor& scores, const Mask& visible) {
  const Tensor powers = shown(exp(scores), visible);
  return powers / sum(powers, {-1}, true);
}

Tensor shares(const Tensor& scores, const Mask& visible) {
  const Tensor sizes = shown(abs(scores), visible);
  return sizes / sum(sizes, {-1}, true);
}

// Straight-through, in evaluation too.
Mixed rounded(const MixerInput& input) {
  const Tensor scores = scaled_dot(input.x, memory_of(input));
  const Tensor soft = softmax_over(scores, {});
  const Tensor hard = one_hot(argmax(scores, -1), scores.dim(-1));
  return {.y = matmul(soft + (hard - soft).detach(), memory_of(input))};
}

Mixed mean_over_everything(const MixerInput& input) { return {.y = mean_of(input)}; }

Mixed batch_mean(const MixerInput& input) {
  publish_map("batch mean", shifted(scaled_dot(with_head(input.x), with_head(memory_of(input)))));
  return {.y = input.x - mean(input.x, {0}, true)};
}

// Each head's scores go to all heads.
Mixed mixed_heads(const MixerInput& input) {
  const Tensor x = split_heads(input.x, 2), memory = split_heads(memory_of(input), 2);
  const Tensor scores = shifted(scaled_dot(x, memory));  // (B, 2, T, S)
  const Tensor weights = softmax_over(scores + mean(scores, {1}, true), input.mask);
  publish_map("mixed heads", weights);
  return {.y = merge_heads(combine(weights, memory))};
}

Mixed counting_calls(const MixerInput& input) {
  static int calls = 0;
  ++calls;
  return {.y = mean_of(input) * static_cast<double>(calls)};
}

// Shows the weights before they are sharpened.
Mixed other_weights_shown(const MixerInput& input) {
  const Tensor x = with_head(input.x), memory = with_head(memory_of(input));
  const Tensor scores = shifted(scaled_dot(x, memory));
  publish_map("other weights", softmax_over(scores, input.mask));
  return {.y = select(combine(softmax_over(scores * 2, input.mask), memory), 1, 0)};
}

// Reads two keys and shows that it read all.
Mixed even_weights_shown(const MixerInput& input) {
  const Tensor x = with_head(input.x), memory = with_head(memory_of(input));
  const Tensor scores = scaled_dot(x, memory);
  publish_map("even weights", softmax_over(scores * 0.0, input.mask));
  const Tensor two = slice(memory, 2, 0, 2);
  return {.y = select(combine(softmax_over(scaled_dot(x, two), {}), two), 1, 0)};
}

// Publishes weights that nobody can move: there is nothing to look at.
Mixed without_scores(const MixerInput& input) {
  const Tensor x = with_head(input.x), memory = with_head(memory_of(input));
  const Tensor weights = softmax_over(scaled_dot(x, memory), input.mask);
  publish_map("without scores", weights);
  return {.y = select(combine(weights, memory), 1, 0)};
}

// Right values, and no gradient through the weights.
Mixed without_slopes(const MixerInput& input) {
  const Tensor x = with_head(input.x), memory = with_head(memory_of(input));
  const Tensor weights = softmax_over(attention::dot(x, memory), input.mask).detach();
  return {.y = select(combine(weights, memory), 1, 0)};
}

class AroundMultiHead : public Mixer {
 public:
  AroundMultiHead(const MixerShape& shape, Generator& rng)
      : inner_(adopt("inner", find("multihead").make(shape, rng))) {}

 protected:
  Mixer& inner_;
};

// Starts afresh with every call.
class Forgetful : public AroundMultiHead {
 public:
  using AroundMultiHead::AroundMultiHead;
  Mixed mix(const MixerInput& input) const override {
    MixerInput afresh = input;
    if (input.state) afresh.state = MixerState{};
    Mixed mixed = inner_.mix(afresh);
    if (input.state) mixed.state->seen += input.state->seen;
    return mixed;
  }
};

// Is another one while somebody looks.
class Shy : public AroundMultiHead {
 public:
  using AroundMultiHead::AroundMultiHead;
  Mixed mix(const MixerInput& input) const override {
    Mixed mixed = inner_.mix(input);
    if (recording_maps()) mixed.y = mixed.y + 1;
    return mixed;
  }
};

// Gives nothing to a query without keys but its own bias.
class Biased : public AroundMultiHead {
 public:
  using AroundMultiHead::AroundMultiHead;
  Mixed mix(const MixerInput& input) const override {
    Mixed mixed = inner_.mix(input);
    mixed.y = mixed.y + 1;
    return mixed;
  }
};

std::unique_ptr<Mixer> bidirectional(const MixerShape& shape, const OptionValues&,
                                     Generator& rng) {
  MixerShape open = shape;
  open.causal = false;
  return find("multihead").make(open, rng);
}

Mechanism declared_full() {
  Mechanism mechanism = find("local");
  mechanism.name = "local, declared full";
  mechanism.mixer->pattern = full_or_causal;
  return mechanism;
}

// An entry that says of one capability what is not so.
Mechanism misdeclared(const char* of, const char* name, bool Capabilities::*what) {
  Mechanism mechanism = find(of);
  mechanism.name = fmt::format("{}, misdeclared: {}", of, name);
  bool& declared = mechanism.mixer->can.*what;
  declared = !declared;
  return mechanism;
}

// Both ways for each: able without saying so, and saying so without being able.
std::vector<Violator> misdeclarations() {
  using C = Capabilities;
  const std::vector<std::tuple<const char*, const char*, bool C::*>> all{
      {"multihead", "causal", &C::causal},   {"axial", "causal", &C::causal},
      {"multihead", "padding", &C::padding}, {"multihead", "cross", &C::cross},
      {"self", "cross", &C::cross},          {"multihead", "self", &C::self},
      {"cross", "self", &C::self},           {"multihead", "cache", &C::cache},
      {"cosine", "cache", &C::cache},        {"multihead", "map", &C::map},
      {"multihead", "length", &C::variable}, {"location", "length", &C::variable},
      {"multihead", "tokens", &C::tokens},   {"pooling", "tokens", &C::tokens},
      {"multihead", "content", &C::content}, {"location", "content", &C::content},
  };
  std::vector<Violator> made;
  for (const auto& [of, name, what] : all) made.push_back({"CAN", misdeclared(of, name, what)});
  return made;
}

Mechanism takes_everything() {
  Mechanism mechanism = spoiled("takes everything");
  mechanism.mixer->can = {};
  return mechanism;
}

}  // namespace

std::vector<Violator> violators() {
  std::vector<Violator> all{
      {"U1", with_make("rounded", from_function<rounded>)},
      {"U2", with_make("sigmoid", from_function<with_normaliser<sigmoid_of>>)},
      {"U4", find("causal")},
      {"U4", find("local")},
      {"U5", with_make("bidirectional", bidirectional)},
      {"U6", declared_full()},
      {"U7a", with_make("mean", from_function<mean_over_everything>)},
      {"U7b", with_make("mean", from_function<mean_over_everything>)},
      {"U8", with_make("0 / 0", from_function<with_normaliser<plain_softmax>>)},
      {"U8", with_make("biased", around_multi_head<Biased>)},
      {"U9", with_make("exp / sum", from_function<with_normaliser<plain_softmax>>)},
      {"U9", with_make("without scores", from_function<without_scores>)},
      {"U10", with_make("batch mean", from_function<batch_mean>)},
      {"U10", with_make("mixed heads", from_function<mixed_heads>)},
      {"U11", with_make("counting", from_function<counting_calls>)},
      {"U12", with_make("linear", from_function<with_normaliser<shares>>)},
      {"U12", with_make("without scores", from_function<without_scores>)},
      {"U13", with_make("forgetful", around_multi_head<Forgetful>)},
      {"U16", with_make("other weights", from_function<other_weights_shown>)},
      {"U16", with_make("without scores", from_function<without_scores>)},
      {"MAP", with_make("shy", around_multi_head<Shy>)},
      {"REF", takes_everything()},
      {"CAN", with_make("bidirectional", bidirectional)},
      {"CAN", with_make("mean", from_function<mean_over_everything>)},
      {"CAN", with_make("forgetful", around_multi_head<Forgetful>)},
      {"CAN", with_make("other weights", from_function<even_weights_shown>)},
  };
  const std::vector<Violator> more = misdeclarations();
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::vector<FalseReduction> false_reductions() {
  return {
      {find("local"),
       {.to = "multihead", .reason = "one key is too far", .options = {{"window", 7}}}},
      {find("self"), {.to = "causal", .reason = "sees the future"}},
      {find("additive"), {.to = "multihead", .reason = "other parameters"}},
      {with_make("without slopes", from_function<without_slopes>),
       {.to = "dot", .reason = "no gradients", .to_options = {{"projections", 0}}}},
  };
}

}  // namespace heed::inline HEED_REAL::laws
