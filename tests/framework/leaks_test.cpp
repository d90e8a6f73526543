// What leaks.h says is noticed: cases that leave something behind, and the one that looks at them.
#include "tests/framework/leaks.h"

#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test.hpp>

#include "autograd/ops.h"

namespace heed_test {
namespace {

namespace but = boost::unit_test;
using heed::Tensor;

Tensor kept;
but::test_unit_id of_bytes = but::INV_TEST_UNIT_ID, of_nodes = but::INV_TEST_UNIT_ID;

unsigned long failures(but::test_unit_id id) {
  return but::results_collector.results(id).p_assertions_failed.get();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(leaks)

BOOST_AUTO_TEST_CASE(bytes_stay, *but::expected_failures(1)) {
  of_bytes = but::framework::current_test_case_id();
  BOOST_TEST(left_over() == "");
  kept = Tensor::ones({3});
  BOOST_TEST(left_over().find(" bytes are left over") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nodes_stay, *but::expected_failures(1)) {
  of_nodes = but::framework::current_test_case_id();
  kept.require_grad();
  BOOST_TEST(left_over() == "1 nodes are left over");
}

BOOST_AUTO_TEST_CASE(both_were_noticed,
                     *but::depends_on("leaks/bytes_stay") * but::depends_on("leaks/nodes_stay")) {
  BOOST_TEST(failures(of_bytes) == 1u);
  BOOST_TEST(failures(of_nodes) == 1u);
  kept = Tensor();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
