// The whole page: complete, safe, self-contained.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "autograd/errors.h"
#include "examples/report/markup.h"
#include "examples/report/numbers.h"
#include "examples/report/report.h"
#include "tests/framework/found.h"
#include "tests/report/well_formed.h"

namespace {

using heed::report::html_report;
using heed_test::contains;
using heed_test::count;
using nlohmann::json;

const json& sample() {
  static const json results = json::parse(std::ifstream(HEED_SAMPLE_RESULTS));
  return results;
}

// Every text in the value, at any depth, replaced.
json with_texts(json value, const std::string& text) {
  if (value.is_string()) return text;
  if (value.is_structured()) {
    for (auto& item : value) item = with_texts(item, text);
  }
  return value;
}

// Every number in the value replaced by null, or every field left out.
json without_numbers(json value) {
  if (value.is_number()) return nullptr;
  if (value.is_structured()) {
    for (auto& item : value) item = without_numbers(item);
  }
  return value;
}

void check_page(const std::string& page) {
  BOOST_TEST(heed_test::not_well_formed(page) == "");
  BOOST_TEST(!contains(page, "NaN"));
  BOOST_TEST(!contains(page, ">nan"));
  BOOST_TEST(!contains(page, "\"nan"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(page)

BOOST_AUTO_TEST_CASE(every_run_appears) {
  const std::string page = html_report(sample());
  check_page(page);
  std::size_t scores = 0;
  for (const json& run : sample()["runs"]) {
    const int seed = run["seed"].get<int>();
    if (run["score"].is_null()) {
      BOOST_TEST(contains(
          page,
          fmt::format("{} on {}, seed {}</strong>: {}", run["mechanism"].get<std::string>(),
                      run["task"].get<std::string>(), seed, run["error"].get<std::string>())));
    } else {
      const std::string score = heed::report::fixed(run["score"].get<double>(), 4);
      BOOST_TEST(contains(page, fmt::format("<title>seed {}: {}</title>", seed, score)));
      ++scores;
    }
    BOOST_TEST(contains(page, run["mechanism"].get<std::string>()));
  }
  BOOST_TEST(count(page, "<title>seed ") == scores);
  for (const json& task : sample()["tasks"]) {
    BOOST_TEST(count(page, task["title"].get<std::string>()) >= 4);  // strip, table, curve, cost
    BOOST_TEST(contains(page, task["what"].get<std::string>()));
  }
}

BOOST_AUTO_TEST_CASE(needs_no_network_and_no_script) {
  const std::string page = html_report(sample());
  for (const char* never : {"http", "//", "src=", "url(\"", "@import", "<link", "<iframe", "<img",
                            "onclick", "onload", "javascript"}) {
    BOOST_TEST(!contains(page, never), never);
  }
  BOOST_TEST(count(page, "<script") == 1);
  BOOST_TEST(contains(page, "<script type=\"application/json\""));
}

BOOST_AUTO_TEST_CASE(hostile_texts) {
  for (const std::string hostile :
       {"</script><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "<!--", "]]>",
        "'-alert(1)-'", "&lt;b&gt;", "\u2028\u2029", "\xff\xfe\xc0\xbc", "\x01\x1b[31m"}) {
    const std::string page = html_report(with_texts(sample(), hostile));
    BOOST_TEST(heed_test::not_well_formed(page) == "");
    BOOST_TEST(count(page, "<script") == 1);
    BOOST_TEST(count(page, "<img") == 0);
    BOOST_TEST(contains(page, heed::report::escape(hostile)));
    BOOST_TEST(!contains(page, "\u2028"));
  }
}

BOOST_AUTO_TEST_CASE(hostile_names_of_facts_and_details) {
  const std::string hostile = "<script>&\"";
  const json results = {
      {"protocol", {{hostile, hostile}}},
      {"runs", {{{"mechanism", "m"}, {"task", "t"}, {"score", 1}, {"details", {{hostile, 1}}}}}}};
  const std::string page = html_report(results);
  check_page(page);
  BOOST_TEST(count(page, "&lt;script&gt;&amp;&quot;") == 3);
}

BOOST_AUTO_TEST_CASE(the_raw_numbers_are_inside) {
  const std::string page = html_report(sample());
  const std::string opening = "<script type=\"application/json\" id=\"results-json\">";
  const std::size_t begin = page.find(opening) + opening.size();
  const std::size_t end = page.find("</script>", begin);
  BOOST_CHECK(json::parse(page.substr(begin, end - begin)) == sample());
}

BOOST_AUTO_TEST_CASE(numbers_of_maps_round_trip) {
  const std::string page = html_report(sample());
  std::size_t cells = 0;
  for (const json& map : sample()["maps"]) {
    for (std::size_t row = 0; row < map["values"].size(); ++row) {
      for (std::size_t col = 0; col < map["values"][row].size(); ++col) {
        const json& value = map["values"][row][col];
        if (value == 0) continue;  // the bare ground
        ++cells;
        if (value.is_null()) continue;
        const std::string start =
            fmt::format("<title>{} {} → {} {}: ", row, map["rows"][row].get<std::string>(), col,
                        map["cols"][col] == " " ? "␣" : map["cols"][col].get<std::string>());
        bool found = false;
        for (auto at = page.find(start); !found && at != page.npos; at = page.find(start, at + 1)) {
          found = std::stof(page.substr(at + start.size(), 20)) == value.get<float>();
        }
        BOOST_REQUIRE_MESSAGE(found, start << value);
      }
    }
  }
  BOOST_TEST(cells > 0);
  BOOST_TEST(count(page, "</title></rect>") >= cells);
}

BOOST_AUTO_TEST_CASE(nothing_at_all) {
  for (const json& results :
       {json::object(), json{{"runs", json::array()}}, json{{"runs", nullptr}},
        json{{"runs", {json::object()}}, {"maps", {json::object()}}}}) {
    check_page(html_report(results));
  }
  BOOST_TEST(contains(html_report(json::object()), "There are no runs in these results."));
}

BOOST_AUTO_TEST_CASE(no_numbers) {
  const std::string page = html_report(without_numbers(sample()));
  check_page(page);
  BOOST_TEST(count(page, "class=\"bad\"") > 0);
}

BOOST_AUTO_TEST_CASE(one_seed) {
  json results = sample();
  json runs = json::array();
  for (const json& run : sample()["runs"]) {
    if (run["seed"] == 1) runs.push_back(run);
  }
  results["runs"] = runs;
  const std::string page = html_report(results);
  check_page(page);
  BOOST_TEST(!contains(page, "<span class=\"spread\">"));
}

BOOST_AUTO_TEST_CASE(numbers_that_are_no_numbers) {
  json results = sample();
  for (json& run : results["runs"]) {
    run["score"] = std::numeric_limits<double>::quiet_NaN();
    run["loss"] = {{0, std::numeric_limits<double>::infinity()}, {1, 1e308}, {2, -1e308}, {"x"}, 7};
    run["macs_per_step"] = std::numeric_limits<double>::infinity();
  }
  BOOST_TEST(heed_test::not_well_formed(html_report(results)) == "");
}

BOOST_AUTO_TEST_CASE(what_was_missed) {
  json run = {{"mechanism", "m"}, {"task", "t"}, {"score", 1}, {"standing", "good"}};
  BOOST_TEST(contains(html_report({{"runs", json::array({run})}}), "none is below its level"));
  run["misses"] = json::array({"error: 0.2 is above 0.1"});
  run["standing"] = "bad";
  const std::string page = html_report({{"runs", json::array({run})}});
  check_page(page);
  BOOST_TEST(contains(page, "<strong>m on t</strong>: error: 0.2 is above 0.1"));
  BOOST_TEST(contains(page, "<b>1</b> fall short or fail"));
}

BOOST_AUTO_TEST_CASE(the_programs_words_are_shown_as_they_are) {
  const json run = {{"mechanism", "m"},  {"label", "one head"},       {"task", "t"},
                    {"score", 1},        {"verdict", "It did well."}, {"why", "To see one head."},
                    {"standing", "good"}};
  const json task = {{"name", "t"}, {"training", "7 steps"}, {"ablation", "zeros"}};
  const std::string page =
      html_report({{"runs", json::array({run})}, {"tasks", json::array({task})}});
  check_page(page);
  BOOST_TEST(contains(page, "It did well. <em>To see one head.</em>"));
  BOOST_TEST(contains(page, "m, one head"));
  BOOST_TEST(contains(page, "Trained: 7 steps."));
  BOOST_TEST(contains(page, "Taken out: zeros in the mechanism"));
}

BOOST_AUTO_TEST_CASE(details_that_a_task_wants_stand_side_by_side) {
  const auto run = [](int seed, double at_16) {
    return json{{"mechanism", "m"}, {"task", "t"}, {"seed", seed}, {"score", 1},
                {"details", {{"at 16", at_16}, {"unasked", 0.123}}},
                {"details_trained_without", {{"at 64", 0.1}}}};
  };
  const json task = {{"name", "t"}, {"shown", {"at 16", "at 64"}}};
  const std::string page = html_report(
      {{"runs", {run(1, 0.5), run(2, 0.75), run(3, 0.875)}}, {"tasks", json::array({task})}});
  check_page(page);
  BOOST_TEST(contains(page, R"(<th scope="col">at 16</th><th scope="col">at 64</th>)"));
  BOOST_TEST(contains(page, R"(<th scope="row">m</th><td>0.750</td><td>–</td>)"));
  BOOST_TEST(contains(page, R"(trained without m</th><td>–</td><td>0.100</td>)"));
  BOOST_CHECK_THROW(html_report({{"tasks", {{{"name", "t"}, {"shown", 7}}}}}), heed::FormatError);
}

BOOST_AUTO_TEST_CASE(ragged_map) {
  const json results = {
      {"maps", {{{"mechanism", "m"}, {"values", {{1, 2}, json::array(), {-3}}}}}}};
  const std::string page = html_report(results);
  check_page(page);
  BOOST_TEST(contains(page, "<title>2 2 → 0 0: -3</title>"));
}

BOOST_AUTO_TEST_CASE(not_results) {
  for (const json& results : {json::array(), json(7), json{{"runs", 7}}, json{{"runs", {1, 2}}},
                              json{{"maps", {{{"values", {1}}}}}}}) {
    BOOST_CHECK_THROW(html_report(results), heed::FormatError);
  }
}

BOOST_AUTO_TEST_SUITE_END()
