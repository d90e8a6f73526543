// A recurrent model that reads one sequence and writes another: a bidirectional GRU reads, a GRU
// writes, and a mechanism looks, for every token written, at what was read. Luong, Pham, Manning
// 2015, 1508.04025, section 3 (without input feeding), with any mechanism that takes a context.
#pragma once

#include "examples/study/study.h"
#include "nn/embedding.h"
#include "nn/gru.h"
#include "nn/linear.h"

namespace heed::models {

struct RecurrentSizes {
  Index vocabulary = 0;      // of what is read, padding included
  Index answers = 0;         // of what is written; the token after the last starts a sequence
  Index read_length = 0;     // S
  Index written_length = 0;  // T
};

class Recurrent : public nn::Module {
 public:
  Recurrent(const RecurrentSizes& sizes, const study::Setup& setup, Generator& rng);

  // read (B, S), of which the first `lengths` are real, right (B, T) -> logits (B, T, answers) of
  // each token when the right ones before it are given, and the mechanism's auxiliary loss.
  attention::Mixed operator()(const Indices& read, const std::vector<Index>& lengths,
                              const Indices& right) const;
  // What the model writes when it reads its own tokens: (B, T).
  Indices write(const Indices& read, const std::vector<Index>& lengths) const;

 private:
  struct Read {
    Tensor memory;  // (B, S, C)
    Tensor state;   // (1, B, C): where the writer starts
    Mask real;      // (B, 1, 1, S)
  };
  Read read_all(const Indices& read, const std::vector<Index>& lengths) const;
  // previous (B, T) from `state` on -> logits (B, T, answers); `state` moves on.
  attention::Mixed write_from(const Indices& previous, const Read& read, Tensor& state) const;

  RecurrentSizes sizes_;
  nn::Embedding& characters_;
  nn::GRU& reader_;
  nn::Linear& bridge_;
  nn::Embedding& written_;
  nn::GRU& writer_;
  attention::Mixer& attention_;
  nn::Linear& combine_;
  nn::Linear& answer_;
};

}  // namespace heed::models
