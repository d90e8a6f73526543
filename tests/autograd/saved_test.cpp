// What a graph is said to hold is what its backward pass gives back.
#include "autograd/saved.h"

#include <boost/test/unit_test.hpp>

#include "autograd/memory.h"
#include "autograd/ops.h"

namespace heed_test {
namespace {

using heed::SavedBytes;
using heed::SavedLedger;
using heed::Tensor;

std::uint64_t live() { return heed::memory::counters().live_bytes; }

std::uint64_t bytes_of(const Tensor& like) {
  const std::uint64_t before = live();
  const Tensor copy = Tensor::zeros(like.shape());
  return live() - before;
}

std::uint64_t saved_by(const SavedLedger& saved, const std::string& operation) {
  for (const SavedBytes& each : saved.by_operation()) {
    if (each.operation == operation) return each.bytes;
  }
  return 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(saved)

// exp keeps its output, which nobody else holds; square keeps it too and lets go first. x and the
// loss are the program's, and sum keeps nothing.
BOOST_AUTO_TEST_CASE(each_operation_counts_what_it_frees) {
  const Tensor x = Tensor::ones({100}).require_grad();
  const Tensor loss = sum(square(exp(x)));
  const SavedLedger saved;
  loss.backward();
  BOOST_TEST(saved_by(saved, "exp") == bytes_of(x));
  BOOST_TEST(saved_by(saved, "square") == 0u);
  BOOST_TEST(saved_by(saved, "sum") == 0u);
  BOOST_TEST(saved.by_operation().front().operation == "exp");
}

BOOST_AUTO_TEST_CASE(what_is_counted_is_what_came_free) {
  heed::Generator rng(1);
  const Tensor x = rng.normal({8, 16});
  const Tensor w = rng.normal({16, 16}).require_grad();
  w.zero_grad();
  const std::uint64_t without_graph = live();
  const Tensor loss = mean(square(softmax(tanh(linear(x, w, Tensor())))));
  const std::uint64_t held = live() - without_graph - bytes_of(loss);
  const SavedLedger saved;
  loss.backward();
  std::uint64_t total = 0;
  for (const SavedBytes& each : saved.by_operation()) total += each.bytes;
  BOOST_TEST(total == held);
}

BOOST_AUTO_TEST_CASE(the_newest_counts) {
  const Tensor x = Tensor::ones({100}).require_grad();
  const Tensor loss = sum(exp(x)), again = sum(exp(x));
  const SavedLedger outer;
  {
    const SavedLedger inner;
    loss.backward();
    BOOST_TEST(saved_by(inner, "exp") > 0u);
  }
  BOOST_TEST(outer.by_operation().empty());
  again.backward();
  BOOST_TEST(saved_by(outer, "exp") > 0u);
}

BOOST_AUTO_TEST_CASE(nothing_comes_free_of_a_graph_that_is_kept) {
  const Tensor x = Tensor::ones({100}).require_grad();
  const Tensor loss = sum(exp(x));
  const SavedLedger saved;
  loss.backward({}, true);
  BOOST_TEST(saved.by_operation().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
