// Schedules beside the golden files: their ends and what they refuse.
#include <boost/test/unit_test.hpp>

#include <cmath>

#include "autograd/errors.h"
#include "optim/schedule.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;

BOOST_AUTO_TEST_SUITE(schedule)

BOOST_AUTO_TEST_CASE(warmup_cosine_rises_falls_and_stays) {
  const optim::WarmupCosineOptions options{.peak = 1, .floor = 0.1, .warmup = 4, .total = 12};
  const auto at = [&](std::int64_t step) { return optim::warmup_cosine(step, options); };
  BOOST_CHECK_EQUAL(at(0), 0.2);
  BOOST_CHECK_EQUAL(at(3), 0.8);
  BOOST_CHECK_EQUAL(at(4), 1);
  BOOST_CHECK_CLOSE(at(8), 0.55, 1e-10);
  BOOST_CHECK_EQUAL(at(12), 0.1);
  BOOST_CHECK_EQUAL(at(1000), 0.1);
  for (std::int64_t step = 4; step < 12; ++step) BOOST_CHECK_LT(at(step + 1), at(step));
  BOOST_CHECK_EQUAL(optim::warmup_cosine(0, {.peak = 1, .floor = 1, .total = 0}), 1);
}

BOOST_AUTO_TEST_CASE(warmup_linear_rises_falls_and_stays) {
  const optim::WarmupLinearOptions options{.peak = 1, .floor = 0.25, .warmup = 4, .total = 12};
  const auto at = [&](std::int64_t step) { return optim::warmup_linear(step, options); };
  BOOST_CHECK_EQUAL(at(0), 0.2);
  BOOST_CHECK_EQUAL(at(4), 1);
  BOOST_CHECK_EQUAL(at(6), 0.8125);
  BOOST_CHECK_EQUAL(at(12), 0.25);
  BOOST_CHECK_EQUAL(at(1000), 0.25);
}

BOOST_AUTO_TEST_CASE(cosine_restarts_begins_again_and_slower) {
  const optim::CosineRestartsOptions options{.peak = 1, .floor = 0.5, .period = 2, .factor = 3};
  const auto at = [&](std::int64_t step) { return optim::cosine_restarts(step, options); };
  for (const std::int64_t first : {0, 2, 2 + 6, 2 + 6 + 18}) BOOST_CHECK_EQUAL(at(first), 1);
  BOOST_CHECK_CLOSE(at(1), 0.75, 1e-10);
  BOOST_CHECK_CLOSE(at(5), 0.75, 1e-10);
  const std::int64_t far = std::int64_t(1) << 60;
  BOOST_CHECK_GE(at(far), 0.5);
  // A far step costs no loop over the restarts before it.
  BOOST_CHECK_EQUAL(optim::cosine_restarts(far, {.peak = 1, .period = 1}), 1);
}

BOOST_AUTO_TEST_CASE(step_decay_falls_at_multiples) {
  const optim::StepDecayOptions options{.initial = 8, .factor = 0.5, .every = 3};
  BOOST_CHECK_EQUAL(optim::step_decay(0, options), 8);
  BOOST_CHECK_EQUAL(optim::step_decay(2, options), 8);
  BOOST_CHECK_EQUAL(optim::step_decay(3, options), 4);
  BOOST_CHECK_EQUAL(optim::step_decay(6, options), 2);
}

BOOST_AUTO_TEST_CASE(inverse_sqrt_peaks_at_the_end_of_the_warmup) {
  const optim::InverseSqrtOptions options{.peak = 2, .warmup = 4};
  BOOST_CHECK_EQUAL(optim::inverse_sqrt(0, options), 0.5);
  BOOST_CHECK_EQUAL(optim::inverse_sqrt(3, options), 2);
  BOOST_CHECK_EQUAL(optim::inverse_sqrt(15, options), 1);
}

BOOST_AUTO_TEST_CASE(one_cycle_ends_where_it_says_and_stays) {
  const optim::OneCycleOptions options{
      .peak = 1, .total = 11, .pct_start = 0.5, .div_factor = 4, .final_div_factor = 8};
  BOOST_CHECK_EQUAL(optim::one_cycle(0, options), 0.25);
  BOOST_CHECK_EQUAL(optim::one_cycle(10, options), 0.25 / 8);
  BOOST_CHECK_EQUAL(optim::one_cycle(1000, options), 0.25 / 8);
  BOOST_CHECK_EQUAL(optim::one_cycle(0, {.peak = 1, .total = 1}), 1 / 25.0 / 1e4);
  // The rise takes pct_start * total - 1 steps: none here, so that it begins at the peak.
  BOOST_CHECK_EQUAL(optim::one_cycle(0, {.peak = 1, .total = 4, .pct_start = 0.25}), 1);
}

BOOST_AUTO_TEST_CASE(refusals) {
  BOOST_CHECK_THROW(optim::warmup_cosine(-1, {.total = 1}), ValueError);
  BOOST_CHECK_THROW(optim::warmup_cosine(0, {.warmup = 2, .total = 1}), ValueError);
  BOOST_CHECK_THROW(optim::warmup_cosine(0, {.peak = 1, .floor = 2}), ValueError);
  BOOST_CHECK_THROW(optim::warmup_cosine(0, {.peak = std::nan("")}), ValueError);

  expect_throw<ValueError>([] { optim::warmup_linear(0, {.peak = 1, .warmup = 2, .total = 1}); },
                           "[warmup_linear] needs step >= 0, 0 <= warmup <= total and 0 <= floor "
                           "<= peak, got step 0, warmup 2, total 1, floor 0, peak 1");

  expect_throw<ValueError>([] { optim::cosine_restarts(0, {.peak = 1}); },
                           "[cosine_restarts] needs step >= 0, period >= 1, factor >= 1 and 0 <= "
                           "floor <= peak, got step 0, period 0, factor 1, floor 0, peak 1");
  BOOST_CHECK_THROW(optim::cosine_restarts(-1, {.period = 1}), ValueError);
  BOOST_CHECK_THROW(optim::cosine_restarts(0, {.period = 1, .factor = 0}), ValueError);
  BOOST_CHECK_THROW(optim::cosine_restarts(0, {.peak = 1, .floor = 2, .period = 1}), ValueError);
  BOOST_CHECK_THROW(optim::cosine_restarts(0, {.peak = std::nan(""), .period = 1}), ValueError);

  expect_throw<ValueError>([] { optim::step_decay(0, {.initial = 0.5}); },
                           "[step_decay] needs step >= 0, every >= 1, initial >= 0 and factor >= "
                           "0, got step 0, every 0, initial 0.5, factor 0.1");
  BOOST_CHECK_THROW(optim::step_decay(-1, {.every = 1}), ValueError);
  BOOST_CHECK_THROW(optim::step_decay(0, {.factor = -1, .every = 1}), ValueError);
  BOOST_CHECK_THROW(optim::step_decay(0, {.initial = -1, .every = 1}), ValueError);

  expect_throw<ValueError>([] { optim::inverse_sqrt(-1, {.peak = 0.5}); },
                           "[inverse_sqrt] needs step >= 0, warmup >= 1 and peak >= 0, got step "
                           "-1, warmup 1, peak 0.5");
  BOOST_CHECK_THROW(optim::inverse_sqrt(0, {.warmup = 0}), ValueError);
  BOOST_CHECK_THROW(optim::inverse_sqrt(0, {.peak = -1}), ValueError);

  expect_throw<ValueError>([] { optim::one_cycle(0, {.peak = 0.5, .total = 8, .pct_start = 1}); },
                           "[one_cycle] needs step >= 0, peak >= 0, total >= 1, pct_start in [0, "
                           "1) and factors > 0, got step 0, peak 0.5, total 8, pct_start 1, "
                           "div_factor 25, final_div_factor 10000");
  expect_throw_with<ValueError>(
      [] { optim::one_cycle(0, {.total = 8, .pct_start = 0.6, .three_phase = true}); },
      "pct_start in [0, 0.5]");
  BOOST_CHECK_THROW(optim::one_cycle(-1, {.total = 8}), ValueError);
  BOOST_CHECK_THROW(optim::one_cycle(0, {.total = 0}), ValueError);
  BOOST_CHECK_THROW(optim::one_cycle(0, {.total = 8, .pct_start = -1}), ValueError);
  BOOST_CHECK_THROW(optim::one_cycle(0, {.total = 8, .div_factor = 0}), ValueError);
  BOOST_CHECK_THROW(optim::one_cycle(0, {.total = 8, .final_div_factor = 0}), ValueError);
  BOOST_CHECK_THROW(optim::one_cycle(0, {.peak = -1, .total = 8}), ValueError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
