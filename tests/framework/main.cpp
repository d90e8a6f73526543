#define BOOST_TEST_NO_MAIN
#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/make_shared.hpp>
#include <boost/test/tree/traverse.hpp>
#include <boost/test/tree/visitor.hpp>
#include <boost/test/unit_test.hpp>
#include <exception>
#include <string>
#include <vector>

#include "tests/framework/generated.h"

namespace heed_test {
namespace {

namespace but = boost::unit_test;

std::vector<void (*)()>& makers() {
  static std::vector<void (*)()> all;
  return all;
}

class Watched final : public but::test_unit_fixture {
 public:
  Watched(void (*begin)(), std::string (*end)()) : begin_(begin), end_(end) {}
  void setup() override { begin_(); }
  void teardown() override {
    if (const std::string complaint = end_(); !complaint.empty()) fail(complaint);
  }

 private:
  void (*begin_)();
  std::string (*end_)();
};

using Watches = std::vector<boost::shared_ptr<but::test_unit_fixture>>;
Watches& watches() {
  static Watches all;
  return all;
}

struct WatchEveryCase final : but::test_tree_visitor {
  void visit(const but::test_case& unit) override {
    Watches& of_case = but::framework::get<but::test_case>(unit.p_id).p_fixtures.value;
    of_case.insert(of_case.end(), watches().begin(), watches().end());
  }
};

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
  WatchEveryCase every;
  but::traverse_test_tree(but::framework::master_test_suite(), every, true);
  return true;
}

}  // namespace

Generated::Generated(void (*make_cases)()) { makers().push_back(make_cases); }

Watch::Watch(void (*begin)(), std::string (*end)()) {
  watches().push_back(boost::make_shared<Watched>(begin, end));
}

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
