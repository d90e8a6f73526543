// Luong's global attention and local-m: their limits and what local-m saves.
#include <boost/test/unit_test.hpp>

#include "attention/core.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "attention/sparse/local_monotonic.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "tests/attention/sparse_work.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr Index width = 6;

Subject global() { return Subject(find("global"), {.width = width}); }
Subject march(Index window) {
  return Subject(find("local-m"), {.width = width}, false,
                 {{"window", static_cast<double>(window)}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(local_monotonic_attention)

BOOST_AUTO_TEST_CASE(global_with_identity_is_soft_attention) {
  const Subject subject = global();
  const Tensor identity = to_tensor(window(0).expand(width, width));
  subject.mixer().parameters()[0].value.assign(identity);  // W_a
  const Tensor x = sample({2, 5, width}, 1), memory = sample({2, 7, width}, 2);
  const Mask visible = padding({7, 4}, 7);
  const Tensor weights =
      softmax_over(dot(x, memory), visible.reshape({2, 1, 7}));  // the full mask, no projection
  BOOST_TEST(distance(subject({.x = x, .context = memory, .mask = visible}),
                      combine(weights, memory)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(local_monotonic_is_global_when_window_covers) {
  const Tensor x = sample({2, 9, width}, 3);
  BOOST_TEST(distance(march(8)(x), global()(x)) < 1e-12);
  BOOST_TEST(distance(march(7)(x), global()(x)) > 1e-6);
  BOOST_TEST(furthest(values_and_gradients(march(2), {.x = x}),
                      values_and_gradients(global(),
                                           {.x = x, .mask = window(2).expand(9, 9)})) < 1e-10);
}

// Step by step over another sequence the window counts from the start of both.
BOOST_AUTO_TEST_CASE(a_decoder_marches_from_the_start) {
  Generator rng(4);
  const LocalMonotonic layer({.query_width = 3, .memory_width = width, .window = 1}, rng);
  const Attended made = layer.attend(sample({1, 4, 3}, 5), sample({1, 9, width}, 6));
  for (Index t = 0; t < 4; ++t) {
    for (Index j = 0; j < 9; ++j) {
      BOOST_TEST((made.weights.data()[t * 9 + j] != 0) == (std::abs(t - j) <= 1));
    }
  }
}

BOOST_AUTO_TEST_CASE(local_monotonic_costs_what_its_window_holds) {
  constexpr Index tokens = 128, w = 4;
  const auto cost = [](const Subject& subject) {
    const Ledger ledger;
    subject(sample({1, tokens, width}, 7));
    return ledger.cost().multiply_adds - tokens * width * width;  // W_a
  };
  BOOST_TEST(cost(march(w)) == static_cast<std::uint64_t>(
                                   2 * window(w).entries(tokens, tokens) * width));
  BOOST_TEST(cost(global()) == 2u * tokens * tokens * width);
}

BOOST_AUTO_TEST_CASE(a_window_below_none_is_refused) {
  Generator rng(1);
  BOOST_CHECK_EXCEPTION(LocalMonotonic({.query_width = 2, .memory_width = 2, .window = -2}, rng),
                        ValueError, [](const ValueError& error) {
                          return std::string(error.what()) ==
                                 "[local-m] window must not be negative: -2";
                        });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
