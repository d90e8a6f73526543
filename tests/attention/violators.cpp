#include "tests/attention/violators.h"

#include <cmath>
#include <functional>
#include <utility>

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
Row spoiled(std::string_view name) {
  Row row = find("multihead");
  row.name = name;
  return row;
}

Row with_mix(std::string_view name, MakeMixer make) {
  Row row = spoiled(name);
  row.make = make;
  return row;
}

Tensor with_head(const Tensor& x) { return reshape(x, x.shape().inserted(1, 1)); }

Tensor mean_of(const MixerInput& input) {
  return input.x * 0 + mean(memory_of(input), {1}, true);  // (B, T, C)
}

// Starts afresh with every call.
class Forgetful : public Mixer {
 public:
  Forgetful(const MixerConfig& config, Generator& rng)
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
  Shy(const MixerConfig& config, Generator& rng)
      : inner_(adopt("inner", find("multihead").make(config, rng))) {}
  Mixed mix(const MixerInput& input) const override {
    Mixed mixed = inner_.mix(input);
    if (recording_maps()) mixed.y = mixed.y + 1;
    return mixed;
  }

 private:
  Mixer& inner_;
};

}  // namespace

std::vector<Row> straight_through_gradient() {
  return {
      with_mix("straight-through", [](const MixerConfig&, Generator&) -> std::unique_ptr<Mixer> {
        return std::make_unique<FromFunction>([](const MixerInput& input) {
          const Tensor scores = scaled_dot(input.x, memory_of(input));
          const Tensor soft = softmax_over(scores, {});
          const Tensor hard = one_hot(argmax(scores, -1), scores.dim(-1));
          return Mixed{.y = matmul(soft + (hard - soft).detach(), memory_of(input))};
        });
      })};
}

std::vector<Row> sigmoid_weights() {
  return {with_mix("sigmoid", [](const MixerConfig&, Generator&) -> std::unique_ptr<Mixer> {
    return std::make_unique<FromFunction>([](const MixerInput& input) {
      const Tensor weights = sigmoid(scaled_dot(with_head(input.x), with_head(memory_of(input))));
      publish_map("sigmoid", weights);
      return Mixed{.y = matmul(select(weights, 1, 0), memory_of(input))};
    });
  })};
}

std::vector<Row> unnormalised_weights() {
  Row row = spoiled("unnormalised");
  row.normalise = [](const Tensor& scores, const Mask& visible) {
    return where(visible, exp(scores), 0.0);
  };
  return {row};
}

std::vector<Row> position_dependent() { return {find("causal"), find("local")}; }

std::vector<Row> bidirectional_as_causal() {
  return {with_mix("bidirectional", [](const MixerConfig& config, Generator& rng) {
    MixerConfig open = config;
    open.causal = false;
    return find("multihead").make(open, rng);
  })};
}

std::vector<Row> pattern_declared_wrong() {
  Row row = find("local");
  row.name = "local, declared full";
  row.pattern = [](const MixerConfig& config) { return config.causal ? causal() : full(); };
  return {row};
}

std::vector<Row> mean_over_padding() {
  return {with_mix("mean", [](const MixerConfig&, Generator&) -> std::unique_ptr<Mixer> {
    return std::make_unique<FromFunction>(
        [](const MixerInput& input) { return Mixed{.y = mean_of(input)}; });
  })};
}

std::vector<Row> nothing_over_nothing() {
  Row row = spoiled("0 / 0");
  row.normalise = [](const Tensor& scores, const Mask& visible) {
    const Tensor powers = exp(scores) * to_tensor(visible);
    return powers / sum(powers, {-1}, true);
  };
  return {row};
}

std::vector<Row> softmax_without_maximum() {
  Row row = spoiled("exp / sum");
  row.normalise = [](const Tensor& scores, const Mask& visible) {
    const Tensor powers = where(visible, exp(scores), 0.0);
    return powers / sum(powers, {-1}, true);
  };
  return {row};
}

std::vector<Row> batch_statistics() {
  return {with_mix("batch mean", [](const MixerConfig&, Generator&) -> std::unique_ptr<Mixer> {
    return std::make_unique<FromFunction>([](const MixerInput& input) {
      publish_map("batch mean", scaled_dot(with_head(input.x), with_head(memory_of(input))));
      return Mixed{.y = input.x - mean(input.x, {0}, true)};
    });
  })};
}

std::vector<Row> counting_its_calls() {
  return {with_mix("counting", [](const MixerConfig&, Generator&) -> std::unique_ptr<Mixer> {
    static int calls = 0;
    return std::make_unique<FromFunction>([](const MixerInput& input) {
      ++calls;
      return Mixed{.y = mean_of(input) * static_cast<double>(calls)};
    });
  })};
}

std::vector<Row> linear_normaliser() {
  Row row = spoiled("linear");
  row.normalise = [](const Tensor& scores, const Mask& visible) {
    const Tensor sizes = where(visible, abs(scores), 0.0);
    return sizes / sum(sizes, {-1}, true);
  };
  return {row};
}

std::vector<Row> forgetting_its_state() {
  return {with_mix("forgetful",
                   [](const MixerConfig& config, Generator& rng) -> std::unique_ptr<Mixer> {
                     return std::make_unique<Forgetful>(config, rng);
                   })};
}

std::vector<Row> changed_by_looking() {
  return {with_mix("shy", [](const MixerConfig& config, Generator& rng) -> std::unique_ptr<Mixer> {
    return std::make_unique<Shy>(config, rng);
  })};
}

std::vector<Row> taking_everything() {
  Row row = spoiled("takes everything");
  row.can = {};
  return {row};
}

}  // namespace heed::inline HEED_REAL::laws
