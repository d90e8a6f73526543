// What `heed train gpt` can be told: the settings that define a run, and how to carry it out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autograd/real.h"
#include "nn/files/safetensors.h"

namespace heed::inline HEED_REAL {

// Two runs with equal settings give bitwise equal losses, logs and weights. A checkpoint holds
// them and a resumed run takes them from there. The defaults are nanoGPT's for a CPU (Karpathy
// 2022), with a head of its own.
struct RunSettings {
  Index layers = 4;
  Index width = 128;
  Index heads = 4;
  Index context = 64;
  Index batch = 12;
  Index steps = 2000;
  double learning_rate = 1e-3;
  double least_rate = 1e-4;  // where the cosine ends
  Index warmup = 100;
  double weight_decay = 0.1;  // on matrices only
  double clip = 1.0;
  std::uint64_t seed = 1;
  Index eval_every = 500;
};

struct TrainOptions {
  RunSettings run;
  int threads = 1;
  std::string out = "out/gpt";
  std::string data_dir;
  bool resume = false;
  Index checkpoint_every = 100;
  Index sample = 500;
  double temperature = 0.8;
  std::string prompt = "\n";
  // Which settings were given on the command line, by name.
  std::vector<std::string> given;
};

// Fills `options`. Returns -1 to go on, else the exit code: 0 after --help, 2 after a usage
// error, which it has explained on the standard error output.
int parse_train_options(int argc, char** argv, TrainOptions& options);

// The settings in the metadata of a checkpoint, exactly. Throws FormatError when one is missing
// or unreadable.
void store_settings(const RunSettings& settings, nn::TensorFile& into);
RunSettings stored_settings(const nn::TensorFile& file);

// `"layers":4,"width":128,...` for the head of a log.
std::string settings_as_json(const RunSettings& settings);

// The settings to resume with: those of the checkpoint. Throws ValueError when one that was given
// on the command line says otherwise.
RunSettings resumed_settings(const TrainOptions& options, const RunSettings& checkpoint);

}  // namespace heed::inline HEED_REAL
