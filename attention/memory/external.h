// External attention: tokens do not look at each other but at a small memory that is learned, the
// same for every input.
// Guo, Liu, Mu, Hu 2021, "Beyond self-attention: external attention using two linear layers for
// visual tasks", arXiv 2105.02358, equations 5 to 9.
//
//   f_is = x_i . M^k_s,   e_is = softmax over the tokens i of f_is,   a_is = e_is / sum_s' e_is'
//   y_i = sum_s a_is M^v_s,   then W_o
//
// Shapes   x (B, T, C) -> y (B, T, C); memories (S, D), the same for H heads of D = C / H.
// Cost     2 T S C multiply-adds: linear in T.
// Differs  the slots are fixed in training, so nothing of one token can be carried to another: all
//          that tokens share are the sums of the first normalisation. It replaces attention where
//          inputs resemble each other (pictures), and cannot recall what an input said before. Not
//          causal: the first softmax runs over all tokens.
// Limit    a single token reads the mean of the memory
//          (one_token_reads_the_mean_of_the_memory).
//
// There is no matrix of tokens by tokens, and none is published.
#pragma once

#include "attention/mixer.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

// Softmax over the tokens, then rows divided by their sums: f (..., T, S) -> the same. Rows that
// `real` (..., T, 1) hides take no part and are 0; undefined: all take part.
Tensor double_normalise(const Tensor& f, const Mask& real = {});

struct ExternalOptions {
  Index width = 0;
  Index heads = 1;
  Index slots = 64;  // S
};

class External : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width and there is a slot.
  External(const ExternalOptions& options, Generator& rng);
  Mixed mix(const MixerInput& input) const override;

 private:
  ExternalOptions options_;
  Tensor keys_, values_;  // M^k, M^v (S, D)
  nn::Linear& out_proj_;
};

}  // namespace heed::inline HEED_REAL::attention
