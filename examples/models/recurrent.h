// A recurrent model that reads one sequence and writes another: a bidirectional GRU reads, a GRU or
// an LSTM writes, and a mechanism, any that takes a context, looks for every token written at what
// was read. When it looks, and whether the writer hears of it, is what the papers differ in.
#pragma once

#include "examples/study/study.h"
#include "nn/embedding.h"
#include "nn/gru.h"
#include "nn/linear.h"
#include "nn/lstm.h"

namespace heed::models {

// w_t is the token before, m what was read, and tanh(W [h_t; c_t]) the answer.
enum class Writer {
  // h_t = GRU(w_t, h_{t-1}), c_t = look(h_t, m). The writer does not hear what was found, so that
  // all steps are one pass. Luong, Pham, Manning 2015, arXiv 1508.04025, section 3.
  global,
  // h_t = LSTM([w_t; a_{t-1}], h_{t-1}), c_t = look(h_t, m), with a_t the answer: the writer knows
  // what it has read before. Luong et al. 2015, section 3.3.
  input_feeding,
  // c_t = look(h_{t-1}, m), h_t = GRU([w_t; c_t], h_{t-1}): it looks first. Bahdanau, Cho, Bengio
  // 2014, arXiv 1409.0473, section 3.1 and appendix A.2.2, with the answer as above.
  bahdanau,
};

struct RecurrentSizes {
  Index vocabulary = 0;      // of what is read, padding included
  Index answers = 0;         // of what is written; the token after the last starts a sequence
  Index read_length = 0;     // S
  Index written_length = 0;  // T
  Writer writer = Writer::global;
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
    Mask real;      // (B, 1, 1, S)
  };
  // Of the writer, between two steps: (B, C) each.
  struct State {
    Tensor h;
    Tensor c;         // of the LSTM
    Tensor answered;  // a_{t-1} of input feeding
  };
  struct Started {
    Read read;
    State state;
  };
  // One of them.
  struct AnyWriter {
    nn::GRU* whole = nullptr;      // of Writer::global
    nn::GRUCell* gru = nullptr;    // of Writer::bahdanau
    nn::LSTMCell* lstm = nullptr;  // of Writer::input_feeding
  };
  AnyWriter make_writer(Index width, Generator& rng);
  Started read_all(const Indices& read, const std::vector<Index>& lengths) const;
  // h (B, T, C) -> what the mechanism finds for each, (B, T, C).
  attention::Mixed look(const Tensor& h, const Read& read) const;
  // [h; c] -> (..., C).
  Tensor answered(const Tensor& h, const Tensor& found) const;
  // word (B, C / 2) -> (B, C): a step of the writers that hear what was found.
  attention::Mixed step(const Tensor& word, const Read& read, State& state) const;
  // previous (B, T) from `state` on -> logits (B, T, answers); `state` moves on.
  attention::Mixed write_from(const Indices& previous, const Read& read, State& state) const;

  RecurrentSizes sizes_;
  nn::Embedding& characters_;
  nn::GRU& reader_;
  nn::Linear& bridge_;
  nn::Embedding& written_;
  AnyWriter writer_;
  attention::Mixer& attention_;
  nn::Linear& combine_;
  nn::Linear& answer_;
};

}  // namespace heed::models
