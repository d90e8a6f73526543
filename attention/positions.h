// Relative positions: how far apart a query and a key stand, told to any mechanism whose scores are
// products of queries and keys. As an option of its own, by name: --set multihead.positions=rotary.
//
//   rotary    q_i and k_j turned by i and j times a frequency a pair of features, so that their
//             product depends on i - j.                     Su et al. 2021, arXiv 2104.09864
//   alibi     - m_h |i - j| added to the score.             Press et al. 2021, arXiv 2108.12409
//   relative  q_i . a_(j-i) / sqrt(D) added to the score, a vector a distance, the same one from
//             a reach of 8 on. Keys only.                   Shaw et al. 2018, arXiv 1803.02155
//   t5        b_h,bucket(j-i) added to the score, 32 buckets.
//                                                           Raffel et al. 2020, arXiv 1910.10683
//
// Cost     rotary: (T + S) C multiplications, nothing that grows with T S, and nothing to learn.
//          The others: a matrix of H T S numbers that is added to the scores, B H T S for
//          `relative`. A sparse mechanism then looks at all pairs under a mask: whoever took it for
//          its work takes `rotary`.
// Differs  from positions added to tokens in that only distances count: a text that is moved stays
//          what it was, and there is no last position. Which of them carries on beyond the trained
//          length is measured by `--task lengths`. Not between two sequences, where a distance is
//          none: a context is refused.
// Limit    heads that are never turned and biases of 0 are attention without positions
//          (positions_of_nothing_change_nothing).
#pragma once

#include <string>
#include <vector>

#include "autograd/ops/attention.h"
#include "nn/relative_positions.h"

namespace heed::inline HEED_REAL::attention {

enum class Positions { none, rotary, alibi, relative, t5 };

// How they are called, in the order of the enumeration.
std::vector<std::string> position_names();

// Those of one layer with `heads` heads of `size` features.
class RelativePositions : public nn::Module {
 public:
  // `mechanism` speaks in errors. Throws ValueError on rotary with heads of an odd size.
  RelativePositions(const std::string& mechanism, Positions kind, Index heads, Index size,
                    Generator& rng);

  // Queries or keys (B, T, ...) the first of which stands at `start`: turned, or as they are.
  Heads turned(const Heads& at, Index start) const;
  // What is added to the scores of queries that end where `keys` keys end: (H, T, S) or
  // (B, H, T, S). Undefined: nothing.
  Tensor bias(const Heads& q, Index keys) const;

 private:
  Positions kind_;
  Index heads_;
  nn::RelativeVectors* vectors_ = nullptr;
  nn::BucketedBias* buckets_ = nullptr;
};

}  // namespace heed::inline HEED_REAL::attention
