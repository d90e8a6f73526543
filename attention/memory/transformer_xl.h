// Transformer-XL: a long text in segments, each of which sees a memory of those before it, with
// positions that count from the query.
// Dai, Yang, Yang, Carbonell, Le, Salakhutdinov 2019, "Transformer-XL: attentive language models
// beyond a fixed-length context", arXiv 1901.02860, sections 3.2 and 3.3.
//
//   h = [SG(memory); x],  q = x W_q,  k = h W_k,  v = h W_v          SG: no gradient
//   s_ij = (q_i . k_j + q_i . W_r R_(i-j) + u . k_j + w . W_r R_(i-j)) / sqrt(D)
//             (a)          (b)              (c)       (d)            R: sines and cosines
//   y_i = sum_{j <= i} softmax_j(s_ij) v_j,  then W_o;   memory' = the last M rows of h
//
// Shapes   x (B, T, C), memory (B, M, C), S = M + T keys -> y (B, T, C); H heads of size D = C / H;
//          u, w (H, D), one for all positions.
// Cost     3 T S C multiply-adds for (a), (b) and values; the memory is projected anew for each
//          segment, 2 M C^2. A state of M C numbers a layer, however long the text.
// Differs  what lies behind the memory is forgotten, though L layers hand on what up to L M
//          positions before knew. No gradient flows into the memory: what a layer writes there is
//          learned only if it serves its own segment, too. Not where everything fits into one
//          segment, and not for what must be found at any distance.
// Limit    with a memory of all that went by, segments are one long pass
//          (segments_with_all_memory_are_one_pass); with less, a long pass in which each segment
//          sees M positions before its start.
//
// The state is the memory: the mixer's own inputs x. Not causal there is none, and R knows what
// lies ahead by negative distances, as in XLNet (Yang et al. 2019, arXiv 1906.08237). As in the
// paper no projection has a bias.
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

// From a column a distance to a column a key, without computing anything twice: column l of
// x (B, H, T, L) belongs to the distance keys - 1 - l of a key before its query, and query i stands
// at keys - T + i. -> (B, H, T, keys). L = keys + 1 is enough for what is not ahead of a query,
// what comes out for the others means nothing; L = keys + T for all. Appendix B of the paper.
// Throws ShapeError when L <= keys.
Tensor relative_shift(const Tensor& x, Index keys);

// The scores (a) to (d), not divided by sqrt(D): q (B, H, T, D), k (B, H, S, D), u and w (H, D),
// and r (1 or B, H, L, D), vectors of distances with L as in relative_shift -> (B, H, T, S).
Tensor relative_scores(const Tensor& q, const Tensor& k, const Tensor& r, const Tensor& u,
                       const Tensor& w);

struct TransformerXLOptions {
  Index width = 0;
  Index heads = 1;
  bool causal = true;
  Index memory = 0;  // M, positions kept from one segment to the next
};

class TransformerXL : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width, the width is even and memory >= 0.
  TransformerXL(const TransformerXLOptions& options, Generator& rng);
  // Takes a state when it is causal. Throws ShapeError when its memory does not fit.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  Tensor with_memory(const MixerInput& input) const;
  Tensor distances(Index queries, Index keys) const;

  TransformerXLOptions options_;
  Pattern pattern_;
  Projections& project_;
  nn::Linear& position_;  // W_r
  Tensor content_bias_;   // u
  Tensor position_bias_;  // w
};

}  // namespace heed::inline HEED_REAL::attention
