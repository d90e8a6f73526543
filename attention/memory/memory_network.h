// Memory network: a question reads a set of facts several times, each time with what it found
// before.
// Sukhbaatar, Szlam, Weston, Fergus 2015, "End-to-end memory networks", arXiv 1503.08895,
// sections 2.1, 2.2 and 4.1.
//
//   u_1 = sum_w A_1 w over the words of the question
//   p_k = softmax_i(u_k . m_ki),   o_k = sum_i p_ki c_ki,   u_(k+1) = u_k + o_k     K hops
//   m_ki = sum_w A_k w,   c_ki = sum_w A_(k+1) w over the words of fact i
//   logits = A_(K+1) u_(K+1)
//
// Shapes   facts (B, S, L) and a question (B, Q), of words out of V -> logits (B, V); K + 1 tables
//          (V, C), the values of one hop being the keys of the next (tied "adjacently").
// Cost     (K + 1) B S L C additions for the facts and 2 K B S C multiply-adds for the reads.
// Differs  keys and values are tables of their own, without projections, and a question is asked
//          again of the same memory: two hops join two facts. A sentence is a bag of words and the
//          facts are a set; the paper's vectors for places of words and for time are left to those
//          who need an order, as words of their own. Not for memories that are written while they
//          are read: take `ntm`.
// Limit    one hop is cross-attention with the score q . k (one_hop_is_cross_attention).
//
// A map a hop, (B, 1, 1, S).
#pragma once

#include "nn/embedding.h"

namespace heed::inline HEED_REAL::attention {

struct MemoryNetworkOptions {
  Index vocabulary = 0;    // V
  Index width = 0;         // C
  Index hops = 1;          // K
  Index padding_id = -1;   // a word that counts nothing, where sentences differ in length; -1: none
  double deviation = 0.1;  // of the normal distribution from which the tables start
};

class MemoryNetwork : public nn::Module {
 public:
  using Options = MemoryNetworkOptions;

  // Throws ValueError unless vocabulary, width and hops are at least 1.
  MemoryNetwork(const MemoryNetworkOptions& options, Generator& rng);

  // `real` (B, S) says which facts are there; undefined: all. Throws ShapeError.
  Tensor operator()(const Indices& facts, const Indices& question, const Mask& real = {}) const;

  // The two halves of it. What each table makes of the facts, K + 1 times (B, S, C): the first K
  // are keys, the last K values.
  std::vector<Tensor> remember(const Indices& facts) const;
  Tensor ask(const Indices& question, const std::vector<Tensor>& memory,
             const Mask& real = {}) const;

 private:
  MemoryNetworkOptions options_;
  std::vector<nn::Embedding*> tables_;
};

}  // namespace heed::inline HEED_REAL::attention
