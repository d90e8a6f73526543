// Linear chains against torch-struct.
#include <boost/test/unit_test.hpp>

#include "attention/structured/linear_chain.h"
#include "autograd/ops.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

using attention::Chain;

BOOST_AUTO_TEST_SUITE(structured)

BOOST_AUTO_TEST_CASE(linear_chain) {
  const Golden golden("struct_linear_chain");
  const Tensor scores = golden.leaf("input.log_potentials");  // (B, N - 1, next, here)
  const Chain chain{.unary = Tensor::zeros({2, 6, 3}), .pairs = scores};
  expect_golden(golden, {{"input.log_potentials", scores}},
                {{"output.log_partition", attention::log_partition(chain)}}, {});
  expect_close("marginals", attention::step_marginals(chain), golden["extra.marginals"]);
  const attention::MostLikely best = attention::most_likely(chain);
  expect_close("best score", best.score, golden["extra.max_score"]);
  const Tensor states = one_hot(best.states, 3);  // (B, N, C)
  expect_close("best steps", unsqueeze(slice(states, 1, 1, 6), 3) *
                                 unsqueeze(slice(states, 1, 0, 5), 2),
               golden["extra.argmax_edges"]);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
