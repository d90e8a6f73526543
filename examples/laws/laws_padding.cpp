// U7a, U7b, U8: what is hidden by a mask.
#include <fmt/format.h>

#include "autograd/ops.h"
#include "examples/laws/law_list.h"
#include "examples/laws/subject.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using attention::Mechanism;

constexpr Index real = 4;   // tokens of batch row 0 that count
constexpr Index total = 6;  // with the padding

// What a padded run gives: outputs at real positions, the gradient into x, and those of all
// parameters.
struct Run {
  Tensor y;
  std::vector<Tensor> gradients;  // x (or context), then parameters
};

Tensor real_part(const Mechanism& mechanism, const Tensor& y, bool cross) {
  const bool padded = mechanism.mixer->can.tokens && !cross;
  const Index rows = padded ? real : y.dim(1);
  return slice(y, 1, 0, rows);
}

Run run_padded(const Mechanism& mechanism, const Subject& subject, const Tensor& padded,
               const Tensor& queries, bool cross, const Mask& mask) {
  Tensor leaf(padded.shape(), padded.values());
  leaf.require_grad();
  const Call call = cross ? Call{.x = queries, .context = leaf, .mask = mask}
                          : Call{.x = leaf, .context = {}, .mask = mask};
  const Tensor y = real_part(mechanism, subject(call), cross);
  std::vector<Tensor> wanted{leaf};
  for (const Parameter& parameter : subject.mixer().parameters()) wanted.push_back(parameter.value);
  const Tensor loss = sum(y * sample(y.shape(), 52));
  return {y, grad({loss}, wanted)};
}

void compare_contents(const Mechanism& mechanism, const Form& form, Index batch, Worst& worst) {
  const bool cross = form.cross;
  const Subject subject(mechanism, small_config(form.causal));
  const std::vector<Index> lengths(static_cast<std::size_t>(batch), real);
  const Mask mask = attention::padding(lengths, total);
  const Tensor queries = sample({batch, 3, width}, 50);
  const Tensor x = sample({batch, real, width}, 51);
  const Tensor zeros = concat({x, Tensor::zeros({batch, total - real, width})}, 1);
  const Tensor junk = concat({x, sample({batch, total - real, width}, 53) * 50.0}, 1);
  const Run a = run_padded(mechanism, subject, zeros, queries, cross, mask);
  const Run b = run_padded(mechanism, subject, junk, queries, cross, mask);
  const std::string where = fmt::format("{}, batch of {}", form.name(), batch);
  worst.see(distance(a.y, b.y), where + ": outputs see the padding");
  worst.see(largest(slice(b.gradients[0], 1, real, total)), where + ": gradient into the padding");
  for (std::size_t i = 0; i < a.gradients.size(); ++i) {
    worst.see(distance(a.gradients[i], b.gradients[i]), where + ": gradients see the padding");
  }
}

void compare_lengths(const Mechanism& mechanism, const Form& form, Index batch, Worst& worst) {
  const bool cross = form.cross;
  const Subject subject(mechanism, small_config(form.causal));
  const std::vector<Index> lengths(static_cast<std::size_t>(batch), real);
  const Tensor queries = sample({batch, 3, width}, 54);
  const Tensor x = sample({batch, real, width}, 55);
  const Tensor padded = concat({x, sample({batch, total - real, width}, 56)}, 1);
  const Mask mask = attention::padding(lengths, total);
  const Tensor alone = cross ? subject({.x = queries, .context = x}) : subject(x);
  const Tensor inside = cross ? subject({.x = queries, .context = padded, .mask = mask})
                              : subject({.x = padded, .mask = mask});
  worst.see(distance(alone, real_part(mechanism, inside, cross)),
            fmt::format("{}, batch of {}", form.name(), batch));
}

}  // namespace

Verdict padding_content_is_ignored(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  for (const Index batch : {Index{1}, Index{2}}) {
    for (const Form& form : forms_of(mechanism)) compare_contents(mechanism, form, batch, worst);
  }
  return worst.verdict;
}

Verdict padding_length_is_ignored(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  for (const Index batch : {Index{1}, Index{2}}) {
    for (const Form& form : forms_of(mechanism)) {
      // Two sequences end together, so padding at the end of one moves the queries.
      if (!(form.causal && form.cross)) compare_lengths(mechanism, form, batch, worst);
    }
  }
  return worst.verdict;
}

Verdict nothing_visible_gives_zero(const Mechanism& mechanism, double bar) {
  Worst worst{bar};
  // As initialised: output biases are 0, so that what attention adds stands alone.
  const Subject subject(mechanism, small_config(), true);
  Tensor x = sample({2, total, width}, 57).detach();
  x.require_grad();
  const Tensor y = subject({.x = x, .mask = attention::padding({total, 0}, total)});
  worst.see(largest(slice(y, 0, 1, 2)), "outputs of a row without any key");
  worst.demand(finite(y), "an output is not finite");
  std::vector<Tensor> wanted{x};
  for (const Parameter& parameter : subject.mixer().parameters()) wanted.push_back(parameter.value);
  const std::vector<Tensor> gradients = grad({sum(y * sample(y.shape(), 58))}, wanted);
  worst.see(largest(slice(gradients[0], 0, 1, 2)), "gradient of a row without any key");
  for (const Tensor& gradient : gradients)
    worst.demand(finite(gradient), "a gradient is not finite");
  {
    attention::MapRecorder recorder;
    const Tensor seen = subject({.x = x, .mask = attention::padding({total, 0}, total)});
    worst.see(largest(slice(seen, 0, 1, 2)), "recorded: outputs of a row without any key");
  }
  return worst.verdict;
}

}  // namespace heed::inline HEED_REAL::laws
