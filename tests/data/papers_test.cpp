// Papers that cite one another: what is read, and what is refused with the place.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "autograd/errors.h"
#include "examples/data/papers.h"

namespace {

using namespace heed;

const data::PaperTexts good{
    .content = "a\t1\t0\t1\tzoo\nb\t0\t0\t0\tart\nc\t0\t1\t0\tzoo\n",
    .cites = "a\tb\nb\ta\nc\tb\nc\tc\n",
    .split = "c\ttest\na\ttrain\nb\tval\n",
};

bool same(const Indices& a, const Indices& b) {
  return a.shape() == b.shape() && std::ranges::equal(a.values(), b.values());
}

void refuses(const data::PaperTexts& texts, const std::string& message) {
  BOOST_CHECK_EXCEPTION(data::parse_papers(texts, "cora"), FormatError,
                        [&](const FormatError& error) {
                          BOOST_TEST(error.what() == "[papers] " + message);
                          return true;
                        });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(papers)

BOOST_AUTO_TEST_CASE(words_fields_citations_and_parts) {
  const data::Papers read = data::parse_papers(good, "cora");
  BOOST_TEST(read.size() == 3);
  BOOST_TEST(read.field_count == 2);
  BOOST_REQUIRE(read.words.shape() == (Shape{3, 3}));
  const std::vector<Real> words{1, 0, 1, 0, 0, 0, 0, 1, 0};
  BOOST_TEST(std::vector<Real>(read.words.values().begin(), read.words.values().end()) == words);
  BOOST_TEST(same(read.fields, Indices({1, 0, 1})));  // by name: art, zoo
  // Each pair once and both ways; nobody cites himself.
  BOOST_TEST(same(read.citations, Indices({2, 4}, {0, 1, 1, 2, 1, 0, 2, 1})));
  BOOST_TEST(same(read.train, Indices({0})));
  BOOST_TEST(same(read.validation, Indices({1})));
  BOOST_TEST(same(read.test, Indices({2})));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_told_with_its_place) {
  const auto content = [](const std::string& text) {
    data::PaperTexts texts = good;
    texts.content = text;
    return texts;
  };
  refuses(content(""), "cora.content: no paper in the line at byte 0");
  refuses(content("a\t1\tzoo"), "cora.content: no end of line in the line at byte 0");
  refuses(content("a\tzoo\n"), "cora.content: 2 fields instead of 3 in the line at byte 0");
  refuses(content("a\t1\tzoo\nb\t1\t1\tzoo\n"),
          "cora.content: 4 fields instead of 3 in the line at byte 8");
  refuses(content("a\t1\tzoo\nb\t2\tzoo\n"),
          "cora.content: '2' is neither 0 nor 1 in the line at byte 8");
  refuses(content("a\t1\tzoo\na\t1\tzoo\n"),
          "cora.content: a second paper named 'a' in the line at byte 8");
  data::PaperTexts texts = good;
  texts.cites = "a\tb\na\td\n";
  refuses(texts, "cora.cites: no paper is named 'd' in the line at byte 4");
  texts.cites = "a\tb\tc\n";
  refuses(texts, "cora.cites: 3 fields instead of 2 in the line at byte 0");
  texts = good;
  texts.split = "a\ttrain\na\tval\n";
  refuses(texts, "cora.split: 'a' a second time in the line at byte 8");
  texts.split = "a\tteach\n";
  refuses(texts, "cora.split: 'teach' is none of train, val, test, none in the line at byte 0");
  texts.split = "a\ttrain\nb\tval\nc\tnone\n";
  refuses(texts, "cora.split: no paper for test in the line at byte 14");
}

BOOST_AUTO_TEST_SUITE_END()
