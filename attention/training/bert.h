// BERT: every token sees all others, in both directions, and learns from tokens that were hidden.
// Devlin, Chang, Lee, Toutanova 2018, "BERT: pre-training of deep bidirectional transformers for
// language understanding", arXiv 1810.04805, sections 3.1 and A.1.
//
//   y = softmax(x W_q (x W_k)^T / sqrt(D)) x W_v W_o            no mask but that of padding
//   chosen: each token with p = .15;  of these .8 become [MASK], .1 any token, .1 stay
//   loss = mean over the chosen of -log p(token | the changed text)
//
// Shapes   x (B, T, C) -> y (B, T, C); H heads of size D = C / H. Ids (..., T) of V tokens.
// Cost     that of self-attention: 2 T^2 C multiply-adds for scores and values.
// Differs  from causal attention in what is seen: the right side counts as much as the left. So the
//          next token cannot be what is asked, since it stands there; asked is what was taken away.
//          A text of 100 tokens gives 15 answers to learn from and not 99, and writing from left to
//          right is not what it is for. [MASK] never comes up in use: that is what the tenth of
//          other tokens and the tenth of unchanged ones are for.
// Limit    with a causal mask it is the attention of a GPT (bert_with_a_causal_mask_is_gpt).
//
// The attention is MultiHead; what is BERT's own is how its tokens are hidden. A whole model with
// embeddings, segments and head is in examples/pytorch/bert.h.
#pragma once

#include "attention/dense/multi_head.h"
#include "autograd/random.h"

namespace heed::inline HEED_REAL::attention {

struct MaskingOptions {
  Index vocabulary = 0;          // V: a token is replaced by one of 0 ... V - 1, itself included
  std::int32_t mask_token = 0;   // [MASK]; may lie beyond V, and then never comes up otherwise
  double chosen = 0.15;          // share of the tokens that are asked for
  double masked = 0.8;           // of these, share that becomes [MASK]
  double random = 0.1;           // share that becomes any token; the others stay
  bool at_least_one = false;     // a row in which chance chose none gets one
  std::int32_t not_asked = -100;  // the label of all others: cross_entropy's ignore_index
};

struct MaskedTokens {
  Indices tokens;  // what the model reads
  Indices labels;  // what stood at the chosen places; not_asked elsewhere
};

// Chooses and hides tokens (..., T). `candidates`, of the same shape, says which may be chosen;
// undefined: all. Throws ShapeError when it does not fit, ValueError on shares outside [0, 1] or
// above 1 together, on an empty vocabulary, and with at_least_one on a row without a candidate.
MaskedTokens mask_tokens(const Indices& tokens, const MaskingOptions& options, Generator& rng,
                         const Mask& candidates = {});

}  // namespace heed::inline HEED_REAL::attention
