# Positions, as every mechanism with the option takes them.
set(positions attention/positions.cpp)
heed_mutant(keys_not_turned attention/projections.cpp "at.k = positions_->turned(at.k, start);" ""
  BY relative_positions)
heed_mutant(every_call_turns_from_the_start attention/projections.cpp
  "input.state ? input.state->seen : 0" "0" BY relative_positions)
heed_mutant(values_of_a_state_from_the_keys attention/projections.cpp
  "concat({columns_of(projected.k), columns_of(projected.v)}, 2)"
  "concat({columns_of(projected.k), columns_of(projected.k)}, 2)" BY relative_positions)
heed_mutant(nearness_counts_against ${positions} "return nn::alibi_bias(" "return -nn::alibi_bias("
  BY relative_positions)
heed_mutant(relative_not_scaled ${positions} " / std::sqrt(static_cast<double>(q.size))" ""
  BY relative_positions)
heed_mutant(distances_from_the_start ${positions} "(*buckets_)(queries, keys)"
  "slice((*buckets_)(keys, keys), 1, 0, queries)" BY relative_positions)
heed_mutant(positions_not_in_the_kernel attention/dense/multi_head.cpp
  ".bias = at.bias" ".bias = {}" BY relative_positions)
heed_mutant(positions_not_on_the_readable_path attention/readable.cpp
  "dot(q, k), at.bias)" "dot(q, k), {})" BY relative_positions)
heed_mutant(positions_not_in_a_pattern attention/sparse/patterned.cpp
  "if (at.bias.defined())" "if (false)" BY relative_positions)
heed_mutant(positions_of_the_first_heads attention/sparse/hybrid.cpp
  "slice(bias, -3, first, first + count)" "slice(bias, -3, 0, count)" BY relative_positions)
