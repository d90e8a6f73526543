# What heads do and what they are worth, in the settings of attention.cmake: maps made by hand and
# equations of gates must notice.

set(heads attention/heads)
heed_mutant(pattern_counts_rows_without_a_key ${heads}/patterns.cpp
  "where(counted, weights, 0.0)" "weights" BY heads)
heed_mutant(pattern_abs_of_all_rows ${heads}/patterns.cpp
  "where(counted, abs(weights - to_tensor(wanted)), 0.0)" "abs(weights - to_tensor(wanted))"
  BY heads)
heed_mutant(copies_that_come_later ${heads}/patterns.cpp
  "j < i && text[j] == text[i]" "j != i && text[j] == text[i]" BY heads)
heed_mutant(induction_of_the_copy_itself ${heads}/patterns.cpp
  "j > 0 && j <= i && text[j - 1] == text[i]" "j < i && text[j] == text[i]" BY heads)
heed_mutant(distance_from_the_front ${heads}/rows.cpp "keys - queries" "0" BY heads)
heed_mutant(mean_over_all_rows ${heads}/rows.cpp "if (!counted.defined()) return"
  "return" BY heads)
heed_mutant(a_token_points_to_itself ${heads}/arcs.cpp "!offset_pattern(length, 0)"
  "!offset_pattern(length, length)" BY heads)
heed_mutant(arcs_that_are_not_asked ${heads}/arcs.cpp "sum(asked)"
  "static_cast<double>(gold.size())" BY heads)
heed_mutant(farthest_offset_first ${heads}/arcs.cpp "found->second <= most" "found->second < most"
  BY heads)
heed_mutant(rollout_from_the_last ${heads}/rollout.cpp "matmul(step, left)" "matmul(left, step)"
  BY heads)
heed_mutant(rollout_rows_not_of_one ${heads}/rollout.cpp "mixed / sum(mixed, {2}, true)" "mixed"
  BY heads)
heed_mutant(mean_beside_an_open_gate ${heads}/head_gates.cpp
  "mean(y, {0, 2}, true) * (1.0 - g)" "mean(y, {0, 2}, true)" BY head_gates)
heed_mutant(mean_of_each_sample ${heads}/head_gates.cpp "mean(y, {0, 2}, true)"
  "mean(y, {2}, true)" BY head_gates)
heed_mutant(outer_gates_forgotten ${heads}/head_gates.cpp
  "HeadGates::~HeadGates() { current_guard = before_; }"
  "HeadGates::~HeadGates() { current_guard = nullptr; }" BY head_gates)
heed_mutant(slopes_cancel ${heads}/importance.cpp "sum(abs(slope), {0})" "abs(sum(slope, {0}))"
  BY head_gates)
heed_mutant(equal_values_rank_apart ${heads}/importance.cpp "less + (equal - 1) / 2" "less"
  BY head_gates)
heed_mutant(uniform_over_what_is_hidden ${heads}/map_change.cpp "ne(weights, 0.0)"
  "weights >= 0.0" BY head_gates)
heed_mutant(permuted_into_what_is_hidden ${heads}/map_change.cpp "if (values[at] != 0)" "if (true)"
  BY head_gates)
heed_mutant(changes_go_nowhere attention/core.cpp "gated(matmul(changed_map(weights), v))"
  "gated(matmul(weights, v))" BY head_gates)
