// Mixer: what every attention mechanism that turns a sequence into a sequence looks like from
// outside.
//
//   std::unique_ptr<attention::Mixer> mixer = attention::find("local").make({.width = 32}, rng);
//   Tensor y = mixer->mix({.x = x}).y;                       // (B, T, C) -> (B, T, C)
#pragma once

#include <optional>
#include <vector>

#include "autograd/tensor.h"
#include "nn/module.h"

namespace heed::inline HEED_REAL::attention {

// What a mechanism carries from one call to the next: cached keys and values, a memory, a segment.
// Opaque to the caller, who starts with an empty one and hands back what came out.
struct MixerState {
  std::vector<Tensor> tensors;
  Index seen = 0;  // positions that went by
};

struct MixerInput {
  Tensor x;  // (B, T, C): the queries, and unless there is a context also keys and values
  Tensor context = {};  // (B, S, C): keys and values for cross-attention; undefined: x
  Tensor values = {};   // (B, S, C): values that lie apart from their keys; undefined: the context
  // Who may be seen; stretches to (B, H, T, S). padding() in masks.h makes the usual (B, 1, 1, S).
  // One whose first axis may be the batch or something else, as (B, S) when B == T, is refused.
  // Comes on top of the mechanism's own pattern. With a state, S counts the cached positions too.
  Mask mask = {};
  // Given: x continues what this state has seen.
  std::optional<MixerState> state = {};
};

struct Mixed {
  Tensor y;                              // (B, T, C); pooling mechanisms give (B, 1, C)
  std::optional<MixerState> state = {};  // given when the input had one
  Tensor auxiliary = {};                 // a scalar to add to the loss; undefined: none
  Tensor log_probability = {};           // (B, H, T), of what was drawn, from mechanisms that draw
};

class Mixer : public nn::Module {
 public:
  // Throws ShapeError when the shapes do not fit, ValueError when asked for what it cannot do.
  virtual Mixed mix(const MixerInput& input) const = 0;
  // Does no position see a later one, whatever the mask?
  virtual bool causal() const { return false; }
};

// What a mechanism can do is data in the catalog; these are its refusals. Each throws ValueError
// `[name] ...` when the input holds what the name says; to refuse a context is to refuse values.
void refuse_context(const char* name, const MixerInput& input);
void refuse_values(const char* name, const MixerInput& input);
void refuse_state(const char* name, const MixerInput& input);
void refuse_mask(const char* name, const MixerInput& input);
// Throws ShapeError unless the mask, if any, stretches to (B, heads, T, keys) and its axes can be
// read in one way only.
void require_mask(const char* name, const MixerInput& input, Index heads, Index keys);
// ValueError unless there is a context.
void require_context(const char* name, const MixerInput& input);
// ShapeError unless x is (B, T, width) and the context, if any, (B, S, context_width); 0: width.
void require_width(const char* name, const MixerInput& input, Index width, Index context_width = 0);
// ShapeError unless x has a token, for what no sequence of none has: a tree, a window.
void require_tokens(const char* name, const MixerInput& input);

}  // namespace heed::inline HEED_REAL::attention
