# Real bugs of public attention code, in the readable path and in the fused one that people run:
# the law that is named for each must notice, or the second formula where it is about values alone.

set(mutants_link heed_attention_laws64 heed_formulas64 heed_own_cases64 heed64_laws
  heed64_attention
  heed64_interop_xtensor heed_blas heed_xsimd)
set(mutants_by "laws/*,formula/*")
set(mutants_complaint "fails for .*|off by .*|is none of .*|is off.*|check .* has failed.*")

heed_mutant(none_of_attention attention/core.cpp "matmul(changed_map(weights), v)"
  "matmul(changed_map(weights), v)")

# Who may be seen.
heed_mutant(causal_dropped_with_mask attention/core.cpp
  "input.mask.defined() ? own & input.mask : own" "input.mask.defined() ? input.mask : own"
  BY laws/U5)
heed_mutant(causal_dropped_when_recording attention/core.cpp
  "if (pattern.is_full())" "if (pattern.is_full() || recording_maps())" BY laws/U5)
heed_mutant(causal_aligned_top_left attention/masks.cpp
  "const Index shift = keys - queries" "const Index shift = 0" BY laws/U5)
heed_mutant(window_left_bound_only attention/masks.cpp
  "std::abs(i - j) <= width" "i - j <= width" BY laws/U6)
heed_mutant(window_or_causal attention/masks.cpp
  "window(width) & causal()" "window(width) | causal()" BY laws/U6)
heed_mutant(mask_of_one_row_dropped attention/core.cpp
  "input.mask.defined() ? own & input.mask : own"
  "input.mask.defined() && input.x.dim(0) > 1 ? own & input.mask : own" BY laws/U7a)
heed_mutant(cache_forgotten attention/projections.cpp "if (!past.tensors.empty()) pairs ="
  "if (false) pairs =" BY laws/U13)

# What the scores are.
heed_mutant(cosine_of_long_queries attention/scores.cpp "dot(nn::normalize(q), " "dot(q, "
  BY formula/cosine/*)
heed_mutant(cosine_scale_not_positive attention/dense/cosine.cpp "exp(logit_scale_)" "logit_scale_"
  BY formula/cosine/*)

# What the weights are.
set(normaliser "visible.defined() ? masked_softmax(scores, visible) : softmax(scores)")
heed_mutant(padding_in_normaliser attention/normalizers.cpp "${normaliser}"
  "softmax(visible.defined() ? where(visible, scores, 0.0) : scores)" BY laws/U7b)
heed_mutant(mask_after_softmax attention/normalizers.cpp "${normaliser}"
  "visible.defined() ? softmax(scores) * to_tensor(visible) : softmax(scores)" BY laws/U2)
heed_mutant(mask_inverted attention/normalizers.cpp
  "masked_softmax(scores, visible)" "masked_softmax(scores, !visible)" BY laws/U5)
heed_mutant(masked_row_nan attention/normalizers.cpp "masked_softmax(scores, visible)"
  "where(visible, exp(scores), 0.0) / sum(where(visible, exp(scores), 0.0), {-1}, true)"
  BY laws/U8)
heed_mutant(no_maximum_taken_out attention/normalizers.cpp ": softmax(scores)"
  ": exp(scores) / sum(exp(scores), {-1}, true)" BY laws/U9)
heed_mutant(scores_not_shifted attention/one_head.cpp
  "shifted(scores)" "scores" BY laws/U9)
heed_mutant(score_not_scaled attention/scores.cpp
  "1 / std::sqrt(static_cast<double>(q.dim(-1)))" "1.0" BY laws/MAP)
heed_mutant(other_weights_published attention/dense/doubly_stochastic.cpp
  "publish_map(name, weights)" "publish_map(name, softmax(weights))" BY laws/U16)

# What is made of them.
heed_mutant(contributes_nothing attention/core.cpp
  "gated(matmul(changed_map(weights), v))" "matmul(changed_map(weights), v) * 0.0" BY laws/U6)
heed_mutant(hard_ships_soft attention/hard/hard.cpp
  "combine(choice.weights, v)" "combine(softmax(scores), v)" BY laws/U16)
heed_mutant(hard_scores_detached attention/hard/choice.cpp
  "weights = softmax_over(scores, visible)" "weights = softmax_over(scores.detach(), visible)"
  BY laws/U1)
heed_mutant(draw_of_the_first attention/hard/choice.cpp
  "below += " "below = " BY checks/*)
# What the draws are paid, and from what it is taken.
heed_mutant(reward_not_taken_from attention/hard/choice.cpp "reward.detach() - baseline.detach()"
  "reward.detach()" BY hard/*)
heed_mutant(slopes_without_the_other_keys attention/hard/choice.cpp
  " + sum(square(probabilities), {-1}))" " + square(exp(log_probability)))" BY hard/*)
heed_mutant(optimal_baseline_is_the_mean attention/hard/choice.cpp
  "paid_.update(reward.detach() * squared_slope.detach());\n  slopes_.update(squared_slope);"
  "paid_.update(reward);\n  slopes_.update(squared_slope * 0.0 + 1.0);" BY hard/*)
heed_mutant(drawn_from_everything attention/hard/hard.cpp
  "return softmax_over(shifted(scaled_dot(q, k)), mask);"
  "return softmax_over(shifted(scaled_dot(q, k)), {});" BY hard/*)

# Graphs.
set(graph attention/graph/gat.cpp)
heed_mutant(softmax_over_the_sources ${graph} "segment_softmax(shifted(scores), edges.to, nodes)"
  "segment_softmax(shifted(scores), edges.from, nodes)" BY graphs/*)
heed_mutant(messages_go_back ${graph} "segment_sum(messages, edges.to, nodes)"
  "segment_sum(messages, edges.from, nodes)" BY graphs/*)
heed_mutant(loops_stay_and_are_added ${graph} "if (self_loops && a == b) continue;" ""
  BY graphs/*)
heed_mutant(values_of_the_target ${graph} "index_select(values, edges.from)"
  "index_select(values, edges.to)" BY graphs/*)
heed_mutant(source_in_both_places ${graph} "+ index_select(target, ends.to),"
  "+ index_select(source, ends.to)," BY graphs/*)
heed_mutant(no_weight_of_an_edge_dropped ${graph} "dropout(weights, options.dropout, *draws)"
  "dropout(weights, 0, *draws)" BY graphs/*)
heed_mutant(gumbel_not_drawn attention/hard/gumbel.cpp
  "-std::log(-std::log(u))" "std::log(-std::log(u))" BY formula/gumbel)
heed_mutant(bell_too_narrow attention/sparse/local_predictive.cpp
  "(-1 / (2 * sigma * sigma))" "(-1 / (sigma * sigma))" BY formula/local-p)
heed_mutant(window_of_the_march_to_one_side attention/sparse/local_predictive.cpp
  "!(abs(offset) >" "!(offset >" BY laws/MAP)
heed_mutant(march_starts_late attention/sparse/local_predictive.cpp
  "counted({scores.dim(-2), 1})" "counted({scores.dim(-2), 1}) + 1.0" BY laws/MAP)
heed_mutant(march_with_a_wider_window attention/sparse/local_monotonic.cpp
  ".window = options_.window, .visible" ".window = options_.window + 1, .visible" BY laws/MAP)
heed_mutant(global_without_its_matrix attention/sparse/local_monotonic.cpp
  "dot(with_head(h), with_head(key_(memory)))" "dot(with_head(h), with_head(memory))" BY laws/MAP)
heed_mutant(global_scaled attention/sparse/local_monotonic.cpp
  "{.scale = 1, .window" "{.window" BY laws/MAP)
heed_mutant(globals_not_seen attention/sparse/global_tokens.cpp
  "if (g > 0) {\n    parts" "if (false) {\n    parts" BY laws/MAP)
heed_mutant(globals_counted_twice attention/sparse/global_tokens.cpp
  "i - j > options.window &&" "" BY laws/MAP)
heed_mutant(globals_see_ahead attention/sparse/global_tokens.cpp
  "options.causal ? g : all.k.dim(1)" "all.k.dim(1)" BY laws/U5)
heed_mutant(top_k_of_hidden_keys attention/sparse/top_k.cpp
  "visible.defined() ? where(visible, scores, hidden) : scores" "scores" BY laws/U7*)
heed_mutant(top_k_keeps_all attention/sparse/top_k.cpp
  "const Mask best = open >= last" "const Mask best = open >= min(open)" BY formula/top-k)
heed_mutant(hybrid_heads_swapped attention/sparse/hybrid.cpp
  "h < options_.global_heads ? global : local" "h < options_.global_heads ? local : global"
  BY laws/MAP)
heed_mutant(stride_and_window attention/sparse/strided.cpp
  "std::abs(i - j) < stride || (i - j)" "std::abs(i - j) < stride && (i - j)" BY laws/U6)
heed_mutant(stride_sees_ahead attention/sparse/strided.cpp
  "both_ways & causal()" "both_ways" BY laws/U5)
heed_mutant(stride_counts_itself_twice attention/sparse/blocks.cpp
  "!causal_ && i == j" "false" BY laws/MAP)
heed_mutant(blocks_see_their_fill attention/sparse/blocks.cpp
  "return t >= tokens_ ||" "return" BY formula/*)
heed_mutant(blocks_without_padding attention/sparse/blocks.cpp
  "(keys_.defined() && !keys_[b * tokens_ + t])" "false" BY laws/U7a)
heed_mutant(summary_of_the_wrong_place attention/sparse/fixed.cpp
  "options_.block - i" "i - 1" BY laws/MAP)
heed_mutant(unseen_keys_of_a_state attention/sparse/patterned.cpp
  " = columns_of(own, ids).reshape({1, 1, own.dim(0), ids.size()})" "" BY laws/U13)
heed_mutant(parts_not_merged autograd/ops/attention_parts.cpp
  "sum * std::exp(top - both_top)" "sum" BY laws/MAP)
heed_mutant(parts_backward_from_their_own autograd/ops/attention_parts.cpp
  "total[place] = sums.data()[count + row];" "total[place] = 1;" BY laws/U1)
heed_mutant(axial_height_not_turned attention/sparse/axial.cpp
  "return reshape(permute(grid, {0, 2, 1, 3}), {batch * columns, rows(), width});"
  "return reshape(grid, {batch * columns, rows(), width});" BY laws/MAP)
heed_mutant(axial_second_pass_reads_the_input attention/sparse/axial.cpp
  "first || options_.summed ? input.x : input.x + y" "input.x" BY laws/U6)
heed_mutant(axial_missing_cells_seen attention/sparse/axial.cpp
  "if (!given.defined() && cells() == tokens)" "if (!given.defined())" BY formula/axial)
heed_mutant(heads_shared_in_turns attention/core.cpp
  "length, heads, 1, size" "length, 1, heads, size" BY formula/grouped)
heed_mutant(penalty_wants_two attention/dense/doubly_stochastic.cpp
  "1 - sum(weights, {-2})" "2 - sum(weights, {-2})" BY formula/doubly-stochastic)
heed_mutant(keys_not_bent attention/scores.cpp "dot(q, tanh(k))" "dot(q, k)" BY formula/pooling)
# How similarity is computed.
heed_mutant(bilinear_without_its_matrix attention/scores.cpp
  "return dot(matmul(q, w), k)" "return dot(matmul(q, w * 0.0), k)" BY formula/bilinear)
heed_mutant(distance_of_the_sums attention/scores.cpp
  "of_queries + of_keys - dot(q, k) * 2.0" "of_queries + of_keys + dot(q, k) * 2.0"
  BY formula/kernel)
heed_mutant(places_from_the_end attention/scores.cpp
  "slice(places, 0, 0, keys)" "slice(places, 0, places.dim(0) - keys, places.dim(0))"
  BY formula/location)
heed_mutant(location_sees_keys attention/dense/location.cpp
  "attend_by_scores(name, scores(q, memory.dim(1)),"
  "attend_by_scores(name, scores(q, memory.dim(1)) + transpose(sum(with_head(memory), {-1}, true)),"
  BY formula/location)
heed_mutant(places_of_the_hybrid_lost attention/dense/content_location.cpp "what + where" "what"
  BY formula/content-location)
set(aware attention/dense/location_aware.cpp)
heed_mutant(first_look_is_the_last_one ${aware} "weights.empty() ? Tensor() : weights.back()"
  "weights.empty() ? Tensor() : weights.front()" BY formula/location-aware)
heed_mutant(look_before_ignored ${aware} "if (!before.defined() || before.size() == 0)"
  "if (true)"
  BY formula/location-aware)
heed_mutant(features_of_one_side ${aware} "{.padding = options.reach, .bias = false}"
  "{.padding = 2 * options.reach, .padding_after = 0, .bias = false}" BY formula/location-aware)
heed_mutant(query_of_a_mask_is_the_first ${aware} "auto at = static_cast<std::size_t>(i) * keys"
  "auto at = 0 * static_cast<std::size_t>(i)" BY formula/location-aware)
set(kernel_file attention/dense/kernel.cpp)
heed_mutant(bell_without_its_half ${kernel_file} "{u2 * -0.5, {}}" "{u2 * -1.0, {}}"
  BY formula/kernel)
heed_mutant(bandwidth_not_squared ${kernel_file}
  "squared_distances / square(bandwidth)" "squared_distances / bandwidth" BY formula/kernel)
heed_mutant(triangular_is_epanechnikov ${kernel_file}
  "log(where(near, 1 - u, 1.0))" "log(where(near, 1 - u2, 1.0))" BY formula/triangular)
heed_mutant(neighbours_beside_padding ${kernel_file}
  "seen.defined() ? seen & near : near" "near" BY laws/U7a)
heed_mutant(boxcar_without_an_end ${kernel_file} "{u2 * 0.0, u2 <= 1}" "{u2 * 0.0, {}}"
  BY formula/boxcar)

include(positions.cmake)

# Adaptive: sparse weights, spans.
heed_mutant(entmax_without_threshold attention/normalizers.cpp
  "base <= 0 ? 0 : std::pow" "false ? 0 : std::pow" BY formula/adaptive-entmax)
heed_mutant(entmax_threshold_fixed attention/normalizers.cpp
  "wanted - sum(wanted * shares(speed), {-1}, true)" "wanted" BY laws/U1)
heed_mutant(entmax_speed_of_softmax attention/normalizers.cpp
  "pow(where(support, p, 1.0), 2 - alpha)" "where(support, p, 1.0)" BY laws/U1)
heed_mutant(alpha_half_a_gradient attention/normalizers.cpp
  "(p - share) / square(slope) - turned" "(p - share) / square(slope)" BY laws/U1)
heed_mutant(entmax_sees_hidden attention/normalizers.cpp
  "visible.defined() ? where(visible, scores, hidden) : scores" "scores" BY laws/U5)
set(span attention/sparse/adaptive_span.cpp)
heed_mutant(span_of_the_ramp_alone ${span} "{spans.size(), 1, 1}) + ramp"
  "{spans.size(), 1, 1}) * 0.0 + ramp" BY formula/adaptive)
heed_mutant(span_aligned_top_left ${span} "i + keys - queries - j" "i - j" BY laws/U13)
heed_mutant(ramp_not_in_the_weights ${span} "scores + log(where(near, ramp, 1.0))" "scores"
  BY formula/adaptive)
heed_mutant(span_ignores_the_past_only ${span}
  "seen.defined() ? seen & near : near" "near" BY laws/U5)
heed_mutant(span_without_distances ${span} "dot(q, k) + distance_.scores(q, keys)" "dot(q, k)"
  BY formula/adaptive)

# Transformer-XL: the four terms, the shift, the memory.
set(xl attention/memory/transformer_xl.cpp)
heed_mutant(xl_keys_without_bias ${xl} "dot(q + unsqueeze(u, 1), k)" "dot(q, k)"
  BY formula/transformer-xl)
heed_mutant(xl_distances_without_bias ${xl} "dot(q + unsqueeze(w, 1), r)" "dot(q, r)"
  BY formula/transformer-xl)
heed_mutant(xl_biases_swapped ${xl} "r, content_bias_, position_bias_"
  "r, position_bias_, content_bias_"
  BY formula/transformer-xl)
heed_mutant(xl_shift_off_by_one ${xl} "std::max<Index>(queries - 1, 0)" "queries"
  BY formula/transformer-xl)
heed_mutant(xl_shift_forgets_the_memory ${xl} "distance = keys - 1; distance >= -ahead"
  "distance = queries - 1; distance >= queries - keys - ahead"
  BY transformer_xl)
heed_mutant(xl_distances_ahead_missing ${xl} "options_.causal ? 1 : std::max<Index>(queries, 1)" "1"
  BY formula/transformer-xl)
heed_mutant(xl_memory_one_short ${xl} "std::min(options_.memory, keys)"
  "std::min(options_.memory, keys - 1)" BY transformer_xl)
heed_mutant(xl_memory_without_limit ${xl} "std::min(options_.memory, keys)" "keys"
  BY transformer_xl)
heed_mutant(xl_oldest_memory_kept ${xl} "slice(seen, 1, keys - kept, keys)"
  "slice(seen, 1, 0, kept)" BY transformer_xl)
heed_mutant(xl_memory_of_results ${xl} "slice(seen, 1, keys - kept, keys)"
  "slice(concat({seen, mixed.y}, 1), 1, keys + queries - kept, keys + queries)" BY transformer_xl)
heed_mutant(xl_gradient_into_memory ${xl} "keys - kept, keys).detach()}" "keys - kept, keys)}"
  BY transformer_xl)
heed_mutant(xl_memory_never_read ${xl} "input.state->tensors.empty()) return" "true) return"
  BY laws/U13)

# Convolutional projections; gates on pictures, the non-local block.
set(conv attention/dense/convolutional.cpp)
heed_mutant(windows_look_ahead ${conv} "return pad(x, 1, before, 0);" "return pad(x, 1, 0, before);"
  BY laws/U5)
heed_mutant(windows_read_padding ${conv} "return input.x * to_tensor"
  "return input.x + 0.0 * to_tensor" BY laws/U7a)
heed_mutant(windows_forget_the_past ${conv}
  "tensors.empty()) return pad(" "tensors.empty() || true) return pad(" BY laws/U13)
heed_mutant(windows_keep_the_first_tokens ${conv}
  "slice(tokens, 1, all - options_.window + 1, all)" "slice(tokens, 1, 0, options_.window - 1)"
  BY laws/U13)
heed_mutant(keys_under_the_window_of_queries ${conv} ".context = looking_back(tokens, key_window_)"
  ".context = looking_back(tokens, query_window_)" BY formula/conv-qk)
heed_mutant(values_without_their_window ${conv} ".values = under(value_window_)"
  ".values = under(key_window_)" BY formula/conv-qkv)
heed_mutant(grid_of_other_columns ${conv} "{batch, width, rows, columns}"
  "{batch, width, columns, rows}" BY formula/conv-qkv)
set(pictures attention/pictures)
heed_mutant(gate_of_means_has_maxima ${pictures}/channel_gate.cpp "if (options_.maximum)"
  "if (true)" BY on_pictures)
heed_mutant(gate_of_maxima_has_none ${pictures}/channel_gate.cpp "if (options_.maximum)"
  "if (false)" BY on_pictures)
heed_mutant(gate_in_a_straight_line ${pictures}/channel_gate.cpp "relu(fc1_(pooled))" "fc1_(pooled)"
  BY on_pictures)
heed_mutant(planes_swapped ${pictures}/cbam.cpp "concat({mean(x, {1}, true), max(x, {1}, true)}, 1)"
  "concat({max(x, {1}, true), mean(x, {1}, true)}, 1)" BY on_pictures)
heed_mutant(places_before_channels ${pictures}/cbam.cpp "(*spatial_)(of_channels)" "(*spatial_)(x)"
  BY on_pictures)
heed_mutant(non_local_is_scaled ${pictures}/non_local.cpp "{.scale = 1}" "{}" BY on_pictures)
heed_mutant(non_local_without_its_input ${pictures}/non_local.cpp "return x + reshape("
  "return x * 0.0 + reshape(" BY on_pictures)

# BERT: what it sees, and which tokens are hidden how.
set(bert attention/training/bert.cpp)
heed_mutant(bert_looks_back_only ${bert} ".context = Context::refused"
  ".causal = true, .context = Context::refused" BY laws/U6)
heed_mutant(bert_hides_by_mask_alone ${bert} "fate < options.masked + options.random" "false"
  BY bert)
heed_mutant(bert_keeps_none ${bert} "fate < options.masked + options.random" "true" BY bert)
heed_mutant(bert_asks_for_all ${bert} "labels(read.size(), options.not_asked)" "labels(read)"
  BY bert)
heed_mutant(bert_asks_for_what_it_wrote ${bert} "labels[at] = read[at]"
  "labels[at] = options.mask_token" BY bert)
heed_mutant(bert_hides_padding ${bert} "!candidates.defined() || candidates[at]" "true" BY bert)
heed_mutant(bert_hides_none ${bert} "!chosen.empty() || !options.at_least_one" "true" BY bert)
heed_mutant(bert_hides_everything ${bert} "rng.uniform() < options.chosen" "true" BY bert)

# By frequency.
set(frequency attention/frequency)
heed_mutant(fnet_imaginary ${frequency}/fnet.cpp "select(fft(rfft(x, 1)), -1, 0)"
  "select(fft(rfft(x, 1)), -1, 1)" BY formula/fnet/*)
heed_mutant(fnet_channels_forward ${frequency}/fnet.cpp "roll(flip(back, 2), 1, 2)" "back"
  BY formula/fnet/*)
heed_mutant(gfnet_turned_round ${frequency}/gfnet.cpp "complex_multiply(spectrum, filter)"
  "complex_multiply(spectrum, conj(filter))" BY formula/gfnet/*)
heed_mutant(filter_sees_padding ${frequency}/places.cpp "only_real(x, key_mask(name, input))" "x"
  BY laws/U7a)
heed_mutant(lags_backwards ${frequency}/auto_correlation.cpp
  "(t + lags[s * count + i]) % length" "(t + length - lags[s * count + i]) % length"
  BY formula/auto-correlation/*)
heed_mutant(keys_before_queries ${frequency}/auto_correlation.cpp
  "rfft(q, -2), conj(rfft(k, -2))" "conj(rfft(q, -2)), rfft(k, -2)"
  BY formula/auto-correlation/*)
heed_mutant(lags_weigh_the_same ${frequency}/auto_correlation.cpp
  "softmax(best.values)" "softmax(best.values * 0.0)" BY formula/auto-correlation/*)
heed_mutant(modes_in_the_first_slots ${frequency}/fedformer.cpp "index_add(joined, modes,"
  "index_add(joined, lowest_modes(length, modes.size())," BY frequency)

# Moved scores.
set(adversarial attention/training/adversarial)
heed_mutant(leaves_beside_the_shift attention/score_shift.cpp "moved + leaves.back()"
  "scores + leaves.back()" BY adversarial)
heed_mutant(moved_where_it_helps ${adversarial}.cpp "worst_direction(g, options.eps)"
  "worst_direction(-g, options.eps)" BY adversarial)
heed_mutant(moved_in_one_ball_for_all ${adversarial}.cpp "scores.rank() == 4" "false"
  BY adversarial)
heed_mutant(moved_loss_not_weighed ${adversarial}.cpp "loss() * options.weight" "loss()"
  BY adversarial)
heed_mutant(no_room_is_paid_for ${adversarial}.cpp
  "options.eps == 0 || options.weight == 0" "false" BY adversarial)
heed_mutant(steps_leave_the_ball ${adversarial}.cpp
  "shifts[i] = into_ball(shifts[i] + more, options.eps)" "shifts[i] = shifts[i] + more"
  BY adversarial)
heed_mutant(vat_stays_random attention/training/vat.cpp "worst_direction(slopes[i], length)"
  "worst_direction(shifts[i], length)" BY adversarial)
heed_mutant(other_maps_say_anything ${adversarial}_maps.cpp
  "(change <= eps) & (divergence > best.divergence)" "(divergence > best.divergence)"
  BY adversarial)
# Gates, pools in pools, two sets at once.
heed_mutant(pooling_gate_open attention/pooling/attention_pooling.cpp
  "tanh(hidden_(h)) * sigmoid((*gate_)(h))" "tanh(hidden_(h))" BY formula/gated)
heed_mutant(output_gate_open attention/dense/output_gate.cpp
  "sigmoid(gate_(input.x)) * found" "found" BY formula/output-gate)
heed_mutant(output_gate_behind_the_projection attention/dense/output_gate.cpp
  "project_.output(sigmoid(gate_(input.x)) * found)"
  "sigmoid(gate_(input.x)) * project_.output(found)" BY formula/output-gate)
set(gau attention/dense/gau.cpp)
heed_mutant(gau_divides_by_padding ${gau} "where(count > 0, count, 1.0)"
  "static_cast<double>(scores.dim(-1))" BY laws/U7b)
heed_mutant(gau_not_squared ${gau} "square(relu(scores))" "relu(scores)" BY formula/gau)
heed_mutant(gau_keys_are_queries ${gau} "z * key_scale_ + key_bias_"
  "z * query_scale_ + query_bias_" BY formula/gau)
set(hops attention/pooling/self_attentive.cpp)
heed_mutant(penalty_on_single_tokens ${hops} "square(alike - Tensor::eye(weights.dim(-2)))"
  "square(alike)" BY self_attentive)
heed_mutant(penalty_never_paid ${hops} "penalty * options_.penalty" "penalty * 0.0"
  BY self_attentive)
set(levels attention/pooling/hierarchical.cpp)
heed_mutant(sentences_without_a_word ${levels} "sum(to_tensor(real), {2}) > 0"
  "sum(to_tensor(real), {2}) >= 0" BY hierarchical)
heed_mutant(padding_in_sentences ${levels} "words_.pool(by_sentence, of_words)"
  "words_.pool(by_sentence)" BY hierarchical)
set(co attention/pairs/co_attention.cpp)
heed_mutant(affinity_without_a_bend ${co} "tanh(bilinear(a, b, affinity_))"
  "bilinear(a, b, affinity_)" BY co_attention)
heed_mutant(first_set_not_guided ${co} "from_a + matmul(affinity, from_b)" "from_a"
  BY co_attention)
heed_mutant(padding_guides ${co} "if (real_b.defined()) {" "if (false) {" BY co_attention)
heed_mutant(turns_not_taken ${co} "pool(a_, a, start.z, real_a)"
  "pool(a_, a, start.z * 0.0, real_a)" BY co_attention)
set(dcn attention/pairs/dynamic_co_attention.cpp)
heed_mutant(dcn_hears_only_the_question ${dcn} "concat({asked, of_b}, 2)"
  "concat({asked, of_b * 0.0}, 2)" BY dynamic_co_attention)
heed_mutant(dcn_question_not_projected ${dcn} "tanh(project_(b))" "b" BY dynamic_co_attention)
heed_mutant(dcn_sentinel_hidden ${dcn} "static_cast<std::size_t>(batch), 1)"
  "static_cast<std::size_t>(batch), 0)" BY dynamic_co_attention)

# The fused path.
set(op autograd/ops/attention_plan.cpp)
set(kernel autograd/kernels/attention.cpp)
heed_mutant(fused_causal_ignored ${kernel}
  "if (causal) range.last" "if (false) range.last" BY laws/U5)
heed_mutant(fused_causal_aligned_top_left ${kernel}
  "from_start ? query : query + end - queries" "query" BY laws/U13)
heed_mutant(fused_window_right_bound ${kernel}
  "std::min(range.last, here + 1 + std::min(window, keys + queries))" "range.last" BY laws/U6)
heed_mutant(fused_window_left_bound ${kernel}
  "range.first = here - std::min(window, keys + queries);" "" BY laws/U6)
heed_mutant(fused_window_or_causal ${kernel}
  "range.last = std::min(range.last," "range.last = std::max(range.last," BY laws/U6)
heed_mutant(fused_mask_ignored ${op}
  "plan.mask.emplace(options.visible, scores, op);" "" BY laws/U7a)
heed_mutant(fused_mask_of_one_row_ignored ${op} "plan.mask.emplace(options.visible, scores, op);"
  "if (plan.batch > 1) plan.mask.emplace(options.visible, scores, op);" BY laws/U7a)
heed_mutant(fused_not_scaled ${op}
  "1 / std::sqrt(static_cast<double>(q.size))" "1.0" BY laws/MAP)
heed_mutant(fused_masked_row_nan ${kernel}
  "total[r] != 0 ? 1 / total[r] : 0" "1 / total[r]" BY laws/U8)
heed_mutant(fused_hides_nothing ${kernel} "head.hide(tile, minus_infinity, scores);" "" BY laws/U5)
heed_mutant(fused_contributes_nothing ${kernel}
  "load_lane(block[r] + i, n) * factor" "load_lane(block[r] + i, n) * Lane(0)" BY laws/MAP)
heed_mutant(fused_gradient_of_hidden ${kernel}
  "softmax_gradient_row(at_.weights + r * n, gradient, at_.means[r],"
  "softmax_gradient_row(at_.weights + r * n, gradient, Real{0}," BY laws/U1)
