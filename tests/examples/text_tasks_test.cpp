#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <set>

#include "examples/models/tokens.h"
#include "examples/tasks/text/dates.h"
#include "examples/tasks/text/translation.h"

namespace heed::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(text_tasks)

BOOST_AUTO_TEST_CASE(ten_formats_of_a_known_day) {
  // 2003-03-03 is day 19,419 after 1950-01-01, and was a Monday.
  const char* const expected[date_formats] = {"03/03/2003",
                                              "3 mar 2003",
                                              "3 march 2003",
                                              "march 3, 2003",
                                              "mar 3 2003",
                                              "monday, march 3, 2003",
                                              "monday 3 march 2003",
                                              "2003/03/03",
                                              "03.03.03",
                                              "20030303"};
  for (int format = 0; format < date_formats; ++format) {
    const Date date = write_date(19419, format);
    BOOST_TEST(date.text == expected[format]);
    BOOST_TEST(date.answer == "2003-03-03");
  }
  BOOST_TEST(write_date(0, 6).text == "sunday 1 january 1950");
  BOOST_TEST(write_date(18321, 1).text == "29 feb 2000");
}

BOOST_AUTO_TEST_CASE(dates_cover_a_hundred_years_and_fit_the_batch) {
  Generator rng(1);
  std::set<std::string> decades;
  std::size_t longest = 0;
  for (int i = 0; i < 20000; ++i) {
    const Date date = draw_date(rng);
    decades.insert(date.answer.substr(0, 3));
    BOOST_REQUIRE(date.answer >= "1950-01-01");
    BOOST_REQUIRE(date.answer <= "2049-12-31");
    longest = std::max(longest, date.text.size());
  }
  BOOST_TEST(decades.size() == 10U);
  BOOST_TEST(longest == static_cast<std::size_t>(date_length));
}

BOOST_AUTO_TEST_CASE(a_batch_spells_its_texts) {
  Generator rng(2);
  const DateBatch batch = draw_dates(30, rng);
  for (Index b = 0; b < 30; ++b) {
    std::string read;
    for (Index i = 0; i < date_length; ++i) {
      const std::int32_t token = batch.characters[b * date_length + i];
      BOOST_REQUIRE((token == 0) == (i >= batch.lengths[static_cast<std::size_t>(b)]));
      if (token > 0) read += date_characters[static_cast<std::size_t>(token - 1)];
    }
    BOOST_TEST(read == batch.texts[static_cast<std::size_t>(b)]);
    BOOST_TEST(batch.answers[b * date_answer_length + 4] == 10);  // the hyphen
  }
}

BOOST_AUTO_TEST_CASE(the_dictionary_is_a_permutation_within_each_class) {
  std::set<std::int32_t> words;
  const auto class_of = [](std::int32_t word) {
    return word < 3 ? 0 : word < 27 ? 1 : word < 39 ? 2 : word < 51 ? 3 : 4;
  };
  int moved = 0;
  for (std::int32_t word = 0; word < static_cast<std::int32_t>(translation_words); ++word) {
    words.insert(translate_word(word));
    moved += translate_word(word) != word ? 1 : 0;
    BOOST_TEST(class_of(translate_word(word)) == class_of(word));
  }
  BOOST_TEST(words.size() == static_cast<std::size_t>(translation_words));
  BOOST_TEST(moved > 40);
}

// n noun, v verb, j adjective, d adverb, + and, . end
char letter(std::int32_t word) {
  return word == end_word   ? '.'
         : word == and_word ? '+'
         : word < 27        ? 'n'
         : word < 39        ? 'v'
         : word < 51        ? 'j'
                            : 'd';
}

BOOST_AUTO_TEST_CASE(sentences_follow_the_grammar) {
  Generator rng(3);
  // The target's order for each form of a source clause: (j) n v (j) n (d) -> n (j) n (j) (d) v.
  std::map<std::string, std::string> forms;
  for (int mask = 0; mask < 8; ++mask) {
    const std::string a = mask & 1 ? "j" : "", b = mask & 2 ? "j" : "", d = mask & 4 ? "d" : "";
    forms[a + "nv" + b + "n" + d] = "n" + a + "n" + b + d + "v";
  }
  std::set<std::string> seen;
  int with_second = 0;
  for (int i = 0; i < 2000; ++i) {
    const Sentence sentence = draw_sentence(rng);
    std::string source, target;
    for (const std::int32_t word : sentence.source) source += letter(word);
    for (const std::int32_t word : sentence.target) target += letter(word);
    BOOST_REQUIRE(source.size() <= static_cast<std::size_t>(translation_length));
    BOOST_REQUIRE(source.back() == '.');
    source.pop_back();
    const std::size_t plus = source.find('+');
    std::string expected = forms.at(source.substr(0, plus));
    seen.insert(source.substr(0, plus));
    if (plus != std::string::npos) {
      ++with_second;
      expected += "+" + forms.at(source.substr(plus + 1));
    }
    BOOST_REQUIRE(target == expected + ".");
    for (std::size_t t = 0; t < sentence.target.size(); ++t) {
      const auto from = static_cast<std::size_t>(sentence.alignment[t]);
      BOOST_REQUIRE(sentence.target[t] == translate_word(sentence.source[from]));
    }
  }
  BOOST_TEST(seen.size() == 8U);
  BOOST_TEST(std::abs(with_second - 1000) < 4 * 23);  // 4 sigma
}

BOOST_AUTO_TEST_CASE(the_decoder_reads_the_target_one_place_later) {
  Generator rng(5);
  const TranslationBatch batch = draw_translations(20, rng);
  for (Index b = 0; b < 20; ++b) {
    const Index at = b * translation_length;
    BOOST_TEST(batch.shifted[at] == end_word);
    for (Index i = 1; i < batch.lengths[static_cast<std::size_t>(b)]; ++i) {
      BOOST_TEST(batch.shifted[at + i] == batch.target[at + i - 1]);
    }
    for (Index i = batch.lengths[static_cast<std::size_t>(b)]; i < translation_length; ++i) {
      BOOST_TEST(batch.source[at + i] == no_word);
      BOOST_TEST(batch.target[at + i] == models::not_asked);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
