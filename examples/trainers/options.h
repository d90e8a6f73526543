// What every trainer can be told: the settings of its steps, and how to carry a run out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "examples/trainers/settings.h"

namespace heed::trainers {

// The settings that all runs have. Two runs with equal settings, those of their own included, give
// bitwise equal losses, logs and weights. A checkpoint holds them and a resumed run takes them from
// there. A trainer may have other defaults.
struct RunSettings {
  Index batch = 12;
  Index steps = 2000;
  double learning_rate = 1e-3;
  double least_rate = 1e-4;  // where the cosine ends
  Index warmup = 100;
  double weight_decay = 0.1;  // on matrices only
  double clip = 1.0;
  std::uint64_t seed = 1;
  Index eval_every = 500;

  void list(Settings& settings);
};

struct RunOptions {
  Index threads = 1;
  std::string out;
  bool resume = false;
  bool overwrite = false;
  Index checkpoint_every = 100;
  // Which were given on the command line, by name.
  std::vector<std::string> given = {};

  void list(Settings& settings);
  bool was_given(const std::string& name) const;
};

// Puts the settings of a checkpoint in place of those that were asked for. Throws ValueError when
// one that was given on the command line says otherwise; more steps may be asked for, and true
// comes back then.
bool resume_settings(const RunOptions& options, Settings& settings, RunSettings& run,
                     const nn::TensorFile& checkpoint);

}  // namespace heed::trainers
