// operator new that fails at any call of a training step: nodes, records, lists and all.
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <new>
#include <vector>

#include "autograd/memory.h"
#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/failing_new.h"

namespace heed_test {
namespace {

using namespace heed;

struct Network {
  Tensor x, w, scale, shift, table;
  Indices labels{{0, 2, 1, 2}}, words{Shape{4, 2}, {0, 1, 1, 3, 2, 2, 0, 3}};

  Network() {
    Generator rng(3);
    x = rng.normal({4, 5});
    w = rng.normal({6, 5}).require_grad();
    scale = Tensor::ones({6}).require_grad();
    shift = Tensor::zeros({6}).require_grad();
    table = rng.normal({4, 6}).require_grad();
  }

  std::vector<Tensor> step() const {
    const Tensor h = gelu(layer_norm(linear(x, w, Tensor()), scale, shift));  // (4, 6)
    const Tensor seen = softmax(index_select(table, words));                  // (4, 2, 6)
    const Tensor mixed = concat({einsum("bwc,bc->bw", {seen, h}), slice(h, 1, 0, 1)}, 1);
    const Tensor loss = cross_entropy(mixed, labels) + sum(var(h, 1));  // its rule keeps a vector
    std::vector<Tensor> results = grad({loss}, {w, scale, table}, {.create_graph = true});
    for (const Tensor& g : grad({sum(square(results[0])) + loss}, {w, shift})) results.push_back(g);
    results.push_back(loss);
    return results;
  }
};

bool same(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto bytes = static_cast<std::size_t>(a[i].size()) * sizeof(Real);
    if (std::memcmp(a[i].data(), b[i].data(), bytes) != 0) return false;
  }
  return a.size() == b.size();
}

// Whether the step came through.
bool step_failing_at(const Network& network, std::size_t n) {
  fail_new_in(n);
  try {
    network.step();
  } catch (const std::bad_alloc&) {
    return false;
  }
  fail_new_in(0);
  return true;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(new_failure)

BOOST_AUTO_TEST_CASE(a_failure_at_any_call_leaves_everything_usable) {
  const Network network;
  const auto bytes = memory::counters().live_bytes;
  const Index nodes = live_nodes();
  // No step before: the pools are empty, so that they ask as well.
  std::size_t n = 1;
  while (!step_failing_at(network, n)) {
    BOOST_TEST(memory::counters().live_bytes == bytes);
    BOOST_TEST(live_nodes() == nodes);
    BOOST_TEST(grad_enabled());
    memory::trim();
    ++n;
  }
  BOOST_TEST_MESSAGE("calls of operator new that were made to fail: " << n - 1);
  BOOST_TEST(n > 100u);
  const auto expected = network.step();
  for (const std::size_t at : {n / 4, n / 2, 3 * n / 4}) {
    if (!step_failing_at(network, at)) BOOST_TEST(same(network.step(), expected));
    fail_new_in(0);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
