#include "attention/training/vat.h"

#include <fmt/format.h>

#include "attention/entries.h"
#include "attention/score_leaves.h"
#include "attention/score_shift.h"
#include "attention/training/adversarial.h"
#include "autograd/ops.h"
#include "autograd/with_grad.h"
#include "nn/losses.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// The mean over rows of KL(p || softmax(logits)).
Tensor divergence(const Tensor& p, const Tensor& logits) {
  const Tensor sum = nn::kl_div(log_softmax(logits), p, {.reduction = heed::Reduction::sum});
  return sum * (static_cast<double>(p.dim(-1)) / static_cast<double>(p.size()));
}

void check(const VatOptions& options) {
  if (options.eps >= 0 && options.xi > 0 && options.turns >= 1) return;
  throw ValueError(fmt::format("[vat_penalty] eps must not be negative, xi above 0, and a turn "
                               "taken: {}, {} and {}",
                               options.eps, options.xi, options.turns));
}

}  // namespace

Tensor vat_penalty(const std::function<Tensor()>& logits, const VatOptions& options,
                   Generator& rng) {
  check(options);
  Tensor p;
  std::vector<Tensor> shifts;
  {
    const NoGrad no_grad;
    const ScoreLeaves scores;
    p = softmax(logits());
    shifts = random_shifts(scores.leaves(), options.xi, rng);
  }
  for (Index turn = 0; turn < options.turns; ++turn) {
    const WithGrad with_grad;
    const ScoreShift guard(shifts);
    const ScoreLeaves scores;
    const std::vector<Tensor> slopes = grad({divergence(p, logits())}, scores.leaves());
    const double length = turn + 1 < options.turns ? options.xi : options.eps;
    for (std::size_t i = 0; i < slopes.size(); ++i) shifts[i] = worst_direction(slopes[i], length);
  }
  const ScoreShift guard(std::move(shifts));
  return divergence(p, logits());
}

Mechanism vat_entry() {
  const VatOptions defaults;
  return {.name = "vat",
          .title = "Virtual adversarial training of attention",
          .what = "What the model says must not change when its scores are moved; no label asked.",
          .paper = "Miyato et al. 2016, arXiv 1605.07725; 2017, arXiv 1704.03976",
          .file = "attention/training/vat.h",
          .limit = "vat_without_room_is_nothing",
          .options = {{"eps", defaults.eps, "how far the scores of a sample are moved"},
                      {"weight", 1, "of the penalty (lambda)"},
                      {"xi", defaults.xi, "how far the slope is taken from the scores"},
                      {"turns", static_cast<double>(defaults.turns), "of the iteration"}},
          .reductions = {{.to = "plain training",
                          .when = "eps = 0",
                          .reason = "nothing changes where nothing moves",
                          .test = "vat_without_room_is_nothing"}}};
}

}  // namespace heed::inline HEED_REAL::attention
