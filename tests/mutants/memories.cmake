# More of the mutants of attention.cmake, with what is set there.

# A sentinel beside the source: what it says, how it is compared, who sees and who reads it.
set(sentinel attention/dense/sentinel.cpp)
heed_mutant(sentinel_ungated ${sentinel}
  "sigmoid(gate_input_(x) + gate_state_(h_before)) * tanh(c)" "tanh(c)" BY sentinel)
heed_mutant(sentinel_compared_like_a_place ${sentinel} "own_key_(s)" "key_(s)" BY sentinel)
heed_mutant(sentinel_hidden_with_the_padding ${sentinel} "Tensor::ones(scores.with(-1, 1))"
  "Tensor::zeros(scores.with(-1, 1))" BY sentinel)
heed_mutant(sentinel_weighed_and_not_read ${sentinel} "{y + unsqueeze(gate, -1) * s, weights"
  "{y, weights" BY sentinel)

# Scores by a small network; seeds that ask a bag.
heed_mutant(additive_in_a_straight_line attention/scores.cpp "tanh(queries + keys)"
  "queries + keys" BY formula/additive)
heed_mutant(seeds_ask_in_a_straight_line attention/pooling/seed_pooling.cpp "relu(lin_(h)), over"
  "lin_(h), over" BY formula/pma)
heed_mutant(seeds_forget_themselves attention/pooling/seed_pooling.cpp "layer_norm1_(x + read)"
  "layer_norm1_(read)" BY formula/pma)

# Memories: what is asked, what is kept, what is moved and overwritten; a write that never reaches
# what is read (a public library never updated its index).
set(network attention/memory/memory_network.cpp)
heed_mutant(memory_asked_once ${network} "u = u + combine(weights, values)"
  "u = u + combine(weights, values) * (hop == 0 ? 1.0 : 0.0)" BY memory_networks/*)
heed_mutant(memory_of_one_table ${network} "unsqueeze(memory[hop + 1], 1)"
  "unsqueeze(memory[hop], 1)" BY memory_networks/*)
heed_mutant(question_forgotten ${network} "u = u + combine" "u = combine" BY memory_networks/*)
heed_mutant(answers_by_the_first_table ${network} "tables_[hops]->weight()" "tables_[0]->weight()"
  BY memory_networks/*)
heed_mutant(hidden_facts_seen ${network} "shifted(dot(u, keys)), visible"
  "shifted(dot(u, keys)), {}" BY memory_networks/*)
set(turing attention/memory/ntm.cpp)
heed_mutant(shift_the_other_way ${turing} "roll(weights, offset, 1)" "roll(weights, -offset, 1)"
  BY turing_machines/*)
heed_mutant(gate_turned_round ${turing} "(1 - head.gate) * before" "head.gate * before"
  BY turing_machines/*)
heed_mutant(sharpened_before_the_shift ${turing}
  "sharpen(shift_weights(gated, head.shift), head.gamma)"
  "shift_weights(sharpen(gated, head.gamma), head.shift)" BY turing_machines/*)
heed_mutant(added_without_erasing ${turing} "memory * (1 - w * unsqueeze(erase, 1))" "memory"
  BY turing_machines/*)
heed_mutant(heads_swap_their_places ${turing} "addressing(read_head_(h)), state.read_weights"
  "addressing(read_head_(h)), state.write_weights" BY turing_machines/*)
heed_mutant(gamma_below_one ${turing} ".gamma = 1 + softplus" ".gamma = softplus"
  BY turing_machines/*)
set(knn attention/memory/knn_memory.cpp)
heed_mutant(store_never_written ${knn} "mixed.state = kept(input, store, segment)"
  "mixed.state = input.state" BY stores/*)
heed_mutant(store_with_gradients ${knn} "more.detach()" "more" BY stores/*)
heed_mutant(newest_go_first ${knn} "2, first, all)" "2, 0, all - first)" BY stores/*)
heed_mutant(all_of_the_store_read ${knn} "best_keys(far, options_.k, columns(seen, 0, stored))"
  "columns(seen, 0, stored)" BY stores/*)
heed_mutant(gate_of_near_and_far_swapped ${knn} "softmax_over(far, far_seen) * share"
  "softmax_over(far, far_seen) * (1 - share)" BY stores/*)
heed_mutant(normalised_once attention/memory/external.cpp
  "return over_tokens / where(sums > 0, sums, 1.0)" "return over_tokens" BY formula/external)
heed_mutant(external_softmax_over_slots attention/memory/external.cpp
  ": softmax(f, -2)" ": softmax(f, -1)" BY formula/external)
heed_mutant(vectors_without_a_share attention/memory/persistent.cpp
  "concat({open, own}, 3)" "concat({open, own - 1e3}, 3)" BY formula/persistent)
heed_mutant(vectors_unscaled attention/memory/persistent.cpp "scaled_dot(q, keys_)" "dot(q, keys_)"
  BY formula/persistent)

# Teachers: which way a divergence goes, who is averaged, what flows where.
set(teacher attention/training/distillation.cpp)
heed_mutant(teacher_learns ${teacher} "mean(teacher, {1}, true)).detach()"
  "mean(teacher, {1}, true))" BY teachers/*)
heed_mutant(divergence_the_other_way ${teacher} "t * (u - 1 - log(u))"
  "t * (1 - u + u * log(u))" BY teachers/*)
heed_mutant(one_head_of_many ${teacher} "alike ? student : mean(student, {1}, true)"
  "alike ? student : slice(student, 1, 0, 1)" BY teachers/*)
heed_mutant(energy_not_normalised attention/training/attention_transfer.cpp
  "return nn::normalize(reshape(energy, {features.dim(0), -1}))"
  "return reshape(energy, {features.dim(0), -1})" BY teachers/*)
heed_mutant(energy_of_absolute_values attention/training/attention_transfer.cpp
  "sum(square(features), {1})" "sum(abs(features), {1})" BY teachers/*)
heed_mutant(relations_unscaled attention/training/minilm.cpp "scaled_dot(values, values)"
  "dot(values, values)" BY teachers/*)
