// Mechanisms made wrong on purpose: each breaks one law, which shows that the law can be broken.
#pragma once

#include <vector>

#include "attention/catalog.h"

namespace heed::inline HEED_REAL::laws {

std::vector<attention::Row> straight_through_gradient();
std::vector<attention::Row> sigmoid_weights();
std::vector<attention::Row> unnormalised_weights();
std::vector<attention::Row> position_dependent();
std::vector<attention::Row> bidirectional_as_causal();
std::vector<attention::Row> pattern_declared_wrong();
std::vector<attention::Row> mean_over_padding();
std::vector<attention::Row> nothing_over_nothing();
std::vector<attention::Row> softmax_without_maximum();
std::vector<attention::Row> batch_statistics();
std::vector<attention::Row> counting_its_calls();
std::vector<attention::Row> linear_normaliser();
std::vector<attention::Row> forgetting_its_state();
std::vector<attention::Row> changed_by_looking();
std::vector<attention::Row> taking_everything();

}  // namespace heed::inline HEED_REAL::laws
