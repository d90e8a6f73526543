# More of the mutants of attention.cmake, with what is set there.

# Few keys for many: a public library let padding into its sums.
set(linformer attention/efficient/linformer.cpp)
heed_mutant(linformer_sums_padding ${linformer}
  "only_real(slice(at.source, 2, at.offset, at.offset + columns), real)"
  "slice(at.source, 2, at.offset, at.offset + columns)" BY laws/U7a)
heed_mutant(linformer_starts_too_small ${linformer}
  "1 / std::sqrt(static_cast<double>(options.rank))" "1 / static_cast<double>(options.rank)"
  BY linformer/sums_start_so_that_sizes_stay)
heed_mutant(linformer_values_summed_as_keys ${linformer} "matmul(into_values, shown(at.v, real))"
  "matmul(into_keys, shown(at.v, real))" BY formula/linformer/*)
heed_mutant(linformer_keys_not_summed_anew ${linformer} "slice(key_sums_, 1, 0, tokens)"
  "slice(value_sums_, 1, 0, tokens)" BY formula/linformer/*)
heed_mutant(linformer_last_columns ${linformer} "slice(value_sums_, 1, 0, tokens)"
  "slice(value_sums_, 1, options_.length - tokens, options_.length)" BY formula/linformer/*)
set(nystrom attention/efficient/nystrom.cpp)
heed_mutant(nystrom_reads_padding ${nystrom} "keys = asking & segments.real"
  "keys = asking | segments.real" BY laws/U7b)
heed_mutant(nystrom_averages_padding ${nystrom} "!real.defined() || real[b * tokens + t]" "true"
  BY laws/U7b)
heed_mutant(nystrom_empty_landmarks ${nystrom} "scaled_dot(q_means, k_means)), asking & over)"
  "scaled_dot(q_means, k_means)), over)" BY formula/nystrom/*)
heed_mutant(nystrom_window_sees_padding ${nystrom}
  "real.defined() ? where(real.reshape({batch, 1, tokens, 1}), all, 0.0) : all" "all" BY laws/U7a)
heed_mutant(nystrom_start_of_the_batch ${nystrom} "max(sum(a, {-2}, true), {-1}, true)"
  "max(sum(a, {-2}))" BY laws/U10)
heed_mutant(nystrom_step_of_second_order ${nystrom} "one * 13 - matmul(az, inner)"
  "one * 8 - az * 4" BY formula/nystrom/*)
set(hyena attention/efficient/hyena.cpp)
heed_mutant(hyena_comes_round ${hyena} "rfft(pad(x, -1, 0, tokens)),
                                           rfft(pad(filter, -1, 0, tokens)));
  return slice(irfft(spectrum, 2 * tokens), -1, 0, tokens)" "rfft(x), rfft(filter));
  return irfft(spectrum, tokens)" BY laws/U5)
heed_mutant(hyena_window_ahead ${hyena} "window.dim(2) - 1, 0);    // (B, rows"
  "0, window.dim(2) - 1);    // (B, rows" BY laws/U5)
heed_mutant(hyena_gates_swapped ${hyena} "streams.gates.assign(parts.rbegin(), parts.rend())"
  "streams.gates = parts" BY formula/hyena/*)
heed_mutant(hyena_skip_forgotten ${hyena} "long_convolution(z, select(filters, 0, n)) + skip * z"
  "long_convolution(z, select(filters, 0, n)) + skip * 0.0" BY formula/hyena/*)
heed_mutant(hyena_windows_read_padding ${hyena} "only_real(in_proj_(input.x), real)"
  "in_proj_(input.x)" BY hyena/windows_do_not_read_hidden_tokens)
heed_mutant(hyena_filter_does_not_decay ${hyena} "transpose(made) * decay("
  "transpose(made) + 0.0 * decay(" BY formula/hyena/*)
