// Published models by file: a tiny BERT and a tiny GPT-2, written as their files are.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/data/text_file.h"
#include "examples/look/readers.h"
#include "tests/data/scratch_folder.h"
#include "tests/framework/thrown.h"

namespace heed_test {

using namespace heed;
using namespace heed::look;

namespace {

const std::string tokenizers_folder = HEED_TOKENIZERS;

// A folder as models are published in: weights, vocabulary, config.json.
class Published {
 public:
  explicit Published(Index context = 16)
      : bert_({.vocabulary = 600,
               .context = context,
               .token_types = 2,
               .width = 8,
               .hidden = 16,
               .layers = 2,
               .heads = 2},
              rng_),
        gpt2_({.vocabulary = gpt2_tokens(),
               .context = context,
               .width = 8,
               .hidden = 16,
               .layers = 3,
               .heads = 4},
              rng_) {
    for (const nn::Module* model : {static_cast<nn::Module*>(&bert_),
                                    static_cast<nn::Module*>(&gpt2_)}) {
      for (const Parameter& p : model->parameters()) {
        p.value.assign(p.value.detach() + rng_.normal(p.value.shape(), 0, 0.3));
      }
    }
    nn::save_weights(at("bert.safetensors"), bert_);
    nn::save_weights(at("gpt2.safetensors"), gpt2_);
    for (const char* name : {"vocab.txt", "vocab.json", "merges.txt"}) {
      std::filesystem::copy_file(tokenizers_folder + "/" + name, at(name));
    }
    folder_.write("config.json", R"({"num_attention_heads": 2, "n_head": 4})");
  }

  std::string at(const std::string& name) const { return (folder_.path() / name).string(); }
  const ScratchFolder& folder() const { return folder_; }
  const Bert& bert() const { return bert_; }
  const Gpt2& gpt2() const { return gpt2_; }

 private:
  static Index gpt2_tokens() {
    return tokenizers::read_vocabulary_json(tokenizers_folder + "/vocab.json").size();
  }

  ScratchFolder folder_;
  Generator rng_{3};
  Bert bert_;
  Gpt2 gpt2_;
};

double largest_difference(const Tensor& a, const Tensor& b) { return max(abs(a - b)).item(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(readers)

BOOST_AUTO_TEST_CASE(bert_is_read_with_its_marks_and_maps) {
  const Published published;
  const Reading reading =
      BertReader({.weights = published.at("bert.safetensors")}, true).read("The theater");
  BOOST_TEST(reading.tokens.front() == "[CLS]");
  BOOST_TEST(reading.tokens.back() == "[SEP]");
  BOOST_TEST(reading.words[1] == "the");
  BOOST_TEST(reading.words[2] == "theater");
  BOOST_TEST(reading.words.size() == 4U);
  BOOST_TEST((reading.marks == std::vector<bool>{true, false, false, true}));
  BOOST_TEST(reading.tokens.size() > 4U);  // the second word has more than one token
  BOOST_REQUIRE(reading.maps.size() == 2U);
  const auto length = static_cast<Index>(reading.tokens.size());
  for (const Tensor& map : reading.maps) {
    BOOST_TEST((map.shape() == Shape{2, length, length}));
    BOOST_TEST(largest_difference(sum(map, {-1}), Tensor::ones({2, length})) < 1e-5);
  }
  BOOST_TEST((reading.hidden.shape() == Shape{length, 8}));
}

BOOST_AUTO_TEST_CASE(gpt2_is_read_word_by_word_and_writes_on) {
  const Published published;
  const Gpt2Reader reader({.weights = published.at("gpt2.safetensors")});
  const Reading reading = reader.read("Hello the theater");
  BOOST_TEST((reading.words == std::vector<std::string>{"Hello", "the", "theater"}));
  BOOST_REQUIRE(reading.maps.size() == 3U);
  const Tensor map = reading.between_words(0);
  BOOST_TEST((map.shape() == Shape{4, 3, 3}));
  BOOST_TEST(map.values()[1] == 0);  // what comes later is not seen
  const std::string written = reader.write("Hello", 4, 0, 1);
  BOOST_TEST(written.starts_with("Hello"));
  BOOST_TEST(written.size() > 5U);
  BOOST_TEST(reader.write("Hello", 4, 0, 2) == written);  // nothing is drawn
  BOOST_TEST(reader.write("Hello", 8, 2, 1) == reader.write("Hello", 8, 2, 1));
  BOOST_TEST(reader.write("Hello", 8, 2, 1) != reader.write("Hello", 8, 2, 2));
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_does_not_fit_is_named) {
  const Published published(6);
  const Files bert{.weights = published.at("bert.safetensors")};
  const BertReader reader(bert, true);
  BOOST_TEST(thrown<ValueError>([&] { reader.read(" "); }) ==
             "[look] there is nothing to read: give a sentence");
  BOOST_TEST(thrown<ValueError>([&] { reader.read("the the the the the"); }) ==
             "[look] the text has 7 tokens, the model reads 6");
  published.folder().write("config.json", "{}");
  BOOST_TEST(thrown<FormatError>([&] { BertReader(bert, true); }) ==
             fmt::format("[published] {} does not say \"num_attention_heads\"\nhint: --heads N",
                         published.at("config.json")));
  std::filesystem::remove(published.at("config.json"));
  BOOST_TEST(thrown<ValueError>([&] { BertReader(bert, true); }) ==
             fmt::format("[published] how many heads has it? There is no {}\nhint: --heads N",
                         published.at("config.json")));
  Files with_heads = bert;
  with_heads.heads = 2;
  BOOST_TEST(BertReader(with_heads, true).read("the").maps.size() == 2U);
  std::string more = data::read_text_file(published.at("vocab.txt"));
  published.folder().write("vocab.txt", more + "onemore\n");
  BOOST_TEST(thrown<ValueError>([&] { BertReader(with_heads, true); }) ==
             "[look] the vocabulary has 601 tokens, the model 600: they do not belong together");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
