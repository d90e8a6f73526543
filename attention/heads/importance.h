// What a head is worth to a model: the slope of the loss by a gate on it, one pass for all heads,
// and what its removal costs, a pass a head. The first is an estimate of the second: hold them
// against each other by the correlation of their ranks before the cheap one is believed.
//
//   const auto loss = [&] { return nn::mse(model(x), y); };
//   const Tensor important = concat(head_importance(loss), 0);   // of all heads of all attentions
//   const Tensor costs = concat(ablation_costs(loss), 0);
//   rank_correlation(important, costs);                          // 1: they say the same
//
//   importance_h = sum over samples |dL / dg_bh|       cost_h = L(g_h = 0) - L
//
// Shapes   a loss () of a model; for each attention, in the order of the forward pass, (H).
// Cost     importance: a pass forward and one back; costs: 1 + all heads passes forward.
// Differs  from a ranking by attention maps in that it asks the loss. The absolute value stands
//          inside the sum, so that samples which a head helps and samples which it harms do not
//          cancel: with a loss that is a mean over samples it is the mean of the paper. The slope
//          knows the neighbourhood of what the model is: a head whose samples are all answered
//          surely has none, however much it costs to lose it. Gates of heads in the paper are
//          normalised by layer for pruning; here they are not.
// Limit    with a loss that is linear in the gate and one sample the slope is the cost
//          (importance_of_a_linear_loss_is_the_cost).
// Source   Michel, Levy, Neubig 2019, arXiv 1905.10650, equation 2; Voita et al. 2019, arXiv
//          1905.09418 (which heads matter).
#pragma once

#include <functional>
#include <vector>

#include "attention/heads/head_gates.h"

namespace heed::inline HEED_REAL::attention {

// `loss` runs the model, in the same way each time, and gives a scalar. Throws ValueError when no
// attention of the model asks for gates. `removed`: what the gate would close towards.
std::vector<Tensor> head_importance(const std::function<Tensor()>& loss,
                                    Removed removed = Removed::zero);
// By how much the loss rises when a head is taken out, one after the other. Throws as above.
std::vector<Tensor> ablation_costs(const std::function<Tensor()>& loss,
                                   Removed removed = Removed::zero);

// Spearman's rank correlation, -1 to 1: the correlation of the ranks of the values, of which equal
// ones share the mean of theirs. NaN where all values of one are equal. Throws ShapeError unless
// there are as many of one as of the other.
double rank_correlation(const Tensor& a, const Tensor& b);

}  // namespace heed::inline HEED_REAL::attention
