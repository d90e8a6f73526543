// Which keys a query may see. A pattern is a value: made by name, joined with & and |, and written
// out as a Mask once the lengths are known.
//
//   Pattern p = causal() & window(3);
//   Mask m = p.expand(queries, keys);                      // (Tq, Tk)
//
// With Tq != Tk the sequences end together (bottom-right): query i stands at position i + Tk - Tq,
// as decoding with a cache needs. PyTorch's is_causal aligns top-left.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autograd/indices.h"

namespace heed::inline HEED_REAL::attention {

class Pattern {
 public:
  // sees(i, j): may the query at position i see the key at position j?
  using Rule = std::function<bool(Index i, Index j)>;
  Pattern(std::string name, Rule sees);

  const std::string& name() const { return name_; }
  // Made by full(): nothing is hidden.
  bool is_full() const { return !sees_; }

  bool sees(Index i, Index j) const { return !sees_ || sees_(i, j); }
  // (Tq, Tk), aligned bottom-right.
  Mask expand(Index queries, Index keys) const;
  // How many entries of expand(queries, keys) hold.
  Index entries(Index queries, Index keys) const;

  friend Pattern operator&(const Pattern& a, const Pattern& b);
  friend Pattern operator|(const Pattern& a, const Pattern& b);

 private:
  std::string name_;
  Rule sees_;  // empty: everything
};

// Everybody sees everybody.
Pattern full();
// i sees j <= i.
Pattern causal();
// i sees |i - j| <= width. Throws ValueError on a negative width.
Pattern window(Index width);
// What causal and window amount to together; a window of -1: no window.
Pattern banded(bool is_causal, Index width);

// From the number of real tokens in each row of the batch: (B, 1, 1, length), true = real. Throws
// ValueError on a length outside [0, length].
Mask padding(const std::vector<Index>& lengths, Index length);

}  // namespace heed::inline HEED_REAL::attention
