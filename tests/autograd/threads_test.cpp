#include "autograd/threads.h"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <functional>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "autograd/ledger.h"
#include "autograd/memory.h"
#include "autograd/ops.h"

namespace heed_test {
namespace {

using heed::Index;
using heed::Tensor;

// Leaves the pool as every other test expects it.
struct Threads {
  explicit Threads(int count) { heed::set_threads(count); }
  ~Threads() { heed::set_threads(1); }
};

using Inputs = std::vector<Tensor>;

// Value and gradients, large enough to be cut into several tiles.
Inputs results_with(int threads, const std::function<Tensor(const Inputs&)>& f,
                    const std::vector<heed::Shape>& shapes) {
  const Threads pool(threads);
  heed::Generator rng(1);
  Inputs inputs;
  for (const heed::Shape& shape : shapes) inputs.push_back(rng.normal(shape).require_grad());
  const Tensor y = f(inputs);
  Inputs results = heed::grad({y}, inputs, {}, {rng.normal(y.shape())});
  results.push_back(y);
  return results;
}

void check_same_bits(const std::string& name, const std::function<Tensor(const Inputs&)>& f,
                     const std::vector<heed::Shape>& shapes) {
  const Inputs alone = results_with(1, f, shapes);
  for (const int threads : {2, 3}) {
    const Inputs together = results_with(threads, f, shapes);
    for (std::size_t i = 0; i < alone.size(); ++i) {
      const bool same = std::equal(alone[i].values().begin(), alone[i].values().end(),
                                   together[i].values().begin(), together[i].values().end());
      BOOST_TEST(same, name << " differs with " << threads << " threads in result " << i);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(threads)

BOOST_AUTO_TEST_CASE(every_tile_runs_once) {
  for (const int count : {1, 2, 3, 8}) {
    const Threads pool(count);
    BOOST_TEST(heed::threads() == count);
    for (const Index tiles : {0, 1, 2, 7, 100}) {
      std::vector<int> runs(static_cast<std::size_t>(tiles));
      heed::parallel_for(tiles, [&](Index tile) { ++runs[static_cast<std::size_t>(tile)]; });
      BOOST_TEST(runs == std::vector<int>(static_cast<std::size_t>(tiles), 1));
    }
  }
}

// Tiles that wait for each other: on one thread the first would wait for ever.
BOOST_AUTO_TEST_CASE(several_threads_really_work) {
  const Threads pool(3);
  std::atomic<int> begun{0};
  std::vector<std::thread::id> who(3);
  std::vector<int> slots(3);
  heed::parallel_for(3, [&](Index tile) {
    const auto at = static_cast<std::size_t>(tile);
    who[at] = std::this_thread::get_id();
    slots[at] = heed::thread_slot();
    ++begun;
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (begun < 3 && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
  });
  BOOST_TEST(begun == 3);
  BOOST_TEST((who[0] != who[1] && who[1] != who[2] && who[2] != who[0]));
  const auto mine = std::find(who.begin(), who.end(), std::this_thread::get_id());
  BOOST_REQUIRE((mine != who.end()));
  BOOST_TEST(slots[static_cast<std::size_t>(mine - who.begin())] == 0);
  std::sort(slots.begin(), slots.end());
  BOOST_TEST(slots == (std::vector<int>{0, 1, 2}));
}

BOOST_AUTO_TEST_CASE(a_call_inside_a_tile_runs_in_place) {
  const Threads pool(2);
  std::vector<int> sums(16);
  heed::parallel_for(16, [&](Index tile) {
    const auto me = std::this_thread::get_id();
    heed::parallel_for(10, [&](Index inner) {
      if (std::this_thread::get_id() != me) return;
      sums[static_cast<std::size_t>(tile)] += static_cast<int>(inner);
    });
  });
  BOOST_TEST(sums == std::vector<int>(16, 45));
}

BOOST_AUTO_TEST_CASE(the_first_exception_in_order_reaches_the_caller) {
  for (const int count : {1, 2, 3}) {
    const Threads pool(count);
    const auto failing = [](Index tile) {
      if (tile % 4 == 3) throw heed::ShapeError("tile " + std::to_string(tile));
    };
    BOOST_CHECK_EXCEPTION(heed::parallel_for(50, failing), heed::ShapeError,
                          [](const auto& e) { return std::string(e.what()) == "tile 3"; });
    // and the pool still works
    std::atomic<int> runs{0};
    heed::parallel_for(50, [&](Index) { ++runs; });
    BOOST_TEST(runs == 50);
  }
}

BOOST_AUTO_TEST_CASE(two_callers_do_not_disturb_each_other) {
  const Threads pool(2);
  const auto work = [] {
    for (int round = 0; round < 500; ++round) {
      std::vector<int> runs(9);
      heed::parallel_for(9, [&](Index tile) { ++runs[static_cast<std::size_t>(tile)]; });
      if (std::accumulate(runs.begin(), runs.end(), 0) != 9) return false;
    }
    return true;
  };
  bool other_good = false;
  std::thread other([&] { other_good = work(); });
  const bool good = work();
  other.join();
  BOOST_TEST(good);
  BOOST_TEST(other_good);
}

// Two steps of training, of which the second needs what the first has freed.
std::vector<heed::Real> trained(std::uint64_t seed) {
  heed::Generator rng(seed);
  const Tensor w = rng.normal({17, 9}).require_grad(), x = rng.normal({5, 9});
  for (int step = 0; step < 2; ++step) {
    heed::mean(heed::square(heed::softmax(heed::linear(x, w, {})))).backward();
  }
  return {w.grad().values().begin(), w.grad().values().end()};
}

BOOST_AUTO_TEST_CASE(every_thread_may_have_a_graph_of_its_own) {
  const std::vector<heed::Real> expected = trained(3);
  const auto before = heed::memory::counters().live_bytes;
  std::atomic<int> wrong{0};
  const auto work = [&] {
    for (int round = 0; round < 5000; ++round) wrong += trained(3) != expected;
  };
  std::thread other(work);
  work();
  other.join();
  BOOST_TEST(wrong == 0);
  BOOST_TEST(heed::memory::counters().live_bytes == before);
}

// Built here, trained there: the other thread has made no node yet, and counts from the start.
BOOST_AUTO_TEST_CASE(a_graph_may_move_to_another_thread) {
  const Tensor w = Tensor::ones({3}).require_grad();
  const Tensor y = heed::square(w);
  std::vector<Tensor> gradients;
  std::thread([&] {
    const Tensor loss = heed::sum(y * w);
    gradients = heed::grad({loss}, {w}, {.keep_graph = true});
    loss.backward();
  }).join();
  BOOST_TEST(gradients[0].data()[2] == 3);
  BOOST_REQUIRE(w.grad().defined());
  BOOST_TEST(w.grad().data()[2] == 3);
}

BOOST_AUTO_TEST_CASE(refusals) {
  BOOST_CHECK_THROW(heed::set_threads(0), heed::ValueError);
  BOOST_CHECK_THROW(heed::set_threads(65), heed::ValueError);
  const Threads pool(2);
  BOOST_CHECK_THROW(heed::parallel_for(2, [](Index) { heed::set_threads(1); }), heed::Error);
}

BOOST_AUTO_TEST_CASE(fused_ops_give_the_same_bits_with_any_number_of_threads) {
  check_same_bits("softmax", [](const Inputs& x) { return heed::softmax(x[0]); }, {{700, 131}});
  check_same_bits("log_softmax", [](const Inputs& x) { return heed::log_softmax(x[0]); },
                  {{700, 131}});
  check_same_bits("layer_norm", [](const Inputs& x) { return heed::layer_norm(x[0], x[1], x[2]); },
                  {{900, 131}, {131}, {131}});
  check_same_bits("linear", [](const Inputs& x) { return heed::linear(x[0], x[1], x[2]); },
                  {{900, 64}, {96, 64}, {96}});
  check_same_bits("dropout",
                  [](const Inputs& x) {
                    heed::Generator rng(4);
                    return heed::dropout(x[0], 0.4, rng);
                  },
                  {{300, 301}});
  std::vector<std::int32_t> labels(900);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i % 131);
  check_same_bits(
      "cross_entropy",
      [labels](const Inputs& x) { return heed::cross_entropy(x[0], heed::Indices(labels)); },
      {{900, 131}});
  check_same_bits(
      "lstm_sequence",
      [](const Inputs& x) { return heed::lstm_sequence(x[0], x[1], x[2], x[3]); },
      {{7, 90, 80}, {80, 20}, {90, 20}, {90, 20}});
  check_same_bits(
      "gru_sequence", [](const Inputs& x) { return heed::gru_sequence(x[0], x[1], x[2], x[3]); },
      {{7, 90, 60}, {60, 20}, {60}, {90, 20}});
  // The gradients of several heads meet in the bias, or in the keys that they share.
  for (const heed::Shape& shape :
       {heed::Shape{70, 70}, heed::Shape{4, 1, 70}, heed::Shape{3, 1, 1, 70}}) {
    check_same_bits("attention with bias",
                    [](const Inputs& x) {
                      return heed::dot_product_attention({x[0], 0, 4, 16}, {x[0], 64, 2, 16},
                                                         {x[0], 96, 2, 16}, {.bias = x[1]});
                    },
                    {{3, 70, 128}, shape});
  }
  check_same_bits(
      "linear of a row", [](const Inputs& x) { return heed::linear(x[0], x[1], x[2]); },
      {{1, 300}, {3001, 300}, {3001}});
  check_same_bits(
      "product of two rows", [](const Inputs& x) { return heed::matmul(x[0], x[1]); },
      {{2, 300}, {300, 3001}});
  for (const bool causal : {false, true}) {
    check_same_bits("attention",
                    [causal](const Inputs& x) {
                      return heed::dot_product_attention({x[0], 0, 4, 16}, {x[0], 64, 4, 16},
                                                         {x[0], 128, 4, 16}, {.causal = causal});
                    },
                    {{3, 70, 192}});
    // Head 1 of q is head 0 of k: their gradients meet in the same numbers.
    check_same_bits("overlapping heads",
                    [causal](const Inputs& x) {
                      return heed::dot_product_attention({x[0], 0, 4, 16}, {x[0], 16, 4, 16},
                                                         {x[0], 8, 4, 16}, {.causal = causal});
                    },
                    {{3, 70, 80}});
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ledger)

BOOST_AUTO_TEST_CASE(counts_only_while_one_lives_and_nests) {
  heed::count_cost(1, 1);
  const heed::Ledger outer;
  heed::count_cost(10, 100);
  {
    const heed::Ledger inner;
    heed::count_cost(1, 2);
    BOOST_TEST(inner.cost().multiply_adds == 1u);
    BOOST_TEST(inner.cost().bytes == 2u);
  }
  BOOST_TEST(outer.cost().multiply_adds == 11u);
  BOOST_TEST(outer.cost().bytes == 102u);
}

// The cost of an operation is that of its tiles, whoever works on them.
BOOST_AUTO_TEST_CASE(does_not_depend_on_the_threads) {
  const auto cost = [](int threads) {
    const Threads pool(threads);
    heed::Generator rng(1);
    const Tensor x = rng.normal({4, 64, 32});
    const heed::Ledger ledger;
    heed::dot_product_attention({x, 0, 2, 16}, {x, 0, 2, 16}, {x, 0, 2, 16});
    return ledger.cost().multiply_adds;
  };
  BOOST_TEST(cost(1) == 4u * 2 * 64 * 64 * 32);
  BOOST_TEST(cost(2) == cost(1));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
