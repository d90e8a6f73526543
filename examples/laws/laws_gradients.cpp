// U1: every gradient against a fourth-order central difference.
#include "autograd/ops.h"
#include "examples/laws/law_list.h"
#include "examples/laws/slopes.h"
#include "examples/laws/subject.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using attention::Mechanism;

// Everything that a run gives, weighed at random: the result, and what a loss may add to it.
Tensor weighed(const attention::Mixed& mixed) {
  Tensor loss = sum(mixed.y * sample(mixed.y.shape(), 3));
  if (mixed.auxiliary.defined()) loss = loss + mixed.auxiliary;
  if (!mixed.log_probability.defined()) return loss;
  return loss + sum(mixed.log_probability * sample(mixed.log_probability.shape(), 4));
}

// The deviations at one point.
Verdict at_point(const Mechanism& mechanism, const Form& form, bool training, std::uint64_t seed,
                 double bar) {
  Worst worst{bar};
  Subject subject(mechanism, small_config(form.causal));
  if (training) subject.draw(seed);
  const Index length = form.cross ? 5 : 4;
  Call call{.x = sample({2, 4, width}, 10 * seed + 1).detach()};
  call.x.require_grad();
  if (form.cross) {
    call.context = sample({2, length, width}, 10 * seed + 2).detach();
    call.context.require_grad();
  }
  if (mechanism.mixer->can.padding) call.mask = attention::padding({length, 3}, length);
  const auto loss = [&] { return weighed(subject.mix(call)); };
  const std::string where = form.name() + (training ? ", training: " : ": ");
  worst.see(deviation(loss, call.x), where + "x");
  if (form.cross) worst.see(deviation(loss, call.context), where + "context");
  for (const Parameter& parameter : subject.mixer().parameters()) {
    worst.see(deviation(loss, parameter.value), where + parameter.name);
  }
  return worst.verdict;
}

}  // namespace

// A choice jumps, so a point may lie beside a jump: then another is taken. A wrong derivative is
// wrong at each.
Verdict gradients_are_right(const Mechanism& mechanism, double bar) {
  Verdict worst;
  for (const Form& form : forms_of(mechanism)) {
    for (const bool training : {false, true}) {
      Verdict best = at_point(mechanism, form, training, 1, bar);
      for (std::uint64_t seed = 2; seed < 6 && !best.holds; ++seed) {
        best = at_point(mechanism, form, training, seed, bar);
      }
      if (!best.holds) return best;
      if (best.measured >= worst.measured) worst = best;
    }
  }
  return worst;
}

}  // namespace heed::inline HEED_REAL::laws
