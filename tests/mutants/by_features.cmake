# Attention by features, more of the mutants of attention.cmake. Public libraries summed over heads
# in the place of time, left padding in the normaliser, and took a Performer's stabiliser over keys
# that a query must not see.
set(sums attention/efficient/by_features.cpp)
heed_mutant(summed_over_heads ${sums} ", 2, false, true);" ", 1, false, true);"
  BY sums_of_features/*)
heed_mutant(a_chunk_sees_itself_whole ${sums} ", 2, false, true);" ", 2, false, false);"
  BY sums_of_features/*)
heed_mutant(a_chunk_sees_its_future ${sums} "tril(matmul(queries, keys, {.transpose_b = true}))"
  "matmul(queries, keys, {.transpose_b = true})" BY laws/U5)
heed_mutant(summary_of_the_past_dropped ${sums}
  "if (past.defined()) before = before + unsqueeze(past, 2);" "" BY laws/U13)
heed_mutant(state_of_the_last_call_only ${sums} "past.defined() ? past + summary : summary}, seen"
  "summary}, seen" BY laws/U13)
heed_mutant(padding_in_the_sums ${sums}
  "if (input.mask.defined()) k = where(over_features(input.mask, fresh), k, 0.0);" "" BY laws/U7a)
heed_mutant(padding_in_the_sum_of_rows ${sums} "attend_by_features(q, k, v, form, past)"
  "attend_by_features(q, phi.of_keys(heads_of(at.k)), input.mask.defined()
     ? where(over_features(input.mask, fresh), v, 0.0) : v, form, past)"
  BY laws/U7b)
heed_mutant(matrix_aligned_top_left ${sums} "tril(pairs, k.dim(2) - q.dim(2))" "tril(pairs)"
  BY sums_of_features/*)
heed_mutant(gates_lost_beside_a_state ${sums} "gated(attend_by_features(q, k, v, form, past))"
  "attend_by_features(q, k, v, form, past)" BY sums_of_features/*)
heed_mutant(nothing_divided_by_zero ${sums} "where(total > 0, total, 1.0)" "total"
  BY sums_of_features/*)
heed_mutant(rows_not_divided ${sums} "slice(sums, -1, 0, size) / above" "slice(sums, -1, 0, size)"
  BY formula/linear/*)
heed_mutant(features_below_zero attention/efficient/linear_attention.cpp "elu(x) + 1" "elu(x)"
  BY laws/MAP)
set(favor attention/efficient/performer.cpp)
set(of_keys "clamp(exponents_of(x, w), open, largest_exponent)")
heed_mutant(stabilised_by_later_keys ${favor} "${of_keys}"
  "exponents_of(x, w) - max(exponents_of(x, w), {-2, -1}, true)" BY laws/U5)
heed_mutant(shift_of_each_key ${favor} "${of_keys}"
  "exponents_of(x, w) - max(exponents_of(x, w), {-1}, true)" BY formula/performer/*)
heed_mutant(keys_without_an_end ${favor} "${of_keys}" "exponents_of(x, w)" BY random_features/*)
heed_mutant(constant_off_all_keys ${favor} "${of_keys}"
  "exponents_of(x, w) - relu(max(half_square(w)) - largest_exponent)" BY random_features/*)
heed_mutant(queries_without_a_shift ${favor} "products - max(products, {-1}, true).detach()"
  "products" BY random_features/*)
heed_mutant(norm_left_out ${favor} " - half_square(x);\n}" ";\n}" BY formula/performer/*)
heed_mutant(root_in_the_place_of_the_fourth ${favor} "-0.25" "-0.5" BY formula/performer/*)
heed_mutant(rows_of_one_length ${favor} "number * length" "number" BY random_features/*)
heed_mutant(rows_not_orthogonal ${favor} "row[i] -= share * unit[i]" "row[i] -= 0 * unit[i]"
  BY random_features/*)
