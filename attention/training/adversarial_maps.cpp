#include "attention/training/adversarial_maps.h"

#include <fmt/format.h>

#include <cmath>

#include "attention/entries.h"
#include "attention/heads/rows.h"
#include "attention/maps.h"
#include "attention/score_leaves.h"
#include "attention/score_shift.h"
#include "attention/training/adversarial.h"
#include "autograd/ops.h"
#include "autograd/with_grad.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// What a model says, and the maps with which.
struct Pass {
  Tensor p;
  std::vector<Tensor> maps;
};

Pass pass_of(const std::function<Tensor()>& probabilities) {
  const MapRecorder recorder(Graph::keep);
  Pass pass{probabilities(), {}};
  for (const Map& map : recorder.maps()) pass.maps.push_back(map.weights);
  return pass;
}

// The mean over all rows of all maps of each sample: (B).
Tensor divergence_of(const Pass& own, const Pass& other) {
  Tensor total;
  Index rows = 0;
  for (std::size_t i = 0; i < own.maps.size(); ++i) {
    const Tensor apart = jensen_shannon(own.maps[i], other.maps[i]);  // (B, H, T)
    const Tensor sums = sum(apart, {1, 2});
    total = total.defined() ? total + sums : sums;
    rows += apart.dim(1) * apart.dim(2);
  }
  return total * (1 / static_cast<double>(rows));
}

// The best of each sample so far.
struct Kept {
  AdversarialMaps best;

  void see(const std::vector<Tensor>& shifts, const Tensor& divergence, const Tensor& change,
           double eps) {
    const Mask better = (change <= eps) & (divergence > best.divergence);  // (B)
    best.divergence = where(better, divergence, best.divergence).detach();
    best.change = where(better, change, best.change).detach();
    const Mask rows = better.reshape({better.size(), 1, 1, 1});
    for (std::size_t i = 0; i < shifts.size(); ++i) {
      best.shifts[i] = where(rows, shifts[i], best.shifts[i]).detach();
    }
  }
};

// The model as it is, with shifts of 0: what is kept until something better is found.
Pass own_pass(const std::function<Tensor()>& probabilities, Kept& kept) {
  const NoGrad no_grad;
  const ScoreLeaves scores;
  const Pass own = pass_of(probabilities);
  if (own.maps.empty() || own.maps.size() != scores.leaves().size()) {
    throw ValueError(fmt::format("[adversarial_maps] the model must publish a map for each of its "
                                 "scores: {} maps, {} scores",
                                 own.maps.size(), scores.leaves().size()));
  }
  for (const Tensor& of : scores.leaves()) {
    if (of.rank() != 4 || of.dim(0) != own.p.dim(0)) {
      throw ShapeError(fmt::format("[adversarial_maps] scores must be ({}, H, T, S), as there are "
                                   "{} samples: got {}",
                                   own.p.dim(0), own.p.dim(0), of.shape().str()));
    }
    kept.best.shifts.push_back(of.detach());
  }
  kept.best.divergence = Tensor::zeros({own.p.dim(0)});
  kept.best.change = Tensor::zeros({own.p.dim(0)});
  return own;
}

}  // namespace

AdversarialMaps adversarial_maps(const std::function<Tensor()>& probabilities,
                                 const AdversarialMapsOptions& options, Generator& rng) {
  if (!(options.eps >= 0) || options.steps < 1) {
    throw ValueError(fmt::format("[adversarial_maps] eps must not be negative, and a step taken: "
                                 "{} and {}",
                                 options.eps, options.steps));
  }
  Kept kept;
  const Pass own = own_pass(probabilities, kept);
  const WithGrad with_grad;
  std::vector<Tensor> shifts;  // at r = 0 the divergence has no slope
  for (const Tensor& one : kept.best.shifts) shifts.push_back(rng.normal(one.shape()));
  for (Index step = 0; step < options.steps; ++step) {
    std::vector<Tensor> slopes;
    {
      const ScoreShift guard(shifts);
      const ScoreLeaves scores;
      const Pass other = pass_of(probabilities);
      const Tensor divergence = divergence_of(own, other), change = total_variation(other.p, own.p);
      kept.see(shifts, divergence.detach(), change.detach(), options.eps);
      const Tensor aim = sum(divergence - relu(change - options.eps) * options.weight);
      slopes = grad({aim}, scores.leaves());
    }
    const double left =
        1 - static_cast<double>(step) / static_cast<double>(options.steps);
    for (std::size_t i = 0; i < shifts.size(); ++i) {
      const Shape& shape = shifts[i].shape();
      const auto scores = static_cast<double>(shape[1] * shape[2] * shape[3]);
      shifts[i] = shifts[i] + worst_direction(slopes[i], options.stride * std::sqrt(scores) * left);
    }
  }
  return kept.best;
}

Mechanism adversarial_maps_entry() {
  const AdversarialMapsOptions defaults;
  return {.name = "adversarial-maps",
          .title = "Adversarial attention maps",
          .what = "Weights as far from a model's own as can be, under which it says the same.",
          .paper = "Jain, Wallace 2019, arXiv 1902.10186",
          .file = "attention/training/adversarial_maps.h",
          .limit = "maps_without_room_say_what_the_model_says",
          .options = {{"eps", defaults.eps, "by how much what is said may change"},
                      {"steps", static_cast<double>(defaults.steps), "of the ascent"}},
          .reductions = {{.to = "the model's own maps",
                          .when = "eps = 0 and every key counts",
                          .reason = "any other weights change what is said",
                          .test = "maps_without_room_say_what_the_model_says"}}};
}

}  // namespace heed::inline HEED_REAL::attention
