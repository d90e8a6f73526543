#define BOOST_TEST_NO_MAIN
#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/unit_test.hpp>
#include <exception>
#include <vector>

#include "tests/framework/generated.h"

namespace heed_test {
namespace {

namespace but = boost::unit_test;

std::vector<void (*)()>& makers() {
  static std::vector<void (*)()> all;
  return all;
}

// The child suite of that name, made when it is new.
but::test_suite& suite_in(but::test_suite& parent, const std::string& name) {
  const but::test_unit_id id = parent.get(name);
  if (id != but::INV_TEST_UNIT_ID) return but::framework::get<but::test_suite>(id);
  auto* made = new but::test_suite(name, __FILE__, __LINE__);  // Boost owns it
  parent.add(made);
  return *made;
}

bool make_all_cases() {
  for (const auto make : makers()) make();
  return true;
}

}  // namespace

Generated::Generated(void (*make_cases)()) { makers().push_back(make_cases); }

void add_case(const std::string& path, std::function<void()> body) {
  but::test_suite* suite = &but::framework::master_test_suite();
  std::string rest = path;
  for (std::size_t slash; (slash = rest.find('/')) != std::string::npos;) {
    suite = &suite_in(*suite, rest.substr(0, slash));
    rest.erase(0, slash + 1);
  }
  suite->add(but::make_test_case(std::move(body), rest, __FILE__, __LINE__));
}

void fail(const std::string& message) { BOOST_TEST_ERROR(message); }

}  // namespace heed_test

int main(int argc, char* argv[]) {
  return boost::unit_test::unit_test_main(&heed_test::make_all_cases, argc, argv);
}
