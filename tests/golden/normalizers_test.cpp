// Sparse normalizers against the package of their authors: values and gradients.
#include <boost/test/unit_test.hpp>

#include "attention/normalizers.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

BOOST_AUTO_TEST_SUITE(normalizers)

void check_entmax(const std::string& name, double alpha) {
  const Golden golden(name);
  const Tensor z = golden.leaf("input.z");
  expect_golden(golden, {{"input.z", z}}, {{"output", attention::entmax_over(z, alpha, {})}}, {});
}

BOOST_AUTO_TEST_CASE(sparsemax) { check_entmax("entmax_sparsemax", 2); }
BOOST_AUTO_TEST_CASE(entmax15) { check_entmax("entmax_entmax15", 1.5); }

BOOST_AUTO_TEST_CASE(entmax_with_a_gradient_of_alpha) {
  const Golden golden("entmax_bisect");
  const Tensor z = golden.leaf("input.z"), alpha = golden.leaf("input.alpha");
  expect_golden(golden, {{"input.z", z}, {"input.alpha", alpha}},
                {{"output", attention::entmax_over(z, alpha, {})}}, {});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
