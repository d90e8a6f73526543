// Optimizers, clipping and the schedule against PyTorch, step by step.
#include <boost/test/unit_test.hpp>

#include "autograd/ops.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "optim/schedule.h"
#include "optim/sgd.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

// Ten steps from input.w0 with the gradients input.grads; after each the weights must be
// output.<variant>[t].
template <class Optimizer, class Options>
void check_steps(const Golden& golden, const std::string& variant, const Options& options) {
  const Tensor w = golden.leaf("input.w0");
  Optimizer optimizer({{"w", w}}, options);
  const Tensor gradients = golden["input.grads"];
  const Tensor expected = golden["output." + variant];
  for (Index t = 0; t < gradients.dim(0); ++t) {
    w.set_grad(select(gradients, 0, t));
    optimizer.step();
    expect_close(variant, w.detach(), select(expected, 0, t));
  }
}

BOOST_AUTO_TEST_SUITE(optimizers)

BOOST_AUTO_TEST_CASE(adamw) {
  const Golden golden("torch_opt_adamw");
  check_steps<optim::AdamW>(golden, "adamw", optim::AdamWOptions{.lr = 0.05});
  check_steps<optim::AdamW>(
      golden, "wd",
      optim::AdamWOptions{
          .lr = 0.05, .beta1 = 0.9, .beta2 = 0.98, .eps = 1e-6, .weight_decay = 0.1});
}

BOOST_AUTO_TEST_CASE(sgd) {
  const Golden golden("torch_opt_sgd");
  using Options = optim::SGDOptions;
  check_steps<optim::SGD>(golden, "plain", Options{.lr = 0.1});
  check_steps<optim::SGD>(golden, "momentum", Options{.lr = 0.1, .momentum = 0.9});
  check_steps<optim::SGD>(golden, "nesterov",
                          Options{.lr = 0.1, .momentum = 0.9, .nesterov = true});
  check_steps<optim::SGD>(
      golden, "dampening_wd",
      Options{.lr = 0.1, .momentum = 0.9, .dampening = 0.3, .weight_decay = 0.05});
}

BOOST_AUTO_TEST_CASE(clip_by_norm) {
  const Golden golden("torch_clip_and_schedule");
  const Tensor a = Tensor::zeros({3, 2}).require_grad();
  const Tensor b = Tensor::zeros({4}).require_grad();
  a.set_grad(golden["input.g1"]);
  b.set_grad(golden["input.g2"]);
  const double norm = optim::clip_by_norm({{"a", a}, {"b", b}}, 1.5);
  expect_close("norm", Tensor::scalar(norm), golden["output.norm"]);
  expect_close("clipped1", a.grad(), golden["output.clipped1"]);
  expect_close("clipped2", b.grad(), golden["output.clipped2"]);
}

// PyTorch's cosine rises again after its end; ours stays at the floor: only the fall is compared.
BOOST_AUTO_TEST_CASE(cosine) {
  const Tensor expected = Golden("torch_clip_and_schedule")["output.cosine_lr"];
  for (Index step = 0; step <= 10; ++step) {
    const double rate =
        optim::warmup_cosine(step, {.peak = 0.1, .floor = 0.01, .warmup = 0, .total = 10});
    expect_close("cosine", Tensor::scalar(rate), select(expected, 0, step));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
