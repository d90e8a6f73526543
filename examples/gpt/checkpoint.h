// Everything a training run is, in one file: weights, optimizer, settings, position.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "examples/gpt/model.h"
#include "examples/gpt/options.h"
#include "nn/files/checkpoint.h"
#include "optim/adamw.h"

namespace heed::inline HEED_REAL {

// Where a run stands. Draws need no state: batches are a function of the seed and the step.
struct RunPosition {
  Index step = 0;               // steps done
  std::uint64_t log_bytes = 0;  // length of the log after them
};

// `text_hash` names the training text, see hash_of().
nn::TensorFile pack_run(const RunSettings& settings, const std::string& text_hash,
                        const RunPosition& position, const Gpt& model,
                        const optim::AdamW& optimizer);
// Puts weights and optimizer back and says where the run stood. Throws ValueError when it read
// another text, FormatError when the tensors are not those of this model.
RunPosition unpack_run(const nn::TensorFile& file, const std::string& text_hash, Gpt& model,
                       optim::AdamW& optimizer);

// FNV-1a (Fowler, Noll, Vo), 64 bits, of the tokens.
std::string hash_of(std::span<const std::int32_t> text);

}  // namespace heed::inline HEED_REAL
