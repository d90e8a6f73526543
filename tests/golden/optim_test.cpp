// Optimizers, clipping, schedules and averages against PyTorch, step by step.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <set>

#include "autograd/ops.h"
#include "optim/adadelta.h"
#include "optim/adagrad.h"
#include "optim/adam.h"
#include "optim/adamax.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "optim/lion.h"
#include "optim/nadam.h"
#include "optim/radam.h"
#include "optim/rmsprop.h"
#include "optim/schedule.h"
#include "optim/sgd.h"
#include "optim/weight_average.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

// Ten steps from input.w0 with the gradients input.grads, but none at the steps `without`; after
// each the weights must be output.<variant>[t].
template <class Optimizer, class Options>
void check_steps(const Golden& golden, const std::string& variant, const Options& options,
                 const std::set<Index>& without = {}) {
  const Tensor w = golden.leaf("input.w0");
  Optimizer optimizer({{"w", w}}, options);
  const Tensor gradients = golden["input.grads"];
  const Tensor expected = golden["output." + variant];
  for (Index t = 0; t < gradients.dim(0); ++t) {
    optimizer.zero_grad();
    if (!without.contains(t)) w.set_grad(select(gradients, 0, t));
    optimizer.step();
    expect_close(variant, w.detach(), select(expected, 0, t), 1e-12);
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
  check_steps<optim::AdamW>(golden, "amsgrad",
                            optim::AdamWOptions{.lr = 0.05, .weight_decay = 0.1, .amsgrad = true});
}

BOOST_AUTO_TEST_CASE(adam) {
  const Golden golden("torch_opt_adam");
  using Options = optim::AdamOptions;
  check_steps<optim::Adam>(golden, "adam", Options{.lr = 0.05});
  check_steps<optim::Adam>(golden, "betas_eps",
                           Options{.lr = 0.05, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-3});
  check_steps<optim::Adam>(golden, "l2", Options{.lr = 0.05, .weight_decay = 0.1});
  check_steps<optim::Adam>(golden, "amsgrad", Options{.lr = 0.05, .amsgrad = true});
  check_steps<optim::Adam>(Golden("optim"), "adam_all",
                           Options{.lr = 0.05,
                                   .beta1 = 0.7,
                                   .beta2 = 0.9,
                                   .eps = 1e-5,
                                   .weight_decay = 0.1,
                                   .amsgrad = true});
}

BOOST_AUTO_TEST_CASE(rmsprop) {
  const Golden golden("torch_opt_rmsprop");
  using Options = optim::RMSpropOptions;
  check_steps<optim::RMSprop>(golden, "rmsprop", Options{.lr = 0.05});
  check_steps<optim::RMSprop>(golden, "centered",
                              Options{.lr = 0.05, .alpha = 0.9, .centered = true});
  check_steps<optim::RMSprop>(golden, "momentum_wd",
                              Options{.lr = 0.02, .momentum = 0.8, .weight_decay = 0.1});
  check_steps<optim::RMSprop>(Golden("optim"), "rmsprop_all",
                              Options{.lr = 0.02,
                                      .alpha = 0.9,
                                      .eps = 1e-4,
                                      .momentum = 0.8,
                                      .weight_decay = 0.1,
                                      .centered = true});
}

BOOST_AUTO_TEST_CASE(adagrad) {
  const Golden golden("torch_opt_adagrad");
  using Options = optim::AdagradOptions;
  check_steps<optim::Adagrad>(golden, "adagrad", Options{.lr = 0.1});
  check_steps<optim::Adagrad>(
      golden, "decay_init",
      Options{.lr = 0.1, .lr_decay = 0.05, .weight_decay = 0.1, .initial_accumulator = 0.2});
}

BOOST_AUTO_TEST_CASE(adadelta) {
  const Golden golden("optim");
  using Options = optim::AdadeltaOptions;
  check_steps<optim::Adadelta>(golden, "adadelta", Options{});
  check_steps<optim::Adadelta>(golden, "adadelta_all",
                               Options{.lr = 0.7, .rho = 0.8, .eps = 1e-3, .weight_decay = 0.1});
}

BOOST_AUTO_TEST_CASE(adamax) {
  const Golden golden("optim");
  using Options = optim::AdamaxOptions;
  check_steps<optim::Adamax>(golden, "adamax", Options{});
  check_steps<optim::Adamax>(
      golden, "adamax_all",
      Options{.lr = 0.05, .beta1 = 0.7, .beta2 = 0.8, .eps = 1e-3, .weight_decay = 0.1});
}

BOOST_AUTO_TEST_CASE(nadam) {
  const Golden golden("optim");
  using Options = optim::NAdamOptions;
  check_steps<optim::NAdam>(golden, "nadam", Options{});
  check_steps<optim::NAdam>(golden, "nadam_all",
                            Options{.lr = 0.05,
                                    .beta1 = 0.7,
                                    .beta2 = 0.9,
                                    .eps = 1e-3,
                                    .weight_decay = 0.1,
                                    .momentum_decay = 0.5});
  check_steps<optim::NAdam>(golden, "nadam_decoupled",
                            Options{.lr = 0.05,
                                    .weight_decay = 0.1,
                                    .momentum_decay = 0,
                                    .decoupled_weight_decay = true});
}

BOOST_AUTO_TEST_CASE(radam) {
  const Golden golden("optim");
  using Options = optim::RAdamOptions;
  check_steps<optim::RAdam>(golden, "radam", Options{});
  check_steps<optim::RAdam>(
      golden, "radam_all",
      Options{.lr = 0.05, .beta1 = 0.7, .beta2 = 0.9, .eps = 1e-3, .weight_decay = 0.1});
  check_steps<optim::RAdam>(
      golden, "radam_decoupled",
      Options{.lr = 0.05, .weight_decay = 0.1, .decoupled_weight_decay = true});
}

BOOST_AUTO_TEST_CASE(lion) {
  const Golden golden("optim");
  using Options = optim::LionOptions;
  check_steps<optim::Lion>(golden, "lion", Options{});
  check_steps<optim::Lion>(golden, "lion_decay",
                           Options{.lr = 0.02, .beta1 = 0.8, .beta2 = 0.95, .weight_decay = 0.3});
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
  check_steps<optim::SGD>(
      Golden("optim"), "nesterov_decay",
      Options{.lr = 0.1, .momentum = 0.7, .weight_decay = 0.05, .nesterov = true});
}

// Each parameter counts its own updates: one that has no gradient at first starts as a new one.
BOOST_AUTO_TEST_CASE(gradients_that_come_late) {
  const Golden golden("optim");
  const std::set<Index> without{0, 1, 5};
  check_steps<optim::AdamW>(golden, "late_adamw", optim::AdamWOptions{.lr = 0.05}, without);
  check_steps<optim::Adagrad>(golden, "late_adagrad",
                              optim::AdagradOptions{.lr = 0.1, .lr_decay = 0.5}, without);
  check_steps<optim::SGD>(golden, "late_sgd",
                          optim::SGDOptions{.lr = 0.1, .momentum = 0.9, .dampening = 0.4}, without);
  check_steps<optim::Adamax>(golden, "late_adamax", optim::AdamaxOptions{.lr = 0.05}, without);
  check_steps<optim::NAdam>(golden, "late_nadam", optim::NAdamOptions{.lr = 0.05}, without);
  check_steps<optim::RAdam>(golden, "late_radam", optim::RAdamOptions{.lr = 0.05}, without);
}

BOOST_AUTO_TEST_CASE(groups) {
  const Golden golden("optim");
  const Tensor a = golden.leaf("input.w0");
  const Tensor b = golden.leaf("input.w0");
  optim::AdamW optimizer(
      {{"a", a}, {"b", b}},
      {.lr = 0.06,
       .weight_decay = 0.1,
       .groups = {{.holds = optim::named("b"), .lr_scale = 1.0 / 3, .weight_decay = 0}}});
  const Tensor gradients = golden["input.grads"];
  const Tensor expected = golden["output.groups"];
  for (Index t = 0; t < gradients.dim(0); ++t) {
    a.set_grad(select(gradients, 0, t));
    b.set_grad(select(gradients, 0, t));
    optimizer.step();
    expect_close("a", a.detach(), select(select(expected, 0, t), 0, 0), 1e-12);
    expect_close("b", b.detach(), select(select(expected, 0, t), 0, 1), 1e-12);
  }
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

BOOST_AUTO_TEST_CASE(clip_by_value) {
  const Golden golden("optim");
  const Tensor w = golden.leaf("input.w0");
  w.set_grad(select(golden["input.grads"], 0, 1));
  optim::clip_by_value({{"w", w}}, 0.5);
  expect_close("clipped", w.grad(), golden["output.clipped"], 0);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(schedules)

template <class Rate>
void check_rates(const Tensor& expected, Index steps, const Rate& rate) {
  for (Index step = 0; step < steps; ++step) {
    expect_close("rate", Tensor::scalar(rate(step)), select(expected, 0, step), 1e-14);
  }
}

// PyTorch's cosine rises again after its end; ours stays at the floor: only the fall is compared.
BOOST_AUTO_TEST_CASE(cosine) {
  check_rates(Golden("torch_clip_and_schedule")["output.cosine_lr"], 11, [](Index step) {
    return optim::warmup_cosine(step, {.peak = 0.1, .floor = 0.01, .warmup = 0, .total = 10});
  });
}

BOOST_AUTO_TEST_CASE(step_decay) {
  check_rates(Golden("optim")["output.step_lr"], 20, [](Index step) {
    return optim::step_decay(step, {.initial = 0.1, .factor = 0.3, .every = 4});
  });
}

BOOST_AUTO_TEST_CASE(inverse_sqrt) {
  check_rates(Golden("optim")["output.inverse_sqrt"], 20, [](Index step) {
    return optim::inverse_sqrt(step, {.peak = 1 / std::sqrt(64.0 * 6), .warmup = 6});
  });
}

BOOST_AUTO_TEST_CASE(warmup_linear) {
  check_rates(Golden("optim")["output.linear_lr"], 20, [](Index step) {
    return optim::warmup_linear(step, {.peak = 0.1, .floor = 0.01, .warmup = 0, .total = 12});
  });
}

BOOST_AUTO_TEST_CASE(cosine_restarts) {
  const Golden golden("optim");
  check_rates(golden["output.restarts"], 20, [](Index step) {
    return optim::cosine_restarts(step, {.peak = 0.1, .period = 4});
  });
  check_rates(golden["output.restarts_slower"], 50, [](Index step) {
    return optim::cosine_restarts(step, {.peak = 0.1, .floor = 0.01, .period = 3, .factor = 2});
  });
}

BOOST_AUTO_TEST_CASE(one_cycle) {
  const Golden golden("optim");
  const auto check = [&](const std::string& variant, const optim::OneCycleOptions& options) {
    check_rates(golden["output." + variant], 20,
                [&](Index step) { return optim::one_cycle(step, options); });
  };
  check("one_cycle", {.peak = 0.1, .total = 20});
  check("one_cycle_linear", {.peak = 0.1,
                             .total = 20,
                             .pct_start = 0.45,
                             .div_factor = 10,
                             .final_div_factor = 100,
                             .linear = true});
  check("one_cycle_three", {.peak = 0.1, .total = 20, .pct_start = 0.4, .three_phase = true});
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(averaging)

// The weights are the rows of input.grads, one after the other.
void check_average(const std::string& variant, bool bias_correction) {
  const Golden golden("optim");
  const Tensor w = golden.leaf("input.w0");
  optim::WeightAverage average({{"w", w}}, {.decay = 0.8, .bias_correction = bias_correction});
  const Tensor rows = golden["input.grads"];
  for (Index t = 0; t < rows.dim(0); ++t) {
    w.assign(select(rows, 0, t));
    average.update();
    expect_close(variant, average.averages()[0].value, select(golden["output." + variant], 0, t),
                 1e-14);
  }
}

BOOST_AUTO_TEST_CASE(as_pytorch) { check_average("averages", false); }
BOOST_AUTO_TEST_CASE(bias_corrected) { check_average("corrected_averages", true); }

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
