// What a study tells of the heads of its model: figures of what they look at and of what they are
// worth, as details. Heads of all layers lie side by side, in the order of the forward pass.
#pragma once

#include <functional>
#include <vector>

#include "autograd/tensor.h"
#include "examples/study/study.h"

namespace heed::models {

// The maps over one sequence, (B, H, T, T) each, that a pass publishes, as weights that were really
// used; none of a mechanism that has no such maps.
std::vector<Tensor> square_maps(const std::function<void()>& pass);

// How spread out the rows of a head are, how far they look, what rests on the first token: of all
// heads the least and the most.
void tell_rows(const std::vector<Tensor>& maps, study::Details& details);

// How many heads of the model ask for gates while its loss is computed.
Index gated_heads(const std::function<Tensor()>& loss);

// What the removal of each head costs, (all heads), and how the slopes of their gates rank them
// beside that: towards zero, and towards the mean. `loss` runs the model and gives a scalar.
Tensor tell_worth(const std::function<Tensor()>& loss, study::Details& details);

// By how much the loss rises when these heads, counted through all layers, are taken out together;
// heads_each: how many each layer has.
double cost_without(const std::vector<Index>& heads, const std::vector<Index>& heads_each,
                    const std::function<Tensor()>& loss);

// By how much the answers, `probabilities` (B, classes), change under uniform and under permuted
// maps, 0 to 1, and how far from the model's own the maps may be that say the same, 0 to .69: means
// over the samples.
void tell_faith(const std::function<Tensor()>& probabilities, study::Details& details);

}  // namespace heed::models
