// Are the derivative checks worth anything? Every rule that runs in them is broken, by its sign and
// by one percent, and each time a check has to fail.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include "autograd/testing.h"
#include "tests/autograd/op_checks.h"

namespace heed_test {
namespace {

using heed::testing::Break;
using heed::testing::break_rule;
using heed::testing::RuleName;

struct Use {
  RuleName rule;
  std::vector<const Row*> rows;  // whose derivative checks ran it
};

std::vector<Use> rules_in_use() {
  std::vector<Use> uses;
  for (const Row& row : op_table()) {
    if (!row.differentiable) continue;
    heed::testing::rules_that_ran();
    check_derivatives(row);
    for (const RuleName& rule : heed::testing::rules_that_ran()) {
      auto use =
          std::find_if(uses.begin(), uses.end(), [&](const Use& u) { return u.rule == rule; });
      if (use == uses.end()) use = uses.insert(uses.end(), {rule, {}});
      use->rows.push_back(&row);
    }
  }
  return uses;
}

bool caught(const Use& use, Break how) {
  break_rule(use.rule, how);
  bool failed = false;
  for (const Row* row : use.rows) {
    try {
      check_derivatives(*row);
    } catch (const heed::Error& error) {
      failed = std::string(error.what()).find("[gradcheck] " + row->name) == 0;
    }
    if (failed) break;
  }
  break_rule({}, Break::none);
  return failed;
}

// The names that the sources of the library give to their nodes.
std::set<std::string> rules_in_sources() {
  const std::regex made(
      "(?:differentiable|differentiable_jointly|unary|binary)\\(\\s*\"([a-z0-9_]+)\"");
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(HEED_AUTOGRAD_FOLDER)) {
    if (entry.path().extension() != ".cpp") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const std::string source = text.str();
    for (std::sregex_iterator at(source.begin(), source.end(), made), end; at != end; ++at) {
      names.insert((*at)[1]);
    }
  }
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(broken_rules)

BOOST_AUTO_TEST_CASE(every_broken_rule_is_noticed) {
  const std::vector<Use> uses = rules_in_use();
  int noticed = 0;
  for (const Use& use : uses) {
    for (const Break how : {Break::sign, Break::scale}) {
      const bool ok = caught(use, how);
      noticed += ok;
      BOOST_TEST(ok, fmt::format("{}, argument {}, {}", use.rule.op, use.rule.argument,
                                 how == Break::sign ? "sign turned" : "scaled by 1.01"));
    }
  }
  BOOST_TEST_MESSAGE(fmt::format("{} rules broken in 2 ways: {} of {} noticed", uses.size(),
                                 noticed, 2 * uses.size()));
  BOOST_TEST(uses.size() >= 60u);
}

BOOST_AUTO_TEST_CASE(no_rule_is_left_out) {
  std::set<std::string> ran;
  for (const Use& use : rules_in_use()) ran.insert(use.rule.op);
  const std::set<std::string> named = rules_in_sources();
  BOOST_TEST(named.size() >= 40u);
  for (const std::string& name : named) {
    BOOST_TEST(ran.count(name) == 1u, "the rule of " << name << " ran in no check");
  }
}

BOOST_AUTO_TEST_CASE(whole_rules_pass) {
  for (const Row& row : op_table()) {
    if (row.differentiable) BOOST_CHECK_NO_THROW(check_derivatives(row));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
