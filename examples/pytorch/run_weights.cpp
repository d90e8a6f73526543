// Runs the weights of a PyTorch model: token ids in, logits out, and if asked the weights again,
// changed, for PyTorch to read. compare_with_torch.py does so and compares.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "autograd/cpu_check.h"
#include "autograd/ops.h"
#include "autograd/skip_init.h"
#include "examples/command_line.h"
#include "examples/exit_codes.h"
#include "examples/process.h"
#include "examples/pytorch/bert.h"
#include "examples/pytorch/gpt2.h"
#include "nn/files/npy.h"
#include "nn/files/weights.h"

namespace heed::inline HEED_REAL {
namespace {

struct Options {
  std::string model, weights, ids, types, mask, logits, save;
  Index heads = 0;
  std::uint64_t shift_seed = 0;
};

void add_options(CLI::App& app, Options& options) {
  app.add_option("model", options.model, "gpt2 or bert")
      ->required()
      ->check(CLI::IsMember({"gpt2", "bert"}));
  app.add_option("--weights", options.weights, "safetensors file with PyTorch's names")->required();
  app.add_option("--heads", options.heads, "attention heads")->required();
  app.add_option("--ids", options.ids, "npy file of token ids (B, T)")->required();
  app.add_option("--types", options.types, "bert: npy file of token types (B, T); all 0");
  app.add_option("--mask", options.mask, "bert: npy file of bool (B, T), true for a token; all");
  app.add_option("--logits", options.logits, "npy file to write, (B, T, vocabulary)")->required();
  app.add_option("--shift", options.shift_seed,
                 "add N(0, 0.05^2) of this seed to every weight first; 0: do not");
  app.add_option("--save", options.save, "safetensors file to write the weights to");
}

void shift(const nn::Module& model, std::uint64_t seed) {
  for (const Parameter& p : model.parameters()) {
    p.value.assign(p.value.detach() +
                   Generator(seed).stream(p.name).normal(p.value.shape(), 0, 0.05));
  }
}

// Loads the weights into `model`, changes and saves them as asked, and writes what `forward` gives.
template <class Forward>
void run_model(const Options& options, const nn::TensorFile& weights, nn::Module& model,
               const nn::LoadOptions& names, Forward&& forward) {
  nn::load_into(model, weights, "", names);
  if (options.shift_seed != 0) shift(model, options.shift_seed);
  if (!options.save.empty()) nn::save_weights(options.save, model);
  model.eval();
  const NoGrad no_grad;
  nn::write_npy(options.logits, forward());
}

// All of the first type, unless a file says otherwise.
Indices types_of(const Options& options, const Shape& shape) {
  if (!options.types.empty()) return nn::read_npy(options.types).indices();
  return Indices(shape, std::vector<std::int32_t>(static_cast<std::size_t>(shape.size())));
}

// All of them tokens, unless a file says otherwise.
Mask mask_of(const Options& options, const Shape& shape) {
  if (!options.mask.empty()) return nn::read_npy(options.mask).mask();
  return Mask(shape, std::vector<std::uint8_t>(static_cast<std::size_t>(shape.size()), 1));
}

// A model whose weights come from a file.
template <class Model, class ModelOptions>
std::unique_ptr<Model> undrawn(const ModelOptions& options) {
  Generator rng(1);
  const SkipInit skip;
  return std::make_unique<Model>(options, rng);
}

void run(const Options& options) {
  if (options.model == "gpt2" && !(options.types.empty() && options.mask.empty())) {
    throw ValueError("[heed_weights] --types and --mask are of bert: a GPT-2 has none");
  }
  const nn::TensorFile weights = nn::read_safetensors(options.weights);
  const Indices ids = nn::read_npy(options.ids).indices();
  if (options.model == "gpt2") {
    const auto model = undrawn<Gpt2>(gpt2_options(weights, options.heads));
    run_model(options, weights, *model, gpt2_names(), [&] { return (*model)(ids); });
  } else {
    const auto model = undrawn<Bert>(bert_options(weights, options.heads));
    const Indices types = types_of(options, ids.shape());
    const Mask mask = mask_of(options, ids.shape());
    run_model(options, weights, *model, bert_names(), [&] { return (*model)(ids, types, mask); });
  }
}

}  // namespace
}  // namespace heed::inline HEED_REAL

int parse_and_run(int argc, char** argv) {
  heed::Options options;
  CLI::App app("Runs the weights of a PyTorch model.");
  heed::add_options(app, options);
  if (const int code = heed::parse(app, argc, argv); code >= 0) return code;
  heed::check_cpu();
  heed::run(options);
  return heed::ExitCode::ok;
}

int main(int argc, char** argv) {
  return heed::run_process([&] { return parse_and_run(argc, argv); });
}
