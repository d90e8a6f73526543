// Escaping: nothing that comes from outside becomes markup.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "examples/report/markup.h"
#include "tests/report/well_formed.h"

using namespace heed::report;

BOOST_AUTO_TEST_SUITE(markup)

BOOST_AUTO_TEST_CASE(text_is_escaped) {
  BOOST_TEST(escape("a<b>&\"'c") == "a&lt;b&gt;&amp;&quot;&#39;c");
  BOOST_TEST(escape("x\u2028y\u2029z") == "x&#x2028;y&#x2029;z");
  BOOST_TEST(escape("żółw 🐢\n\t") == "żółw 🐢\n\t");
  BOOST_TEST(escape(std::string("\0\x1b\x7f", 3)) == "&#x2400;&#x241B;&#x2421;");
  BOOST_TEST(escape("") == "");
}

BOOST_AUTO_TEST_CASE(broken_utf8_becomes_a_replacement) {
  const std::string r = "\xEF\xBF\xBD";
  BOOST_TEST(escape("a\xff"
                    "b") == "a" + r + "b");
  BOOST_TEST(escape("\xc0\xbc") == r + r);                  // < in two bytes
  BOOST_TEST(escape("\xe0\x80\xbc") == r + r + r);          // < in three
  BOOST_TEST(escape("\xed\xa0\x80") == r + r + r);          // half of a surrogate pair
  BOOST_TEST(escape("\xf4\x90\x80\x80") == r + r + r + r);  // beyond Unicode
  BOOST_TEST(escape("\xe2\x80") == r + r);                  // cut off
  BOOST_TEST(escape("\xc3<") == r + "&lt;");
}

BOOST_AUTO_TEST_CASE(elements) {
  BOOST_TEST(element("a", {{"href", "x\"y"}}, "1<2", element("b", {}, "&")).str() ==
             "<a href=\"x&quot;y\">1&lt;2<b>&amp;</b></a>");
}

BOOST_AUTO_TEST_CASE(json_in_a_script) {
  const nlohmann::json value = {"</script><!--<script>&\u2028\u2029\\u003c", 1.5, nullptr};
  const std::string safe = escape_json(value.dump());
  BOOST_TEST(safe.find_first_of("<>&") == std::string::npos);
  BOOST_TEST(safe.find("\u2028") == std::string::npos);
  BOOST_TEST(safe.find("\u2029") == std::string::npos);
  BOOST_CHECK(nlohmann::json::parse(safe) == value);
}

// The checker itself: it must see what it is there for.
BOOST_AUTO_TEST_CASE(checker_catches) {
  const auto wrong = [](const std::string& body) {
    return !heed_test::not_well_formed("<!DOCTYPE html>" + body).empty();
  };
  BOOST_TEST(!wrong("<p id=\"a\">1 &lt; 2 &#x2028;<br></p><a href=\"#a\">a</a>"));
  BOOST_TEST(wrong("<p><b></p></b>"));
  BOOST_TEST(wrong("<p>"));
  BOOST_TEST(wrong("</p>"));
  BOOST_TEST(wrong("<p>a & b</p>"));
  BOOST_TEST(wrong("<p>a > b</p>"));
  BOOST_TEST(wrong("<p class=x></p>"));
  BOOST_TEST(wrong("<p class=\"a\" class=\"b\"></p>"));
  BOOST_TEST(wrong("<p id=\"a\"></p><p id=\"a\"></p>"));
  BOOST_TEST(wrong("<a href=\"#b\">a</a>"));
  BOOST_TEST(wrong("<script>if (a < b)</script>"));
  BOOST_TEST(!heed_test::not_well_formed("<p></p>").empty());
}

BOOST_AUTO_TEST_SUITE_END()
