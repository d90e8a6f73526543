// Attention by features: where the similarity of a query and a key is a product of features,
// phi(q) . phi(k), what the keys hold can be summed before any query asks. What linear attention
// and the Performer have in common; they differ in phi alone.
//
//   y_i = sum_j phi(q_i) . phi(k_j) v_j / sum_j phi(q_i) . phi(k_j)
//       = phi(q_i) S / phi(q_i) . z,        S = sum_j phi(k_j) v_j^T,   z = sum_j phi(k_j)
//
// S and z lie side by side in one summary (..., F, D + 1), as if each value had a 1 behind it. It
// has three forms, which agree:
//
//   the matrix     phi(Q) phi(K)^T, divided by the sums of its rows: the map that is published
//   the summary    one for all queries; causal in chunks, where a chunk of queries reads the
//                  summary of the chunks before it, and its own keys by a small triangular matrix
//   the state      the summary of what went by, of one size however long that was
//
// Katharopoulos, Vyas, Pappas, Fleuret 2020, arXiv 2006.16236, sections 3.2 to 3.4; chunks: Hua,
// Dai, Liu, Le 2022, arXiv 2202.10447, section 3.2.
#pragma once

#include <functional>
#include <string>

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

struct FeatureForm {
  bool causal = false;  // queries and keys end together; no query sees a later key
  Index chunk = 32;     // at most so many tokens a chunk of the causal form; 0: the matrix
  double eps = 0;       // added to the sum of a row. At 0 a row of zeros gives 0
};

// The form itself; throws ValueError, in which `name` speaks, on a negative chunk.
const FeatureForm& checked_form(const std::string& name, const FeatureForm& form);

// The sum over keys of phi(k) (v, 1)^T: phi(k) (..., S, F), v (..., S, D) -> (..., F, D + 1).
Tensor summary_of(const Tensor& k, const Tensor& v);

// From features, none below 0, to results: q (B, H, T, F), k (B, H, S, F), v (B, H, S, D) ->
// (B, H, T, D). `past` (B, H, F, D + 1), the summary of keys that all queries see besides;
// undefined: none. Keys whose features are 0 count nothing. Throws ValueError on a negative chunk.
Tensor attend_by_features(const Tensor& q, const Tensor& k, const Tensor& v,
                          const FeatureForm& form, const Tensor& past = {});

// log(phi(q) . phi(k)), whose softmax is the matrix, shifted as all scores are; softmax over those
// that are visible. A pair whose product is 0 has no weight.
Tensor weights_by_features(const Tensor& q, const Tensor& k, const Mask& visible);

// From queries or keys (B, H, T, D) to their features (B, H, T, F).
struct FeatureMap {
  std::function<Tensor(const Tensor& x)> of_queries, of_keys;
};

// All of a mixer but its features. Takes a state when it is causal: the summary. A mask over keys
// hides their features; one that differs between queries takes the matrix. Beside a state there is
// no matrix: such a mask, shifted scores, changed maps and a context throw ValueError, and no map
// is published. A key that a mask hid when it came stays hidden: what the mask says of positions
// that went by is not asked again.
Mixed mix_by_features(const std::string& name, const FeatureForm& form, const FeatureMap& phi,
                      const Projections& project, const MixerInput& input);

}  // namespace heed::inline HEED_REAL::attention
