#include "tests/attention/violators.h"

#include <cmath>
#include <functional>
#include <utility>

#include "attention/core.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using namespace attention;

using Mix = std::function<Mixed(const MixerInput&)>;

// A mixer without parameters, from a function.
class FromFunction : public Mixer {
 public:
  explicit FromFunction(Mix mix) : mix_(std::move(mix)) {}
  Mixed mix(const MixerInput& input) const override { return mix_(input); }

 private:
  Mix mix_;
};

const Tensor& memory_of(const MixerInput& input) {
  return input.context.defined() ? input.context : input.x;
}

// The multi-head row under another name, to be spoiled.
Mechanism spoiled(const char* name) {
  Mechanism row = find("multihead");
  row.name = name;
  return row;
}

using MakeMixer = decltype(MixerTraits::make);

Mechanism with_mix(const char* name, MakeMixer make) {
  Mechanism row = spoiled(name);
  row.mixer->make = make;
  return row;
}

Tensor with_head(const Tensor& x) { return reshape(x, x.shape().inserted(1, 1)); }

Tensor mean_of(const MixerInput& input) {
  return input.x * 0 + mean(memory_of(input), {1}, true);  // (B, T, C)
}

// Starts afresh with every call.
class Forgetful : public Mixer {
 public:
  Forgetful(const MixerShape& config, Generator& rng)
      : inner_(adopt("inner", find("multihead").make(config, rng))) {}
  Mixed mix(const MixerInput& input) const override {
    MixerInput afresh = input;
    if (input.state) afresh.state = MixerState{};
    Mixed mixed = inner_.mix(afresh);
    if (input.state) mixed.state->seen += input.state->seen;
    return mixed;
  }

 private:
  Mixer& inner_;
};

// Is another one while somebody looks.
class Shy : public Mixer {
 public:
  Shy(const MixerShape& config, Generator& rng)
      : inner_(adopt("inner", find("multihead").make(config, rng))) {}
  Mixed mix(const MixerInput& input) const override {
    Mixed mixed = inner_.mix(input);
    if (recording_maps()) mixed.y = mixed.y + 1;
    return mixed;
  }

 private:
  Mixer& inner_;
};

// Attention of the tokens to themselves, without projections, with a normaliser of its own.
template <Tensor (*normalise)(const Tensor& scores, const Mask& visible)>
std::unique_ptr<Mixer> normalised(const MixerShape&, const OptionValues&, Generator&) {
  return std::make_unique<FromFunction>([](const MixerInput& input) {
    const Tensor memory = with_head(memory_of(input));
    const Tensor scores = shifted(scaled_dot(with_head(input.x), memory));
    const Index keys = memory.dim(2);
    const Mask everything({1, keys}, std::vector<std::uint8_t>(static_cast<std::size_t>(keys), 1));
    const Tensor weights = normalise(scores, input.mask.defined() ? input.mask : everything);
    publish_map("normalised", weights);
    return Mixed{.y = select(combine(weights, memory), 1, 0)};
  });
}

Tensor zero_over_zero(const Tensor& scores, const Mask& visible) {
  const Tensor powers = exp(scores) * to_tensor(visible);
  return powers / sum(powers, {-1}, true);
}

Tensor without_maximum(const Tensor& scores, const Mask& visible) {
  const Tensor powers = where(visible, exp(scores), 0.0);
  return powers / sum(powers, {-1}, true);
}

Tensor by_size(const Tensor& scores, const Mask& visible) {
  const Tensor sizes = where(visible, abs(scores), 0.0);
  return sizes / sum(sizes, {-1}, true);
}

}  // namespace

std::vector<Mechanism> nothing_over_nothing() {
  return {with_mix("0 / 0", normalised<zero_over_zero>)};
}

std::vector<Mechanism> softmax_without_maximum() {
  return {with_mix("exp / sum", normalised<without_maximum>)};
}

std::vector<Mechanism> linear_normaliser() { return {with_mix("linear", normalised<by_size>)}; }

std::vector<Mechanism> publishing_other_weights() {
  return {
      with_mix("other weights",
               [](const MixerShape&, const OptionValues&, Generator&) -> std::unique_ptr<Mixer> {
                 return std::make_unique<FromFunction>([](const MixerInput& input) {
                   const Tensor memory = with_head(memory_of(input));
                   const Tensor scores = scaled_dot(with_head(input.x), memory);
                   publish_map("other weights", softmax_over(scores, {}));
                   const Tensor used = softmax_over(scores * 2, {});
                   return Mixed{.y = select(combine(used, memory), 1, 0)};
                 });
               })};
}

std::vector<Mechanism> straight_through_gradient() {
  return {
      with_mix("straight-through scores",
               [](const MixerShape&, const OptionValues&, Generator&) -> std::unique_ptr<Mixer> {
                 return std::make_unique<FromFunction>([](const MixerInput& input) {
                   const Tensor scores = scaled_dot(input.x, memory_of(input));
                   const Tensor soft = softmax_over(scores, {});
                   const Tensor hard = one_hot(argmax(scores, -1), scores.dim(-1));
                   return Mixed{.y = matmul(soft + (hard - soft).detach(), memory_of(input))};
                 });
               })};
}

std::vector<Mechanism> sigmoid_weights() {
  return {with_mix(
      "sigmoid", [](const MixerShape&, const OptionValues&, Generator&) -> std::unique_ptr<Mixer> {
        return std::make_unique<FromFunction>([](const MixerInput& input) {
          const Tensor weights =
              sigmoid(scaled_dot(with_head(input.x), with_head(memory_of(input))));
          publish_map("sigmoid", weights);
          return Mixed{.y = matmul(select(weights, 1, 0), memory_of(input))};
        });
      })};
}

std::vector<Mechanism> bidirectional_as_causal() {
  return {
      with_mix("bidirectional", [](const MixerShape& config, const OptionValues&, Generator& rng) {
        MixerShape open = config;
        open.causal = false;
        return find("multihead").make(open, rng);
      })};
}

std::vector<Mechanism> pattern_declared_wrong() {
  Mechanism row = find("local");
  row.name = "local, declared full";
  row.mixer->pattern = full_or_causal;
  return {row};
}

std::vector<Mechanism> mean_over_padding() {
  return {with_mix(
      "mean", [](const MixerShape&, const OptionValues&, Generator&) -> std::unique_ptr<Mixer> {
        return std::make_unique<FromFunction>(
            [](const MixerInput& input) { return Mixed{.y = mean_of(input)}; });
      })};
}

std::vector<Mechanism> batch_statistics() {
  return {with_mix(
      "batch mean",
      [](const MixerShape&, const OptionValues&, Generator&) -> std::unique_ptr<Mixer> {
        return std::make_unique<FromFunction>([](const MixerInput& input) {
          publish_map("batch mean", scaled_dot(with_head(input.x), with_head(memory_of(input))));
          return Mixed{.y = input.x - mean(input.x, {0}, true)};
        });
      })};
}

std::vector<Mechanism> counting_its_calls() {
  return {with_mix(
      "counting", [](const MixerShape&, const OptionValues&, Generator&) -> std::unique_ptr<Mixer> {
        static int calls = 0;
        return std::make_unique<FromFunction>([](const MixerInput& input) {
          ++calls;
          return Mixed{.y = mean_of(input) * static_cast<double>(calls)};
        });
      })};
}

std::vector<Mechanism> forgetting_its_state() {
  return {with_mix(
      "forgetful",
      [](const MixerShape& config, const OptionValues&, Generator& rng) -> std::unique_ptr<Mixer> {
        return std::make_unique<Forgetful>(config, rng);
      })};
}

std::vector<Mechanism> changed_by_looking() {
  return {with_mix("shy",
                   [](const MixerShape& config, const OptionValues&, Generator& rng)
                       -> std::unique_ptr<Mixer> { return std::make_unique<Shy>(config, rng); })};
}

std::vector<Mechanism> taking_everything() {
  Mechanism row = spoiled("takes everything");
  row.mixer->can = {};
  return {row};
}

}  // namespace heed::inline HEED_REAL::laws
