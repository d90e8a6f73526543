#include "examples/trainers/checkpoint.h"

#include <fmt/format.h>

#include "autograd/errors.h"

namespace heed::trainers {
namespace {

constexpr const char* trainer_key = "trainer";
constexpr const char* data_key = "text";  // what the first trainer read

}  // namespace

void name_trainer(nn::TensorFile& file, const std::string& trainer) {
  file.metadata[trainer_key] = trainer;
}

void check_trainer(const nn::TensorFile& file, const std::string& trainer,
                   const std::string& path) {
  const auto found = file.metadata.find(trainer_key);
  if (found == file.metadata.end()) return;  // older than the name
  if (found->second == trainer) return;
  throw ValueError(
      fmt::format("[train] {} is a checkpoint of '{}', and this is '{}'\nhint: `heed train {} "
                  "--resume` goes on with it; another --out is for another run",
                  path, found->second, trainer, found->second));
}

nn::TensorFile pack_run(const std::string& trainer, const Settings& settings,
                        const std::string& data_hash,
                        const RunPosition& position, const nn::Module& model,
                        const optim::AdamW& optimizer) {
  nn::TensorFile file;
  settings.store(file);
  name_trainer(file, trainer);
  const optim::OptimizerState state = optimizer.state();
  file.metadata[data_key] = data_hash;
  file.metadata["step"] = nn::exact_text(position.step);
  file.metadata["log_bytes"] = nn::exact_text(position.log_bytes);
  file.metadata["optimizer_steps"] = nn::exact_text(state.steps);
  nn::store_parameters(model.state(), "model.", file);
  nn::store_parameters(state.tensors, "optimizer.", file);
  return file;
}

RunPosition unpack_run(const nn::TensorFile& file, const std::string& data_hash, nn::Module& model,
                       optim::AdamW& optimizer) {
  const auto data = file.metadata.find(data_key);
  if (data == file.metadata.end() || data->second != data_hash) {
    throw ValueError("[train] the checkpoint belongs to a run on other data");
  }
  const RunPosition position{nn::exact_int(file, "step"), nn::exact_unsigned(file, "log_bytes")};
  optim::OptimizerState state = optimizer.state();
  state.steps = nn::exact_int(file, "optimizer_steps");
  nn::load_parameters(state.tensors, file, "optimizer.");
  nn::load_into(model, file, "model.");
  optimizer.restore(state);
  return position;
}

}  // namespace heed::trainers
