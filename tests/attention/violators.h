// Mechanisms made wrong on purpose: each breaks one law, which shows that the law can be broken.
#pragma once

#include <vector>

#include "attention/catalog.h"

namespace heed::inline HEED_REAL::laws {

std::vector<attention::Mechanism> straight_through_gradient();
std::vector<attention::Mechanism> sigmoid_weights();
std::vector<attention::Mechanism> bidirectional_as_causal();
std::vector<attention::Mechanism> pattern_declared_wrong();
std::vector<attention::Mechanism> mean_over_padding();
std::vector<attention::Mechanism> nothing_over_nothing();
std::vector<attention::Mechanism> softmax_without_maximum();
std::vector<attention::Mechanism> batch_statistics();
std::vector<attention::Mechanism> counting_its_calls();
std::vector<attention::Mechanism> linear_normaliser();
std::vector<attention::Mechanism> forgetting_its_state();
std::vector<attention::Mechanism> publishing_other_weights();
std::vector<attention::Mechanism> changed_by_looking();
std::vector<attention::Mechanism> taking_everything();

}  // namespace heed::inline HEED_REAL::laws
