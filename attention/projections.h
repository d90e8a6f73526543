// Projections: what nearly every mechanism begins and ends with. Queries, keys and values by heads
// from x and the context, and the output projection.
//
//   Mine(Index width, Index heads, Generator& rng)
//       : project_(part<Projections>("mine", ProjectionOptions{.width = width}, rng))
//   ...
//   const auto [q, k, v, mask] = project_.by_heads(input, pattern_);  // (B, H, T or S, D)
//   return {.y = project_.merge(combine(weights, v))};                 // (B, T, C)
//
// Shapes   x (B, T, C), context (B, S, C) -> q (B, H, T, D), k and v (B, H, S, D), D = C / H.
// Cost     4 T C^2 multiply-adds for all four.
//
// Checks the shapes and the heads, and speaks under the name of the mechanism it serves.
#pragma once

#include <optional>
#include <string>

#include "attention/masks.h"
#include "attention/mixer.h"
#include "attention/positions.h"
#include "autograd/ops/attention.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

// May, must or must not there be a context?
enum class Context { optional, required, refused };

struct ProjectionOptions {
  Index width = 0;     // C
  Index heads = 1;     // H
  Index kv_heads = 0;  // G, of keys and values, each for H / G heads of queries; 0: H
  Index kdim = 0;      // of the context that keys come from; 0: C
  Index vdim = 0;      // of what values come from; 0: C
  Context context = Context::optional;
  bool cache = false;          // take a state, of tokens that went by
  bool cache_context = false;  // take a state, of a context that was projected already
  // The three matrices on top of each other in in_proj_weight (C + 2 G D, C), with in_proj_bias, as
  // in PyTorch's MultiheadAttention; where kdim or vdim differ, q_proj_weight (C, C), k_proj_weight
  // (G D, kdim) and v_proj_weight (G D, vdim). Otherwise layers query, key and value.
  bool packed = true;
  bool bias = true;    // without it there are no biases at all, also not in out_proj
  bool output = true;  // out_proj (C, C); without it the heads stand side by side as they are
  bool apply = true;   // false: q = x, k = v = context, and no output projection: no parameters
  // W_q and W_k from N(0, 1 / C) instead of PyTorch's start: scores of variance D, or 1 scaled.
  bool unit_start = false;
  Positions positions = Positions::none;  // see positions.h; not with a context
};

// Heads where they lie in the projections, cached ones included, as dot_product_attention() reads
// them.
struct Projected {
  Heads q;     // of (B, T, ...)
  Heads k, v;  // of (B, S, ...)
  std::optional<MixerState> state = {};  // given when the input had one
  Tensor bias = {};  // added to the scores, stretches to (B, H, T, S); undefined: nothing
};

struct ByHeads {
  Tensor q;      // (B, H, T, D)
  Tensor k, v;   // (B, H, S, D)
  Mask visible;  // the pattern and the caller's mask, see core.h; undefined: everything
};

// The same, and what positions add to the scores.
struct PlacedByHeads {
  Tensor q, k, v;
  Mask visible;
  Tensor bias;  // undefined: nothing
};

// The scores (B, H, T, S) of a mechanism that makes them, with what its positions add.
Tensor biased(const Tensor& scores, const Tensor& bias);

// (B, T, ...) -> (B, H, T, D), each head `times` times in a row.
Tensor heads_of(const Heads& at, Index times = 1);

class Projections : public nn::Module {
 public:
  // Throws ValueError unless the heads divide the width and the kv_heads the heads, and when keys
  // or values of another width could only come from x.
  Projections(std::string mechanism, const ProjectionOptions& options, Generator& rng);

  // Throws ShapeError when x or context does not fit, ValueError when there is a context or a state
  // that must not be there, or none that must.
  Projected operator()(const MixerInput& input) const;
  // For mechanisms that need tensors and take no state. by_heads() throws ValueError where
  // positions add to the scores.
  ByHeads by_heads(const MixerInput& input, const Pattern& pattern) const;
  PlacedByHeads placed_by_heads(const MixerInput& input, const Pattern& pattern) const;

  // The output projection of heads side by side: (B, T, C) -> (B, T, C).
  Tensor output(const Tensor& heads) const;
  // (B, H, T, D) -> (B, T, C).
  Tensor merge(const Tensor& y) const;

 private:
  void check(const MixerInput& input) const;
  void check_values(const MixerInput& input) const;
  bool one_matrix() const;   // in_proj_weight
  Index pair_width() const;  // 2 G D: columns of keys and values together
  void make_weights(Generator& rng);
  void make_packed(Generator& rng);
  Tensor rows(const Tensor& x, const Tensor& weight, Index from, Index to) const;
  Heads queries(const Tensor& x) const;
  Projected pairs_of_context(const MixerInput& input) const;
  Projected project(const MixerInput& input) const;
  Projected leave(const MixerInput& input) const;
  void continue_from(const MixerState& past, Projected& projected) const;
  Projected from_context(const MixerInput& input) const;
  Projected placed(const Projected& projected, Index start) const;

  std::string mechanism_;
  ProjectionOptions options_;
  Tensor in_proj_weight_;  // undefined where there are three
  Tensor q_proj_weight_;
  Tensor k_proj_weight_;
  Tensor v_proj_weight_;
  Tensor in_proj_bias_;  // undefined: none
  nn::Linear* query_ = nullptr;
  nn::Linear* key_ = nullptr;
  nn::Linear* value_ = nullptr;
  nn::Linear* out_proj_ = nullptr;
  RelativePositions* positions_ = nullptr;
};

}  // namespace heed::inline HEED_REAL::attention
