// Neural Turing machine: a memory that is read and written by attention, by what stands in its
// slots and by where the last look was.
// Graves, Wayne, Danihelka 2014, "Neural Turing machines", arXiv 1410.5401, section 3.
//
//   c = softmax_i(beta cos(k, M_i))                          what looks like the key
//   g = gate c + (1 - gate) w'                               or where one was: w', a step before
//   s_i = sum_o shift_o g_(i-o mod N)                        moved by o slots, around the end
//   w_i = s_i^gamma / sum_j s_j^gamma                        made sharp again
//   r = sum_i w_i M_i                                        read, and by a second head written:
//   M_i' = M_i (1 - w_i erase) + w_i add
//
// Shapes   memory (B, N, M), key (B, M), weights w (B, N); beta, gate and gamma (B, 1); a shift
//          (B, 2 R + 1) over the offsets -R ... R; erase and add (B, M).
// Cost     about 5 B N M multiply-adds a step for a head that reads and one that writes; the steps
//          follow one another.
// Differs  the sequence is not kept: what was written is all there is, N M numbers however long it
//          was. Shifts walk through a list without knowing its content, also through one longer
//          than any trained on. Slow to train, and fails at learning rates three times off. Where
//          the whole sequence can be kept take `multihead`.
// Limit    with the gate open, no shift and gamma = 1 it is attention by cosine
//          (open_gate_is_attention_by_cosine).
//
// A map a head and step, (B, 1, 1, N): of the read, then of the write.
#pragma once

#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

// What a head wants, each number in its range: beta >= 0, gate in [0, 1], gamma >= 1, shift a
// distribution.
struct Addressing {
  Tensor key, beta, gate, shift, gamma;
};
// The weights of a head whose last ones are `before` (B, N). Throws ShapeError.
Tensor address(const Tensor& memory, const Addressing& head, const Tensor& before);
// weights (B, N) moved around by the offsets that `shift` (B, 2 R + 1) weighs. Throws ShapeError.
Tensor shift_weights(const Tensor& weights, const Tensor& shift);
// weights^gamma, with a sum of 1.
Tensor sharpen(const Tensor& weights, const Tensor& gamma);
// The memory after a write.
Tensor write_memory(const Tensor& memory, const Tensor& weights, const Tensor& erase,
                    const Tensor& add);

struct NTMOptions {
  Index slots = 16;       // N
  Index slot_width = 8;   // M
  Index controller = 64;  // H, units of the controller, one layer with tanh
  Index reach = 1;        // R, slots that a shift moves by at most
};

// The machine between two steps.
struct NTMState {
  Tensor memory;        // (B, N, M)
  Tensor read;          // (B, M), what was read last
  Tensor read_weights;  // (B, N), where
  Tensor write_weights;
};

class NTM : public nn::Module {
 public:
  using Options = NTMOptions;

  // `in`: the width of what comes in a step. Throws ValueError unless all sizes are at least 1,
  // reach is not negative and a shift does not come around: 2 R + 1 <= N.
  NTM(Index in, Generator& rng, const NTMOptions& options = {});

  // A memory without anything in it, both heads on slot 0.
  NTMState begin(Index batch) const;
  // One step: x (B, in), the state is taken on. What the controller says, (B, H); what was read is
  // in the state. Throws ShapeError.
  Tensor step(const Tensor& x, NTMState& state) const;

 private:
  Addressing addressing(const Tensor& wanted) const;
  Index addressing_width() const;

  NTMOptions options_;
  nn::Linear& controller_;
  nn::Linear& read_head_;
  nn::Linear& write_head_;
};

}  // namespace heed::inline HEED_REAL::attention
