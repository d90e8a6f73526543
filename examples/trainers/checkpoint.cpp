#include "examples/trainers/checkpoint.h"

#include "autograd/errors.h"

namespace heed::trainers {
namespace {

constexpr const char* data_key = "text";  // what the first trainer read

}  // namespace

nn::TensorFile pack_run(const Settings& settings, const std::string& data_hash,
                        const RunPosition& position, const nn::Module& model,
                        const optim::AdamW& optimizer) {
  nn::TensorFile file;
  settings.store(file);
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
