#include "examples/gpt/checkpoint.h"

#include <fmt/format.h>

#include <vector>

namespace heed::inline HEED_REAL {

nn::TensorFile pack_run(const RunSettings& settings, const std::string& text_hash,
                        const RunPosition& position, const Gpt& model,
                        const optim::AdamW& optimizer) {
  nn::TensorFile file;
  store_settings(settings, file);
  const optim::OptimizerState state = optimizer.state();
  file.metadata["text"] = text_hash;
  file.metadata["step"] = nn::exact_text(position.step);
  file.metadata["log_bytes"] = nn::exact_text(position.log_bytes);
  file.metadata["optimizer_steps"] = nn::exact_text(state.steps);
  nn::store_parameters(model.state(), "model.", file);
  nn::store_parameters(state.tensors, "optimizer.", file);
  return file;
}

RunPosition unpack_run(const nn::TensorFile& file, const std::string& text_hash, Gpt& model,
                       optim::AdamW& optimizer) {
  const auto text = file.metadata.find("text");
  if (text == file.metadata.end() || text->second != text_hash) {
    throw ValueError("[train gpt] the checkpoint belongs to a run on another text");
  }
  const RunPosition position{nn::exact_int(file, "step"), nn::exact_unsigned(file, "log_bytes")};
  optim::OptimizerState state = optimizer.state();
  state.steps = nn::exact_int(file, "optimizer_steps");
  nn::load_parameters(state.tensors, file, "optimizer.");
  nn::load_into(model, file, "model.");
  optimizer.restore(state);
  return position;
}

std::string hash_of(std::span<const std::int32_t> text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const std::int32_t token : text) {
    hash = (hash ^ static_cast<std::uint32_t>(token)) * 0x100000001b3u;
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace heed::inline HEED_REAL
