// Ten training steps of a small GPT: losses and gradient norms against PyTorch.
// The file is made by make_gpt_losses.py.
// Built in double and in float.
#include <boost/test/unit_test.hpp>

#include <type_traits>

#include "autograd/ops.h"
#include "examples/models/gpt.h"
#include "nn/files/checkpoint.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "optim/schedule.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

constexpr bool is_double = std::is_same_v<Real, double>;
constexpr const char* suffix = is_double ? "_f64" : "_f32";
constexpr double tolerance = is_double ? 1e-10 : 1e-6;

// Columns first ... first + 15 of the step's rows: (BATCH, CONTEXT).
Indices columns(const Indices& batches, Index step, Index first) {
  const Index rows = batches.shape()[1];
  const Index length = batches.shape()[2];
  std::vector<std::int32_t> ids;
  for (Index row = 0; row < rows; ++row) {
    for (Index t = first; t < first + length - 1; ++t) {
      ids.push_back(batches[(step * rows + row) * length + t]);
    }
  }
  return Indices({rows, length - 1}, std::move(ids));
}

BOOST_AUTO_TEST_CASE(gpt_losses) {
  const Golden golden("gpt_losses");
  Generator rng(1);
  Gpt model({.vocabulary = 17, .context = 16, .width = 32, .layers = 2, .heads = 2}, rng);
  nn::load_into(model, golden.file(), "param.");
  optim::AdamW optimizer(model.parameters(), {.beta1 = 0.9,
                                              .beta2 = 0.99,
                                              .weight_decay = 0.1,
                                              .groups = optim::no_decay_on_norms_and_biases()});
  const Indices batches = golden.ids("input.batches");
  std::vector<Real> losses;
  std::vector<Real> norms;
  for (Index step = 0; step < 10; ++step) {
    optimizer.set_lr(
        optim::warmup_cosine(step, {.peak = 1e-2, .floor = 1e-3, .warmup = 3, .total = 10}));
    const Tensor loss = cross_entropy(model(columns(batches, step, 0)), columns(batches, step, 1));
    optimizer.zero_grad();
    loss.backward();
    norms.push_back(static_cast<Real>(optim::clip_by_norm(model.parameters(), 1)));
    optimizer.step();
    losses.push_back(loss.item());
  }
  const std::string losses_name = std::string("output.losses") + suffix;
  const std::string norms_name = std::string("output.norms") + suffix;
  expect_close("losses", Tensor({10}, losses), golden[losses_name], tolerance);
  expect_close("norms", Tensor({10}, norms), golden[norms_name], 10 * tolerance);
}

}  // namespace
}  // namespace heed_test
