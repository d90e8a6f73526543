// Adversarial attention maps: other weights that are as far from a model's own as can be, and under
// which it says nearly the same. Where there are some, the map is one story of several.
// Jain, Wallace 2019, "Attention is not explanation", arXiv 1902.10186, section 4.2.2; what it
// means: Wiegreffe, Pinter 2019, "Attention is not not explanation", arXiv 1908.04626.
//
//   maximise JSD(a, a')   subject to   |p' - p| <= eps,   |p' - p| = sum over classes / 2
//
// Shapes   p (B, classes); a and a' the maps (B, H, T, S) of every attention of the model; JSD
//          between rows (attention/heads/rows.h), 0 to ln 2 = .69, its mean over all rows of a
//          sample.
// Cost     a pass forward and backward for each step, on a model that is not trained further.
// Differs  a way of looking, not of training, and of one model: each sample gets maps of its own,
//          and no weights that make them. Not evidence by itself that the weights do not matter:
//          hold it against the ablation, and against the same with keys that agree.
// Limit    without room nothing that changes what is said is found
//          (maps_without_room_say_what_the_model_says).
//
// a' is sought among softmax(scores + r), which are all distributions over the same keys. The
// ascent takes steps of one length in JSD - weight * (what |p' - p| has too much); of all that it
// meets it keeps, for each sample, the farthest that stays inside eps: the model's own map at the
// worst.
#pragma once

#include <functional>
#include <vector>

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

struct AdversarialMapsOptions {
  double eps = 0.05;
  Index steps = 100;
  double stride = 0.5;  // the length of a step for one score, shrinking to 0
  double weight = 50;   // of what is too much
};

struct AdversarialMaps {
  std::vector<Tensor> shifts;  // one an attention, for a ScoreShift
  Tensor divergence;           // (B): JSD(a, a'), the mean over rows
  Tensor change;               // (B): |p' - p|
};

// `probabilities` runs the model, in the same way each time: (B, classes), and maps whose rows sum
// to 1. Throws ValueError when the model publishes none, or not one for each of its scores, on a
// negative eps, and unless there is a step; ShapeError for scores that are not (B, H, T, S).
AdversarialMaps adversarial_maps(const std::function<Tensor()>& probabilities,
                                 const AdversarialMapsOptions& options, Generator& rng);

}  // namespace heed::inline HEED_REAL::attention
