// Say it again: a word of 10 tokens, a separator, the same word. A language model reads the
// sequence and is asked for the next token throughout the second half. What a causal mask is for:
// without it the model sees the answer in its input while it is trained, and has nothing to go by
// when it must write on its own.
#pragma once

#include "examples/tasks/token_batch.h"

namespace heed::inline HEED_REAL::tasks {

inline constexpr Index word_length = 10;
inline constexpr Index word_values = 10;

// Input: word, separator, word. Position i is asked for token i + 1, from the separator on.
inline constexpr Index repeated_length = 2 * word_length + 1;
TokenTask free_running_task();

}  // namespace heed::inline HEED_REAL::tasks
