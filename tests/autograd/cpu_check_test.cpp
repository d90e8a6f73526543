// A build that uses instructions the processor lacks says so. What is missing here cannot be tried
// for real; the choice of the complaint can.
#include <string>

#include <boost/test/unit_test.hpp>

#include "autograd/cpu_check.h"

namespace heed::inline HEED_REAL {

BOOST_AUTO_TEST_SUITE(cpu_check)

BOOST_AUTO_TEST_CASE(this_processor_runs_this_build) { BOOST_CHECK_NO_THROW(check_cpu()); }

BOOST_AUTO_TEST_CASE(names_the_first_that_is_built_in_and_missing) {
  BOOST_TEST(!detail::first_missing({{"a", true, true}, {"b", false, false}}));
  const char* complaint =
      detail::first_missing({{"a", false, false}, {"b", true, false}, {"c", true, false}});
  BOOST_TEST_REQUIRE(complaint);
  BOOST_TEST(std::string(complaint) == "b");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed::inline HEED_REAL
