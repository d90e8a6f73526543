// The model of the marked-cell task: one learned query that picks a cell by its pixels, and a
// classifier that sees nothing but what was picked. Mnih et al. 2014, arXiv 1406.6247, with one
// glimpse.
//
// The mechanism meets the pixels as they are. With a layer in between, the mean over the cells
// solves the task as well (.86): a feature can be on only where the mark is, and so pick by itself.
#pragma once

#include "attention/maps.h"
#include "attention/mixer.h"
#include "examples/tasks/marked_cell.h"
#include "examples/tasks/task.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::tasks {

class Glimpse : public nn::Module {
 public:
  Glimpse(const Settings& settings, const attention::Mechanism& mechanism, Generator& rng);

  struct Seen {
    Tensor logits;           // (B, 10)
    Tensor log_probability;  // (B, 1, 1) of the cell that was drawn; undefined from soft mechanisms
  };
  // cells (B, 9, 64)
  Seen operator()(const Tensor& cells) const;

 private:
  Tensor query_;  // (1, 1, 64)
  attention::Mixer& attention_;
  nn::Linear& hidden_;
  nn::Linear& answer_;
};

// A mechanism that draws learns where to look by REINFORCE: the reward is 1 for a right answer,
// against a running baseline. Details hold the mass on the marked cell.
Outcome train_marked_cell(const Task& task, const Trial& trial);

}  // namespace heed::inline HEED_REAL::tasks
