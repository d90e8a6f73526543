// Everything a training run is, in one file: weights, optimizer, settings, position.
#pragma once

#include <cstdint>
#include <string>

#include "examples/trainers/settings.h"
#include "nn/files/checkpoint.h"
#include "optim/adamw.h"

namespace heed::trainers {

// Where a run stands. Draws need no state: batches are a function of the seed and the step.
struct RunPosition {
  Index step = 0;               // steps done
  std::uint64_t log_bytes = 0;  // length of the log after them
};

// Says in the file which trainer made it.
void name_trainer(nn::TensorFile& file, const std::string& trainer);
// Throws ValueError when another one did. `path` stands in the error.
void check_trainer(const nn::TensorFile& file, const std::string& trainer, const std::string& path);

// `data_hash` tells the data of the run from other data.
nn::TensorFile pack_run(const std::string& trainer, const Settings& settings,
                        const std::string& data_hash,
                        const RunPosition& position, const nn::Module& model,
                        const optim::AdamW& optimizer);
// Puts weights and optimizer back and says where the run stood. Throws ValueError when it read
// other data, FormatError when the tensors are not those of this model.
RunPosition unpack_run(const nn::TensorFile& file, const std::string& data_hash, nn::Module& model,
                       optim::AdamW& optimizer);

}  // namespace heed::trainers
