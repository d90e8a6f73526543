// Settings: which texts are numbers, and that what is stored comes back.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "autograd/errors.h"
#include "examples/trainers/settings.h"

namespace {

using namespace heed;

struct Fields {
  Index count = 3;
  double rate = 0.1;
  std::uint64_t seed = 1;
  std::string word = "usual";
  std::vector<std::string> list = {};
  Index threads = 1;
  trainers::Settings settings = {};

  Fields() {
    settings.add("count", count, {0, 100}, "");
    settings.add("rate", rate, {}, "");
    settings.add("seed", seed, {0, 9e15}, "");
    settings.add("word", word, "");
    settings.add("list", list, "");
    settings.option("threads", threads, {1, 64}, "");
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(settings)

// Every number of every trainer goes through this; further wrong ones are further rows.
BOOST_AUTO_TEST_CASE(what_is_no_number_in_the_range) {
  const std::vector<std::string> wrong{
      "nan", "NaN", "-nan", "inf", "-inf", "1e999", "0,5", "", "1x", "x", "1 2", " ", "0x", "--",
      "-1", "101", "-0.1", "1..", "1e", "+-1", "1_0"};
  for (const std::string& text : wrong) {
    BOOST_CHECK_THROW(trainers::check_range(text, {0, 100}), ValueError);
  }
  for (const char* text : {"0", "-0", "100", "1e2", "0.5", ".5", "1e-300"}) {
    BOOST_CHECK_NO_THROW(trainers::check_range(text, {0, 100}));
  }
  BOOST_CHECK_EXCEPTION(trainers::check_range("nan", {1, 64}), ValueError, [](const Error& error) {
    return error.what() == std::string("nan is no number from 1 to 64");
  });
  BOOST_CHECK_EXCEPTION(trainers::check_range("0,001", {}), ValueError, [](const Error& error) {
    return error.what() == std::string("0,001 is no number of at least 0");
  });
}

BOOST_AUTO_TEST_CASE(what_is_stored_comes_back) {
  Fields a;
  a.count = 7;
  a.rate = 0.1 + 0.2;
  a.seed = 9007199254740993u;
  a.word = "other \"word\"";
  a.list = {"local.window=5", "local.x=1"};
  a.threads = 9;
  nn::TensorFile file;
  a.settings.store(file);
  Fields b;
  b.settings.restore(file);
  BOOST_TEST(b.count == a.count);
  BOOST_TEST(b.rate == a.rate);
  BOOST_TEST(b.seed == a.seed);
  BOOST_TEST(b.word == a.word);
  BOOST_TEST(b.list == a.list, boost::test_tools::per_element());
  BOOST_TEST(b.threads == 1);  // how, not what
  BOOST_TEST(b.settings.json() ==
             R"("count":7,"list":"local.window=5,local.x=1","rate":0.30000000000000004,)"
             R"("seed":9007199254740993,"word":"other \"word\"")");
}

// So that files of before a setting was there are those of its default.
BOOST_AUTO_TEST_CASE(a_text_is_stored_where_it_is_not_the_default) {
  Fields a;
  nn::TensorFile file;
  a.settings.store(file);
  BOOST_TEST(file.metadata.size() == 3u);
  BOOST_TEST(a.settings.json() == R"("count":3,"rate":0.1,"seed":1)");
  Fields b;
  b.word = "asked for";
  b.list = {"x"};
  b.settings.restore(file);
  BOOST_TEST(b.word == "usual");
  BOOST_TEST(b.list.empty());
  file.metadata.erase("run.rate");
  BOOST_CHECK_THROW(b.settings.restore(file), FormatError);
}

BOOST_AUTO_TEST_SUITE_END()
