// U10, U11, MAP, REF: independence, repetition, looking without touching, refusing.
#include <fmt/format.h>

#include "attention/block.h"
#include "attention/score_shift.h"
#include "autograd/ops.h"
#include "autograd/threads.h"
#include "examples/laws/law_list.h"
#include "examples/laws/subject.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using attention::MapRecorder;
using attention::Mechanism;
using attention::ScoreShift;

// The influence of each batch row of x on each batch row of y.
void see_batch(const Subject& subject, Worst& worst) {
  const Tensor x = sample({3, 4, width}, 61);
  const Tensor before = subject(x);
  for (Index b = 0; b < 3; ++b) {
    std::vector<Tensor> rows;
    for (Index other = 0; other < 3; ++other) {
      rows.push_back(other == b ? sample({1, 4, width}, 62) : slice(x, 0, other, other + 1));
    }
    const Tensor after = subject(concat(rows, 0));
    for (Index other = 0; other < 3; ++other) {
      const double moved =
          distance(slice(before, 0, other, other + 1), slice(after, 0, other, other + 1));
      if (other != b) worst.see(moved, fmt::format("batch row {} sees row {}", other, b));
      if (other == b) worst.demand(moved > 0, fmt::format("batch row {} sees nothing", b));
    }
  }
}

// The maps of a pass whose scores are shifted by the same tensor in each attention.
std::vector<attention::Map> shifted_maps(const Subject& subject, const Tensor& x,
                                         const Tensor& shift, Worst& worst) {
  const ScoreShift guard(std::vector<Tensor>(most_attentions, shift));
  MapRecorder recorder;
  subject(x);
  worst.demand(guard.used() > 0, "no score was asked for");
  return recorder.maps();
}

// Other scores in head 0 must leave the weights of all other heads alone.
void see_heads(const Subject& subject, Worst& worst) {
  const Tensor x = sample({2, 5, width}, 63);
  const auto before = shifted_maps(subject, x, Tensor::scalar(0), worst);
  worst.demand(!before.empty(), "no map was published");
  for (std::size_t at = 0; at < before.size(); ++at) {
    const Tensor& map = before[at].weights;  // (B, H, T, S)
    if (map.dim(1) < 2) continue;
    const Shape others = map.shape().with(1, map.dim(1) - 1);
    const Tensor first = sample(map.shape().with(1, 1), 64) * 10.0;
    const Tensor shift = concat({first, Tensor::zeros(others)}, 1).detach();
    const Tensor after = shifted_maps(subject, x, shift, worst)[at].weights;
    worst.see(distance(slice(map, 1, 1, map.dim(1)), slice(after, 1, 1, map.dim(1))),
              "another head sees head 0");
    worst.demand(distance(slice(map, 1, 0, 1), slice(after, 1, 0, 1)) > 0,
                 "head 0 ignores its scores");
  }
}

// Output and all gradients of one run, of a size at which threads take part.
std::vector<Tensor> whole_run(const Mechanism& mechanism) {
  Subject subject(mechanism, {.width = 64, .heads = 4, .length = 96});
  subject.draw(0);
  Tensor x = sample({8, 96, 64}, 65).detach();
  x.require_grad();
  const Tensor y = subject(x);
  std::vector<Tensor> wanted{x};
  for (const Parameter& parameter : subject.mixer().parameters()) wanted.push_back(parameter.value);
  std::vector<Tensor> results = grad({sum(y * sample(y.shape(), 66))}, wanted);
  results.push_back(y);
  return results;
}

void compare_runs(const std::vector<Tensor>& a, const std::vector<Tensor>& b, const char* where,
                  Worst& worst) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    worst.see(distance(a[i], b[i]), where);
    worst.demand(bitwise_equal(a[i], b[i]), where);
  }
}

// One that pools has one or several results for a sequence: their mean is added to every token.
class ByMean : public attention::Mixer {
 public:
  explicit ByMean(std::unique_ptr<attention::Mixer> inner)
      : inner_(adopt("inner", std::move(inner))) {}
  attention::Mixed mix(const attention::MixerInput& input) const override {
    attention::Mixed mixed = inner_.mix(input);
    mixed.y = mean(mixed.y, {1}, true);
    return mixed;
  }

 private:
  attention::Mixer& inner_;
};

// A few steps of plain gradient descent on a block with dropout; looks at the maps between them or
// not.
std::vector<double> losses_of_training(const Mechanism& mechanism, bool look) {
  Generator rng(8);
  std::unique_ptr<attention::Mixer> mixer = mechanism.make(small_config(), rng);
  if (!mechanism.mixer->can.tokens) mixer = std::make_unique<ByMean>(std::move(mixer));
  attention::EncoderBlock block({.width = width, .dropout = 0.2}, std::move(mixer), rng);
  const Tensor x = sample({2, 5, width}, 67);
  const Tensor target = sample({2, 5, width}, 68);
  const auto forward = [&] {
    const Tensor context = mechanism.mixer->can.self ? Tensor() : x;
    return block(attention::MixerInput{.x = x, .context = context}).y;
  };
  std::vector<double> losses;
  for (std::uint64_t step = 0; step < 4; ++step) {
    if (look) {
      MapRecorder recorder;
      block.seed_draws(1, 0);
      forward();
    }
    block.seed_draws(9, step);
    const Tensor loss = mean(square(forward() - target));
    losses.push_back(static_cast<double>(loss.item()));
    for (const Parameter& parameter : block.parameters()) parameter.value.zero_grad();
    loss.backward();
    for (const Parameter& parameter : block.parameters()) {
      if (!parameter.value.grad().defined()) continue;
      const NoGrad off;
      parameter.value.assign(parameter.value.detach() - parameter.value.grad() * 0.1);
    }
  }
  return losses;
}

bool refuses(const std::function<void()>& call) {
  try {
    call();
  } catch (const ValueError&) {
    return true;
  }
  return false;
}

}  // namespace

Verdict batch_and_heads_are_independent(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  const Subject subject(mechanism, small_config());
  see_batch(subject, worst);
  if (mechanism.mixer->can.map) see_heads(subject, worst);
  return worst.verdict;
}

Verdict runs_repeat_bitwise(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  const int before = threads();
  set_threads(1);
  const std::vector<Tensor> first = whole_run(mechanism);
  compare_runs(first, whole_run(mechanism), "the same run twice", worst);
  set_threads(2);
  compare_runs(first, whole_run(mechanism), "1 and 2 threads", worst);
  set_threads(before);
  return worst.verdict;
}

// The result of a call and the gradients of everything in it.
std::vector<Tensor> with_gradients(const Subject& subject, const Tensor& x) {
  Tensor leaf(x.shape(), x.values());
  leaf.require_grad();
  const Tensor y = subject(leaf);
  std::vector<Tensor> wanted{leaf};
  for (const Parameter& parameter : subject.mixer().parameters()) wanted.push_back(parameter.value);
  std::vector<Tensor> results = grad({sum(y * sample(y.shape(), 71))}, wanted);
  results.push_back(y);
  return results;
}

Verdict recording_changes_nothing(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  for (const bool is_causal : {false, true}) {
    if (is_causal && !mechanism.mixer->can.causal) continue;
    const Subject subject(mechanism, small_config(is_causal));
    const Tensor x = sample({2, 5, width}, 69);
    const std::vector<Tensor> plain = with_gradients(subject, x);
    const std::string form = is_causal ? "causal: " : "";
    {
      MapRecorder recorder;
      worst.see(distance(subject(x), plain.back()), form + "another output");
      worst.demand(!recorder.maps().empty(), "no map was published");
    }
    MapRecorder recorder(attention::Graph::keep);
    const std::vector<Tensor> kept = with_gradients(subject, x);
    for (std::size_t i = 0; i < plain.size(); ++i) {
      worst.see(distance(kept[i], plain[i]), form + "graph kept: another output or gradient");
    }
  }
  const std::vector<double> blind = losses_of_training(mechanism, false);
  const std::vector<double> looking = losses_of_training(mechanism, true);
  worst.demand(blind == looking, "the losses of a training run change");
  return worst.verdict;
}

Verdict cannot_means_refuses(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  const Tensor x = sample({2, 5, width}, 70);
  const auto make = [&](bool is_causal) {
    Generator rng(1);
    return mechanism.make(small_config(is_causal), rng);
  };
  const Tensor context = mechanism.mixer->can.self ? Tensor() : x;
  if (!mechanism.mixer->can.causal) worst.demand(refuses([&] { make(true); }), "takes causal");
  const auto mixer = make(mechanism.mixer->can.cache);
  mixer->eval();
  if (!mechanism.mixer->can.cross) {
    worst.demand(refuses([&] { mixer->mix({.x = x, .context = x}); }), "takes a context");
  }
  if (!mechanism.mixer->can.self) {
    worst.demand(refuses([&] { mixer->mix({.x = x}); }), "takes no context");
  }
  if (!mechanism.mixer->can.padding) {
    const Mask mask = attention::padding({5, 4}, 5);
    worst.demand(refuses([&] { mixer->mix({.x = x, .context = context, .mask = mask}); }),
                 "takes a mask");
  }
  if (!mechanism.mixer->can.cache) {
    worst.demand(refuses([&] {
                   mixer->mix({.x = x, .context = context, .state = attention::MixerState{}});
                 }),
                 "takes a state");
  }
  return worst.verdict;
}

}  // namespace heed::inline HEED_REAL::laws
