# Faults that somebody might make in attention by blocks and tiles; see CMakeLists.txt.

set(flash attention/dense/flash.cpp)
heed_mutant(flash_not_corrected ${flash} "a.found * of_a + b" "a.found + b" BY flash_attention)
heed_mutant(flash_sum_not_corrected ${flash} "a.total * of_a + b" "a.total + b" BY flash_attention)
heed_mutant(flash_skips_the_diagonal ${flash}
  "own.last + shift, 1, keys" "own.first + shift, 1, keys" BY flash_attention)
heed_mutant(flash_sees_ahead ${flash} "j <= i + shift" "j <= i + shift + 1" BY flash_attention)
heed_mutant(flash_aligned_top_left ${flash} "shift = keys - queries" "shift = 0" BY flash_attention)
heed_mutant(flash_without_padding ${flash} "return past.defined() ? past & given : given"
  "return past" BY flash_attention)
set(blocks attention/sparse/seen_blocks.cpp)
heed_mutant(empty_slots_seen ${blocks} "id != nothing && t < tokens_" "t < tokens_" BY laws/U9)
heed_mutant(seen_blocks_without_padding ${blocks}
  "(!keys_.defined() || keys_[b * tokens_ + t])" "true" BY laws/U7a)
heed_mutant(seen_blocks_in_the_wrong_order ${blocks}
  "place[static_cast<std::size_t>(order[i])] = static_cast<std::int32_t>(i)"
  "place[i] = order[i]" BY laws/U6)
heed_mutant(one_head_draws_for_all ${blocks} "Ids shown = slots[static_cast<std::size_t>(h)]"
  "Ids shown = slots[0]" BY laws/U6)
heed_mutant(no_block_is_global attention/sparse/big_bird.cpp
  "const bool is_global = options.globals && (row == 0 || row == last)"
  "const bool is_global = false" BY formula/bigbird)
heed_mutant(drawn_block_twice attention/sparse/big_bird.cpp "&& !has(block)" ""
  BY formula/bigbird)
heed_mutant(globals_ask_as_everybody attention/sparse/global_tokens.cpp
  "over_tokens(options_, apart(global), apart(others), keys)"
  "over_tokens(options_, apart(others), apart(others), keys)" BY formula/longformer)
heed_mutant(globals_seen_by_their_own_keys attention/sparse/global_tokens.cpp
  "scaled_dot(slice(q, 2, g, tokens), k)" "scaled_dot(slice(q, 2, g, tokens), own_k)"
  BY formula/longformer)
