// Adversarial training of attention: the scores are moved where it hurts most, and the model has to
// be right there, too.
// Kitada, Iyatomi 2020, "Attention meets perturbations: robust and interpretable attention with
// adversarial training", arXiv 2009.12064, equations 8 to 11. The step is that of Goodfellow,
// Shlens, Szegedy 2014, arXiv 1412.6572, measured by length as in Miyato, Dai, Goodfellow 2016,
// arXiv 1605.07725; several steps: Madry et al. 2017, arXiv 1706.06083.
//
//   g = dL / da, a the scores before softmax
//   r = eps g / ||g||,   loss = L(a) + lambda L(a + r)
//
// Shapes   a and r (B, H, T, S) for each attention of a model; ||r|| = eps over all scores that a
//          sample has in one attention. Scores of another rank, as of a graph, count as one sample.
// Cost     a step of training takes two passes forward and three backward instead of one and one.
// Differs  no attention of its own: how one is trained. It moves scores: where there are none
//          (`fnet`, `gfnet`) the second loss is the first once more, and the sum 1 + lambda times
//          it. Against what moves the scores it helps; it does not make a model right where the
//          words themselves mislead: a planted word that goes with the label in training misleads
//          as before.
// Limit    eps = 0 is plain training, bit for bit (eps_of_zero_is_plain_training).
#pragma once

#include <functional>
#include <vector>

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// eps g / ||g|| for each row of axis 0 of a g (B, H, T, S), for the whole of any other; 0 where g
// is 0. No gradient flows.
Tensor worst_direction(const Tensor& g, double eps);

struct AdversarialOptions {
  double eps = 5;
  double weight = 1;  // lambda
};
// L(a) + lambda L(a + r). `loss` runs the model, in the same way each time; it is called once when
// eps or lambda is 0, and twice otherwise. Inside a NoGrad it is a figure without a slope. Throws
// ValueError on a negative eps or lambda.
Tensor adversarial_loss(const std::function<Tensor()>& loss,
                        const AdversarialOptions& options = {});

struct AttackOptions {
  double eps = 5;
  // One step of length eps from a; or several of 2 eps / steps, each followed by the way back into
  // the ball, the shortest.
  Index steps = 1;
};
// The shifts r, one an attention, for a ScoreShift: what an attacker makes who may move the scores
// of each sample by eps. Works inside a NoGrad, too. Throws ValueError on a negative eps and unless
// there is a step.
std::vector<Tensor> attack(const std::function<Tensor()>& loss, const AttackOptions& options = {});
// The same length in a random direction: what an attack is held against.
std::vector<Tensor> random_shifts(const std::vector<Tensor>& like, double eps, Generator& rng);

}  // namespace heed::inline HEED_REAL::attention
