#include "attention/memory/ntm.h"

#include <fmt/format.h>

#include <vector>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "ntm";

// In a new memory: nearly nothing, but a direction to compare with.
constexpr Real blank = Real(1e-6);

NTMOptions checked(Index in, const NTMOptions& options) {
  nn::check_positive(name, {{"in", in},
                            {"slots", options.slots},
                            {"slot_width", options.slot_width},
                            {"controller", options.controller}});
  if (options.reach >= 0 && 2 * options.reach + 1 <= options.slots) return options;
  throw ValueError(fmt::format("[{}] a shift by up to {} needs reach >= 0 and {} slots, there are "
                               "{}",
                               name, options.reach, 2 * options.reach + 1, options.slots));
}

void publish_slots(const Tensor& weights) {
  if (recording_maps()) publish_map(name, unsqueeze(unsqueeze(weights, 1), 1));  // (B, 1, 1, N)
}

// weights (B, N) and memory (B, N, M) -> (B, M).
Tensor read_slots(const Tensor& weights, const Tensor& memory) {
  return squeeze(combine(unsqueeze(weights, 1), memory), 1);
}

}  // namespace

Tensor shift_weights(const Tensor& weights, const Tensor& shift) {
  if (shift.rank() != 2 || shift.dim(1) % 2 == 0) {
    throw ShapeError(fmt::format("[shift_weights] a shift must be (B, 2 R + 1), an offset of 0 in "
                                 "its middle: got {}",
                                 shift.shape().str()));
  }
  const Index reach = shift.dim(1) / 2;
  Tensor moved;
  for (Index offset = -reach; offset <= reach; ++offset) {
    const Index at = offset + reach;
    const Tensor part = roll(weights, offset, 1) * slice(shift, 1, at, at + 1);  // (B, N)
    moved = moved.defined() ? moved + part : part;
  }
  return moved;
}

// Divided by the largest first: no power of it vanishes then.
Tensor sharpen(const Tensor& weights, const Tensor& gamma) {
  const Tensor powers = pow(weights / max(weights.detach(), {1}, true), gamma);  // (B, N)
  return powers / sum(powers, {1}, true);
}

Tensor address(const Tensor& memory, const Addressing& head, const Tensor& before) {
  nn::check_shape(name, "memory", memory, "(B, N, M)", {-1, -1, -1});
  const Index batch = memory.dim(0), slots = memory.dim(1);
  nn::check_shape(name, "key", head.key, "(B, M)", {batch, memory.dim(2)});
  nn::check_shape(name, "weights", before, "(B, N)", {batch, slots});
  nn::check_shape(name, "shift", head.shift, "(B, 2 R + 1)", {batch, -1});
  const Tensor fits = squeeze(cosine(unsqueeze(head.key, 1), memory), 1);  // (B, N)
  const Tensor scores = unsqueeze(unsqueeze(head.beta * fits, 1), 1);      // (B, 1, 1, N)
  const Tensor content = reshape(softmax_over(shifted(scores), {}), {batch, slots});
  const Tensor gated = head.gate * content + (1 - head.gate) * before;
  return sharpen(shift_weights(gated, head.shift), head.gamma);
}

Tensor write_memory(const Tensor& memory, const Tensor& weights, const Tensor& erase,
                    const Tensor& add) {
  const Tensor w = unsqueeze(weights, 2);  // (B, N, 1)
  return memory * (1 - w * unsqueeze(erase, 1)) + w * unsqueeze(add, 1);
}

NTM::NTM(Index in, Generator& rng, const NTMOptions& options)
    : options_(checked(in, options)),
      controller_(
          child<nn::Linear>("controller", in + options.slot_width, options.controller, rng)),
      read_head_(child<nn::Linear>("read_head", options.controller, addressing_width(), rng)),
      write_head_(child<nn::Linear>("write_head", options.controller,
                                    addressing_width() + 2 * options.slot_width, rng)) {}

// Key, beta, gate, gamma, shift.
Index NTM::addressing_width() const { return options_.slot_width + 3 + 2 * options_.reach + 1; }

Addressing NTM::addressing(const Tensor& wanted) const {
  const Index m = options_.slot_width;
  return {.key = slice(wanted, 1, 0, m),
          .beta = softplus(slice(wanted, 1, m, m + 1)),
          .gate = sigmoid(slice(wanted, 1, m + 1, m + 2)),
          .shift = softmax(slice(wanted, 1, m + 3, addressing_width())),
          .gamma = 1 + softplus(slice(wanted, 1, m + 2, m + 3))};
}

NTMState NTM::begin(Index batch) const {
  const Indices zeros({batch}, std::vector<std::int32_t>(static_cast<std::size_t>(batch)));
  const Tensor first = one_hot(zeros, options_.slots);  // (B, N)
  return {.memory = Tensor::full({batch, options_.slots, options_.slot_width}, blank),
          .read = Tensor::zeros({batch, options_.slot_width}),
          .read_weights = first,
          .write_weights = first};
}

Tensor NTM::step(const Tensor& x, NTMState& state) const {
  const Index m = options_.slot_width, head = addressing_width();
  nn::check_shape(name, "x", x, "(B, in)",
                  {state.memory.dim(0), controller_.weight().dim(1) - m});
  const Tensor h = tanh(controller_(concat({x, state.read}, 1)));  // (B, H)
  state.read_weights = address(state.memory, addressing(read_head_(h)), state.read_weights);
  publish_slots(state.read_weights);
  state.read = read_slots(state.read_weights, state.memory);
  const Tensor wanted = write_head_(h);
  state.write_weights =
      address(state.memory, addressing(slice(wanted, 1, 0, head)), state.write_weights);
  publish_slots(state.write_weights);
  state.memory = write_memory(state.memory, state.write_weights,
                              sigmoid(slice(wanted, 1, head, head + m)),
                              slice(wanted, 1, head + m, head + 2 * m));
  return h;
}

Mechanism ntm_entry() {
  return {.name = name,
          .title = "Neural Turing machine",
          .what = "A memory that is read and written by attention, by content and by steps.",
          .paper = "Graves et al. 2014, arXiv 1410.5401",
          .file = "attention/memory/ntm.h",
          .limit = "open_gate_is_attention_by_cosine",
          .options = {{"reach", 1, "R, slots that a shift moves by at most"}},
          .reductions = {{.to = "cosine",
                          .when = "gate 1, no shift, gamma 1",
                          .reason = "what looks like the key is all that counts",
                          .test = "open_gate_is_attention_by_cosine"}}};
}

}  // namespace heed::inline HEED_REAL::attention
