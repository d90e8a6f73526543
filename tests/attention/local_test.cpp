// Local attention: the checks of its row beyond the laws.
#include <boost/test/unit_test.hpp>

#include "attention/block.h"
#include "attention/sparse/local.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

Subject local(Index width, bool is_causal = false) {
  return Subject(find("local"), {.width = 6, .heads = 2, .causal = is_causal}, false,
                 {{"window", static_cast<double>(width)}});
}

Subject full_attention(bool is_causal = false) {
  return Subject(find("multihead"), {.width = 6, .heads = 2, .causal = is_causal});
}

std::vector<Tensor> with_gradients(const Subject& subject, const Call& call) {
  Tensor x(call.x.shape(), call.x.values());
  x.require_grad();
  const Tensor y = subject({.x = x, .context = call.context, .mask = call.mask});
  std::vector<Tensor> wanted{x};
  for (const Parameter& parameter : subject.mixer().parameters()) wanted.push_back(parameter.value);
  std::vector<Tensor> results = grad({sum(y * sample(y.shape(), 5))}, wanted);
  results.push_back(y);
  return results;
}

double furthest(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, distance(a[i], b[i]));
  return worst;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(local_attention)

BOOST_AUTO_TEST_CASE(local_is_full_when_window_covers) {
  const Tensor x = sample({2, 9, 6}, 1);
  for (const bool is_causal : {false, true}) {
    const Subject whole = full_attention(is_causal);
    for (const Index width : {8, 9, 100}) {
      BOOST_TEST(distance(local(width, is_causal)(x), whole(x)) < 1e-12);
    }
    BOOST_TEST(distance(local(7, is_causal)(x), whole(x)) > 1e-4);
  }
}

BOOST_AUTO_TEST_CASE(local_is_full_attention_with_a_band_mask) {
  const Call call{.x = sample({2, 70, 6}, 2)};
  for (const Index width : {0, 1, 3, 20}) {
    for (const bool is_causal : {false, true}) {
      Call banded = call;
      banded.mask = window(width).expand(70, 70);
      BOOST_TEST(furthest(with_gradients(local(width, is_causal), call),
                          with_gradients(full_attention(is_causal), banded)) < 1e-10);
    }
  }
}

BOOST_AUTO_TEST_CASE(layers_of_local_see_layers_times_window) {
  const Subject layer = local(2);
  const auto three = [&](const Tensor& x) {
    const Tensor once = x + layer(x);
    const Tensor twice = once + layer(once);
    return twice + layer(twice);
  };
  const Influence seen = influence(three, sample({1, 16, 6}, 3));
  for (Index i = 0; i < 16; ++i) {
    for (Index j = 0; j < 16; ++j) {
      const bool reaches = std::abs(i - j) <= 3 * 2;
      BOOST_TEST((seen[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] != 0) == reaches);
    }
  }
}

BOOST_AUTO_TEST_CASE(local_costs_what_its_band_holds) {
  const Index length = 128, width = 4, heads = 2, size = 3;
  const Index entries = length * (2 * width + 1) - width * (width + 1);
  BOOST_TEST(window(width).entries(length, length) == entries);
  const Tensor packed = sample({1, length, 18}, 4);
  const auto cost = [&](Index w) {
    const Ledger ledger;
    dot_product_attention({packed, 0, heads, size}, {packed, 6, heads, size},
                          {packed, 12, heads, size}, {.window = w});
    return ledger.cost().multiply_adds;
  };
  BOOST_TEST(cost(width) == static_cast<std::uint64_t>(2 * entries * heads * size));
  BOOST_TEST(cost(-1) == static_cast<std::uint64_t>(2 * length * length * heads * size));
}

BOOST_AUTO_TEST_CASE(a_layer_with_a_small_window_is_cheaper) {
  const Tensor x = sample({1, 128, 6}, 6);
  const auto cost = [&](const Subject& subject) {
    const Ledger ledger;
    subject(x);
    return ledger.cost().multiply_adds;
  };
  const std::uint64_t projections = 4 * 128 * 6 * 6;
  const Index entries = window(4).entries(128, 128);
  BOOST_TEST(cost(local(4)) == projections + static_cast<std::uint64_t>(2 * entries * 6));
  BOOST_TEST(cost(full_attention()) == projections + 2 * 128 * 128 * 6);
}

BOOST_AUTO_TEST_CASE(negative_window_is_refused) {
  Generator rng(1);
  BOOST_CHECK_EXCEPTION(Local({.width = 6, .window = -1}, rng), ValueError, [](const auto& error) {
    return std::string(error.what()) == "[local] window must not be negative: -1";
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
