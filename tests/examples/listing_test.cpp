// `heed --list --json` says of every mechanism what its entry declares; that the declarations are
// true is measured by the laws (CAN, U4, U6).
#include "examples/listing.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "attention/catalog.h"

namespace heed {
namespace {

using attention::Capabilities;

BOOST_AUTO_TEST_SUITE(listing)

BOOST_AUTO_TEST_CASE(json_says_what_entries_declare) {
  const nlohmann::json list = nlohmann::json::parse(list_as_json());
  BOOST_REQUIRE(list.size() == attention::catalog().size());
  std::size_t at = 0;
  for (const attention::Mechanism& row : attention::catalog()) {
    const nlohmann::json& item = list[at++];
    BOOST_TEST(item["name"] == row.name);
    BOOST_TEST(item["becomes"].size() == row.reductions.size());
    BOOST_TEST(item["capabilities"].is_null() == !row.mixer);
    if (!row.mixer) continue;
    const Capabilities& can = row.mixer->can;
    const nlohmann::json& said = item["capabilities"];
    const std::map<std::string, bool> facts{
        {"causal", can.causal}, {"padding", can.padding}, {"cross", can.cross},
        {"cache", can.cache}, {"map", can.map}, {"variable_length", can.variable},
        {"self", can.self}, {"pools", !can.tokens}, {"by_content", can.content},
        {"order_matters", row.exempt_from("U4") != nullptr}};
    for (const auto& [name, declared] : facts) {
      BOOST_TEST(said[name] == declared, row.name << ": " << name);
    }
    BOOST_TEST(said.size() == facts.size());
    BOOST_TEST(item["sees"]["plain"] == row.pattern({}).name());
    BOOST_TEST(item["sees"].contains("causal") == can.causal);
  }
}

BOOST_AUTO_TEST_CASE(json_names_patterns_and_proofs) {
  for (const nlohmann::json& item : nlohmann::json::parse(list_as_json())) {
    if (item["name"] != "local") continue;
    BOOST_TEST(item["sees"]["plain"] == "window 3");
    BOOST_TEST(item["sees"]["causal"] == "(window 3 and causal)");
    BOOST_TEST(item["becomes"][0]["proof"] == "reductions/local/multihead");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed
