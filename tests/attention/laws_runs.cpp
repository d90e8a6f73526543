// U10, U11, MAP, REF: independence, repetition, looking without touching, refusing.
#include <fmt/format.h>

#include "attention/block.h"
#include "attention/maps.h"
#include "attention/score_shift.h"
#include "autograd/ops.h"
#include "autograd/threads.h"
#include "tests/attention/law_list.h"
#include "tests/attention/subject.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using attention::MapRecorder;
using attention::Mechanism;
using attention::MixerShape;

// The influence of each batch row of x on each batch row of y.
void see_batch(const Subject& subject, Worst& worst) {
  const Tensor x = sample({3, 4, 8}, 61);
  const Tensor before = subject(x);
  for (Index b = 0; b < 3; ++b) {
    std::vector<Tensor> rows;
    for (Index other = 0; other < 3; ++other) {
      rows.push_back(other == b ? sample({1, 4, 8}, 62) : slice(x, 0, other, other + 1));
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

Tensor recorded_map(const Subject& subject, const Tensor& x) {
  MapRecorder recorder;
  subject(x);
  return recorder.maps().at(0).weights;
}

// Other scores for head 0 must leave the weights of head 1 alone.
void see_heads(const Subject& subject, Worst& worst) {
  const Tensor x = sample({2, 5, 8}, 63);
  const Tensor before = recorded_map(subject, x);
  if (before.dim(1) < 2) return;
  const Tensor shift = sample({1, 1, before.dim(2), before.dim(3)}, 64) * 100;
  const Tensor silent = Tensor::zeros({1, before.dim(1) - 1, before.dim(2), before.dim(3)});
  const attention::ScoreShift guard({concat({shift, silent}, 1)});
  const Tensor after = recorded_map(subject, x);
  worst.demand(guard.used() == 1, "its scores cannot be shifted");
  worst.see(distance(select(before, 1, 1), select(after, 1, 1)), "head 1 sees head 0");
  worst.demand(distance(select(before, 1, 0), select(after, 1, 0)) > 0,
               "head 0 ignores its scores");
}

// Output and all gradients of one run, of a size at which threads take part.
std::vector<Tensor> whole_run(const Mechanism& row) {
  const Subject subject(row, {.width = 64, .heads = 4});
  subject.mixer().train();
  subject.mixer().seed_draws(3, 0);
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

// A few steps of plain gradient descent on a block with dropout; looks at the maps between them or
// not.
std::vector<double> losses_of_training(const Mechanism& row, bool look) {
  Generator rng(8);
  attention::EncoderBlock block({.width = 8, .dropout = 0.2},
                                row.make(small_config(), rng, small_options(row)), rng);
  const Tensor x = sample({2, 5, 8}, 67);
  const Tensor target = sample({2, 5, 8}, 68);
  const auto forward = [&] {
    return block(attention::MixerInput{.x = x, .context = row.as_mixer().can.self ? Tensor() : x})
        .y;
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

Verdict batch_and_heads_are_independent(const Mechanism& row, double bar) {
  Worst worst{bar};
  const Subject subject(row, small_config());
  see_batch(subject, worst);
  if (row.as_mixer().can.map) see_heads(subject, worst);
  return worst.verdict;
}

Verdict runs_repeat_bitwise(const Mechanism& row, double bar) {
  Worst worst{bar};
  const int before = threads();
  set_threads(1);
  const std::vector<Tensor> first = whole_run(row);
  compare_runs(first, whole_run(row), "the same run twice", worst);
  set_threads(2);
  compare_runs(first, whole_run(row), "1 and 2 threads", worst);
  set_threads(before);
  return worst.verdict;
}

Verdict recording_changes_nothing(const Mechanism& row, double bar) {
  Worst worst{bar};
  for (const bool is_causal : {false, true}) {
    if (is_causal && !row.as_mixer().can.causal) continue;
    const Subject subject(row, small_config(is_causal));
    const Tensor x = sample({2, 5, 8}, 69);
    const Tensor plain = subject(x);
    MapRecorder recorder;
    worst.see(distance(subject(x), plain), is_causal ? "causal: another output" : "another output");
    worst.demand(!recorder.maps().empty(), "no map was published");
  }
  const std::vector<double> blind = losses_of_training(row, false);
  const std::vector<double> looking = losses_of_training(row, true);
  worst.demand(blind == looking, "the losses of a training run change");
  return worst.verdict;
}

Verdict cannot_means_refuses(const Mechanism& row, double bar) {
  Worst worst{bar};
  const Tensor x = sample({2, 5, 8}, 70);
  const auto make = [&](bool is_causal) {
    Generator rng(1);
    return row.make(small_config(is_causal), rng, small_options(row));
  };
  const Tensor context = row.as_mixer().can.self ? Tensor() : x;
  if (!row.as_mixer().can.causal) worst.demand(refuses([&] { make(true); }), "takes causal");
  const auto mixer = make(row.as_mixer().can.cache);
  mixer->eval();
  if (!row.as_mixer().can.cross) {
    worst.demand(refuses([&] { mixer->mix({.x = x, .context = x}); }), "takes a context");
  }
  if (!row.as_mixer().can.self)
    worst.demand(refuses([&] { mixer->mix({.x = x}); }), "takes no context");
  if (!row.as_mixer().can.padding) {
    const Mask mask = attention::padding({5, 4}, 5);
    worst.demand(refuses([&] { mixer->mix({.x = x, .context = context, .mask = mask}); }),
                 "takes a mask");
  }
  if (!row.as_mixer().can.cache) {
    worst.demand(refuses([&] {
                   mixer->mix({.x = x, .context = context, .state = attention::MixerState{}});
                 }),
                 "takes a state");
  }
  return worst.verdict;
}

}  // namespace heed::inline HEED_REAL::laws
