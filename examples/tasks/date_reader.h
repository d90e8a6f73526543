// The model of the date task: a bidirectional GRU reads the characters, a GRU writes the answer,
// and a mechanism looks, for every character written, at what was read. Luong, Pham, Manning 2015,
// 1508.04025, section 3 (without input feeding), with any mechanism that takes a context.
#pragma once

#include "attention/maps.h"
#include "examples/tasks/dates.h"
#include "examples/tasks/task.h"
#include "nn/embedding.h"
#include "nn/gru.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::tasks {

class DateReader : public nn::Module {
 public:
  DateReader(const Settings& settings, const attention::Mechanism& mechanism, Generator& rng);

  // Logits (B, 10, 11) of each character when the right ones before it are given.
  Tensor operator()(const DateBatch& batch) const;
  // What the model writes when it reads its own characters: (B, 10).
  Indices write(const DateBatch& batch) const;

 private:
  struct Read {
    Tensor memory;  // (B, 29, C)
    Tensor state;   // (1, B, C): where the writer starts
    Mask real;      // (B, 1, 1, 29)
  };
  Read read(const DateBatch& batch) const;
  // previous (B, T) from `state` on -> logits (B, T, 11); `state` moves on.
  Tensor write_from(const Indices& previous, const Read& read, Tensor& state) const;

  nn::Embedding& characters_;
  nn::GRU& reader_;
  nn::Linear& bridge_;
  nn::Embedding& written_;
  nn::GRU& writer_;
  attention::Mixer& attention_;
  nn::Linear& combine_;
  nn::Linear& answer_;
};

Outcome train_dates(const Task& task, const Trial& trial);

}  // namespace heed::inline HEED_REAL::tasks
