// What the tasks on two sets have in common: the co-attention of a run, built by its name, and what
// stands in its place.
#pragma once

#include <functional>

#include "examples/study/study.h"

namespace heed::tasks {

struct PairRead {
  Tensor a, b;       // (B, C): what was read of each set
  Tensor weights_a;  // (B, K, N): where in A, K times; in training not there for all
  Tensor weights_b;  // (B, K, T)
};

class PairReader : public nn::Module {
 public:
  PairReader(const study::Setup& setup, Generator& rng);
  // a (B, N, C), b (B, T, C).
  PairRead operator()(const Tensor& a, const Tensor& b) const;
  // Each set is read beside zeros, as if nothing was known of the other.
  void take_out(study::Ablation ablation) { apart_ = ablation != study::Ablation::none; }

 private:
  bool apart_ = false;
  std::function<PairRead(const Tensor& a, const Tensor& b)> read_;
};

// The mean over the batch of the weight (B, K, N) at `meant` (B), of the row k where it is largest.
double mass_on(const Tensor& weights, const Indices& meant);

}  // namespace heed::tasks
