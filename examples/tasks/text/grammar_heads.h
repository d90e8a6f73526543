// What the heads of a model of grammar_text.h know of its arcs.
#pragma once

#include <vector>

#include "autograd/tensor.h"
#include "examples/study/study.h"
#include "examples/tasks/text/grammar_text.h"

namespace heed::tasks {

// For each arc the share that the best of all heads finds, the best fixed offset, and the rollout
// of all layers; and by how much a head is ahead of its offset where it is most. The best head is
// chosen on the texts that it is scored on, as the best offset is. Maps (B, H, T, T) each, from the
// first layer on, gold (B, T) for each Arc.
void tell_arcs(const std::vector<Tensor>& maps, const std::vector<Indices>& gold,
               study::Details& details);

}  // namespace heed::tasks
