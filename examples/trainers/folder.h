// The folder of a run: its log, its checkpoints, the weights at the end.
#pragma once

#include <optional>
#include <string>

#include "examples/trainers/log.h"
#include "nn/files/checkpoint.h"

namespace heed::trainers {

class RunFolder {
 public:
  // Makes the folder if need be, and locks it for as long as this lives. What lies in it stays, but
  // for weights that were half-written when a run was killed.
  // Throws IoError when it cannot be written or another process holds it.
  explicit RunFolder(const std::string& path);

  // Whether somebody's training would be lost with it: weights, or a checkpoint of some step.
  bool holds_a_run() const;
  // Takes away what an earlier run left.
  void clear();

  TrainLog& log() { return log_; }
  nn::Checkpoints& checkpoints() { return checkpoints_; }
  std::string weights_path() const { return path_ + "/weights.safetensors"; }

 private:
  std::string path_;
  TrainLog log_;  // first: it holds the lock
  nn::Checkpoints checkpoints_;
};

}  // namespace heed::trainers
