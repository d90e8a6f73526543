// Nystrom attention: the matrix of weights is rebuilt from a few of its rows and columns, those of
// landmarks, which are the means of as many segments of the sequence.
// Xiong, Zeng, Chakraborty, Tan, Fung, Li, Singh 2021, "Nystromformer: a Nystrom-based algorithm
// for approximating self-attention", arXiv 2102.03902, equations 10, 11 and 13, algorithm 1.
//
//   Q~, K~ the means of M segments of Q and K
//   y = softmax(Q K~^T / sqrt(D)) Z softmax(Q~ K^T / sqrt(D)) V + a * V,   Z ~ A^+
//   A = softmax(Q~ K~^T / sqrt(D)),   Z_0 = A^T / (|A|_1 |A|_inf),
//   Z <- Z (13 I - A Z (15 I - A Z (7 I - A Z))) / 4,   six times
//
// Shapes   x (B, T, C) -> y (B, T, C); H heads of size D = C / H; a (H, 1, W, 1), a window over
//          tokens that all channels of a head share.
// Cost     4 M T C multiply-adds and 2 M T C for the means, 24 M^3 H for Z: linear in T.
// Differs  a token is found as far as it stands out in the mean of its segment. Not for looking up
//          one of many by its content, not causal: landmarks hold what comes later. The start Z_0
//          is one for each sample and head; the published code divides by the largest of the whole
//          batch, so that samples there depend on each other. Segments are of the real tokens of
//          each sample, as equal as can be; the published code puts zeros in front. Weights may be
//          negative, and rows sum to 1 only as far as Z is the inverse. A mask hides keys from
//          everybody, as padding does.
// Limit    with a landmark a token and enough steps to Z it is multi-head attention
//          (nystrom_with_a_landmark_a_token_is_multi_head).
//
// The map that it publishes is the implied matrix, with the window in it.
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

// Who is averaged: token p of n real ones is in segment floor(p M / n).
struct Segments {
  Tensor means;      // (B or 1, M, T): 1 / tokens of the segment, at those
  Mask there;        // (B or 1, M): has it a token?
  Mask real;         // (B, T); undefined: all
};
Segments segments_of(Index tokens, Index landmarks, const Mask& real = {});

// The three matrices of weights that stand for softmax(Q K^T / sqrt(D)).
struct NystromWeights {
  Tensor left;    // (B, H, T, M), of queries over landmarks
  Tensor middle;  // (B, H, M, M), A
  Tensor right;   // (B, H, M, S), of landmarks over keys
};
// q and k (B, H, T, D).
NystromWeights nystrom_weights(const Tensor& q, const Tensor& k, const Segments& segments);

// A^T / (|A|_1 |A|_inf) of weights (..., M, M), whose rows sum to 1.
Tensor inverse_start(const Tensor& a);
// `steps` steps from `start` to the Moore-Penrose inverse of a (..., M, M), each of third order.
Tensor pseudo_inverse(const Tensor& a, const Tensor& start, Index steps);

struct NystromOptions {
  Index width = 0;      // C
  Index heads = 1;      // H
  Index landmarks = 8;  // M
  Index steps = 6;      // to Z
  Index window = 3;     // W, odd; 0: none
};

class Nystrom : public Mixer {
 public:
  // The window starts from U(-1 / sqrt(W), 1 / sqrt(W)). Throws ValueError unless landmarks and
  // steps are at least 1, the window is odd or 0, and the heads divide the width.
  Nystrom(const NystromOptions& options, Generator& rng);

  Mixed mix(const MixerInput& input) const override;

 private:
  void publish(const NystromWeights& weights, const Tensor& inverse, const Mask& real) const;

  NystromOptions options_;
  Projections& project_;
  Tensor window_;  // a; undefined: none
};

}  // namespace heed::inline HEED_REAL::attention
