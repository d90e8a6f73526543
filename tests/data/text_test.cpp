// Vocabulary, split and n-gram baselines.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>

#include "autograd/errors.h"
#include "examples/data/ngrams.h"
#include "examples/data/shakespeare.h"

namespace {

using namespace heed;
using Ids = std::vector<std::int32_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(characters) {
  const data::CharVocabulary vocabulary("hello\xff");
  BOOST_TEST(vocabulary.characters() == "ehlo\xff");
  const Ids ids = vocabulary.encode("hole\xff");
  BOOST_TEST(ids == (Ids{1, 3, 2, 0, 4}), boost::test_tools::per_element());
  BOOST_TEST(vocabulary.decode(ids) == "hole\xff");
  BOOST_CHECK_EXCEPTION(vocabulary.encode("he!"), ValueError, [](const Error& error) {
    return error.what() == std::string("[encode] character 0x21 at 2 is not one of the 5 known");
  });
  BOOST_CHECK_THROW(vocabulary.decode(Ids{5}), ValueError);
  BOOST_CHECK_THROW(vocabulary.decode(Ids{-1}), ValueError);
  BOOST_TEST(data::CharVocabulary("").size() == 0);
}

BOOST_AUTO_TEST_CASE(split) {
  const std::string letters = std::string(95, 'a') + "bcdefghij";
  const data::CharCorpus corpus = data::split_corpus(letters);
  BOOST_TEST(corpus.train.size() == 93);  // floor(0.9 * 104)
  BOOST_TEST(corpus.validation.size() == 11);
  BOOST_TEST(corpus.vocabulary.decode(corpus.validation) == "aabcdefghij");
  BOOST_CHECK_THROW(data::split_corpus("too short"), FormatError);
}

BOOST_AUTO_TEST_CASE(shakespeare) {
  const data::CharCorpus corpus = data::load_shakespeare();
  BOOST_TEST(corpus.vocabulary.size() == 65);
  BOOST_TEST(corpus.train.size() == 1003854);
  BOOST_TEST(corpus.validation.size() == 111540);
  BOOST_TEST(corpus.vocabulary.decode(std::span(corpus.train).first(14)) == "First Citizen:");
  // By NumPy, from the same formula.
  const double expected[] = {3.3473286680401224, 2.483830449339952, 2.045800705433074};
  for (int n = 1; n <= 3; ++n) {
    const double nats = data::ngram_entropy(n, corpus.train, corpus.validation, 65);
    BOOST_TEST(nats == expected[n - 1], boost::test_tools::tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_CASE(ngrams_by_hand) {
  const Ids train{0, 1, 0, 1, 0};
  const Ids validation{0, 1, 1};
  const auto nats = [&](int n) { return data::ngram_entropy(n, train, validation, 2); };
  // p(0) = 3.1/5.2, p(1) = 2.1/5.2
  const double one = -(std::log(3.1 / 5.2) + 2 * std::log(2.1 / 5.2)) / 3;
  BOOST_TEST(nats(1) == one, boost::test_tools::tolerance(1e-14));
  // After 0 came 1 twice; after 1 came 0 twice.
  const double two = -(std::log(2.1 / 2.2) + std::log(0.1 / 2.2)) / 2;
  BOOST_TEST(nats(2) == two, boost::test_tools::tolerance(1e-14));
  // After (0, 1) came 0 twice.
  BOOST_TEST(nats(3) == -std::log(0.1 / 2.2), boost::test_tools::tolerance(1e-14));
  // Whatever the counts, the probabilities of a context add up to one.
  double total = 0;
  for (std::int32_t next = 0; next < 2; ++next) {
    total += std::exp(-data::ngram_entropy(3, train, Ids{1, 0, next}, 2));
  }
  BOOST_TEST(total == 1, boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(ngrams_refuse) {
  const Ids ids{0, 1, 2};
  BOOST_CHECK_THROW(data::ngram_entropy(0, ids, ids, 3), ValueError);
  BOOST_CHECK_THROW(data::ngram_entropy(4, ids, ids, 3), ValueError);
  BOOST_CHECK_THROW(data::ngram_entropy(1, ids, ids, 2), ValueError);
  BOOST_CHECK_THROW(data::ngram_entropy(1, ids, Ids{-1}, 3), ValueError);
  BOOST_CHECK_THROW(data::ngram_entropy(3, ids, Ids{0, 1}, 3), ValueError);
  BOOST_CHECK_THROW(data::ngram_entropy(3, ids, ids, 1000), ValueError);
}

BOOST_AUTO_TEST_SUITE_END()
