// A published Whisper by file: a tiny one, written as its files are.
#include "examples/listen/hearing.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "attention/maps.h"
#include "autograd/ops.h"
#include "nn/log_mel.h"
#include "tests/data/scratch_folder.h"
#include "tests/framework/found.h"
#include "tests/framework/thrown.h"

namespace heed_test {

using namespace heed;
using namespace heed::listen;

namespace {

const std::string tokenizers_folder = HEED_TOKENIZERS;

// Weights under the names of the transformers package: width 8, 8 bands, half a second of sound, 24
// tokens; one layer that hears, three that write.
nn::TensorFile tiny_whisper(Index vocabulary, std::uint64_t seed) {
  nn::TensorFile file;
  Generator rng(seed);
  const auto add = [&](const std::string& name, const Shape& shape, double deviation = 0.4) {
    file.tensors.emplace_back("model." + name, rng.normal(shape, 0, deviation));
  };
  const auto linear = [&](const std::string& name, const Shape& shape) {
    add(name + ".weight", shape);
    add(name + ".bias", {shape[0]});
  };
  const auto block = [&](const std::string& layer, const std::vector<std::string>& attentions) {
    for (const std::string& attention : attentions) {
      for (const char* projection : {".q_proj", ".v_proj", ".out_proj"}) {
        linear(layer + attention + projection, {8, 8});
      }
      add(layer + attention + ".k_proj.weight", {8, 8});
      linear(layer + attention + "_layer_norm", {8});
    }
    linear(layer + "fc1", {16, 8});
    linear(layer + "fc2", {8, 16});
    linear(layer + "final_layer_norm", {8});
  };
  linear("encoder.conv1", {8, 8, 3});
  linear("encoder.conv2", {8, 8, 3});
  add("encoder.embed_positions.weight", {25, 8});
  block("encoder.layers.0.", {"self_attn"});
  linear("encoder.layer_norm", {8});
  const Tensor end = rng.normal({1, 8}, 0, 0.8);  // likelier than each other word
  file.tensors.emplace_back("model.decoder.embed_tokens.weight",
                            concat({end, rng.normal({vocabulary - 1, 8}, 0, 0.4)}, 0));
  add("decoder.embed_positions.weight", {24, 8}, 1.5);  // what is written changes
  for (const char* layer : {"0.", "1.", "2."}) {
    block(std::string("decoder.layers.") + layer, {"self_attn", "encoder_attn"});
  }
  linear("decoder.layer_norm", {8});
  return file;
}

// A folder as models are published in, whose model hears half a second at a time.
class Published {
 public:
  explicit Published(std::uint64_t seed = 11) {
    for (const char* name : {"vocab.json", "merges.txt"}) {
      std::filesystem::copy_file(tokenizers_folder + "/" + name, at(name));
    }
    words_ = tokenizers::read_vocabulary_json(at("vocab.json")).size();
    folder_.write("config.json", R"({"decoder_attention_heads": 2})");
    folder_.write("generation_config.json", R"({"is_multilingual": false})");
    folder_.write("added_tokens.json",
                  fmt::format(R"({{"<|startoftranscript|>": {}, "<|notimestamps|>": {}, )"
                              R"("<|de|>": {}, "<|transcribe|>": {}}})",
                              words_, words_ + 1, words_ + 2, words_ + 3));
    nn::write_safetensors(at("model.safetensors"), tiny_whisper(words_ + 4, seed));
  }

  std::string at(const std::string& name) const { return (folder_.path() / name).string(); }
  Files files() const { return {.weights = at("model.safetensors")}; }
  const ScratchFolder& folder() const { return folder_; }
  Index words() const { return words_; }

 private:
  ScratchFolder folder_;
  Index words_ = 0;
};

data::Sound noise(double seconds, double rate = 16000) {
  Generator rng(2);
  const auto count = static_cast<Index>(seconds * rate);
  const Tensor samples = rng.normal({count}, 0, 0.1);
  return {.rate = rate, .samples = {samples.values().begin(), samples.values().end()}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hearing)

BOOST_AUTO_TEST_CASE(a_sound_is_heard_part_by_part) {
  const Published published;
  const std::vector<Heard> all = Hearer(published.files(), "en").hear(noise(0.75));
  BOOST_REQUIRE(all.size() == 2U);
  BOOST_TEST(all[0].from == 0);
  BOOST_TEST(all[0].to == 0.5);
  BOOST_TEST(all[1].from == 0.5);
  BOOST_TEST(all[1].to == 0.75);
  BOOST_TEST((all[0].features.shape() == Shape{8, 50}));
  BOOST_TEST((all[1].features.shape() == Shape{8, 26}));  // nothing of the silence behind it
  std::size_t words = 0;
  for (const Heard& heard : all) {
    const auto tokens = static_cast<Index>(heard.tokens.size());
    BOOST_REQUIRE(tokens > 0);
    BOOST_TEST((heard.weights.shape() == Shape{tokens, heard.features.dim(1) / 2}));
    std::string joined;
    for (const Word& word : heard.words) {
      joined += word.text;
      BOOST_TEST(word.begin >= heard.from);
      BOOST_TEST(word.begin <= word.end);
      BOOST_TEST(word.end <= heard.to);
      ++words;
    }
    std::string text = heard.text;
    std::erase(text, ' ');
    std::erase(joined, ' ');
    BOOST_TEST(joined == text);
  }
  BOOST_TEST(words > 0U);
}

// The likeliest of the tokens that are text, until that is its end or the room is used; and its row
// of weights is the one that chose it.
BOOST_AUTO_TEST_CASE(tokens_and_weights_are_those_of_the_model) {
  constexpr std::size_t room = 11;
  std::size_t ended = 0, used = 0;
  for (const std::uint64_t seed : {37, 11}) {
    const Published published(seed);
    const data::Sound sound = noise(0.5);
    const Heard heard = Hearer(published.files(), "en").hear(sound).front();
    const nn::TensorFile file = nn::read_safetensors(published.at("model.safetensors"));
    Generator rng(1);
    Whisper model(whisper_options(file, 2), rng);
    nn::load_into(model, file, "", whisper_names());
    model.eval();
    const NoGrad no_grad;
    const Tensor features = nn::log_mel(Tensor({8000}, sound.samples), {.bands = 8});
    const Tensor memory = model.encode(unsqueeze(features, 0));
    const auto words = static_cast<std::int32_t>(published.words());
    std::vector<std::int32_t> ids = {words, words + 1};
    for (std::size_t t = 0; t <= heard.tokens.size(); ++t) {
      const attention::MapRecorder recorder;
      const Tensor logits = model.decode(Indices({1, static_cast<Index>(ids.size())}, ids), memory);
      const Tensor last = select(select(logits, 1, -1), 0, 0);
      ids.push_back(argmax(slice(last, 0, 0, words), 0).values()[0]);
      if (t == heard.tokens.size()) break;
      BOOST_TEST(ids.back() != 0);
      std::vector<Tensor> seen;  // of the last token, a row a head
      for (const attention::Map& map : recorder.maps()) {
        if (map.mechanism == "cross") seen.push_back(select(select(map.weights, 0, 0), 1, -1));
      }
      BOOST_REQUIRE(seen.size() == 3U);
      // No file says which heads follow the sound: those of the later layers.
      const Tensor expected = (mean(seen[1], {0}) + mean(seen[2], {0})) / 2;
      const Tensor row = select(heard.weights, 0, static_cast<Index>(t));
      BOOST_TEST(max(abs(row - expected)).item() < 1e-5);
    }
    BOOST_REQUIRE(!heard.tokens.empty());
    ++(heard.tokens.size() == room ? used : ended);
    BOOST_TEST((heard.tokens.size() == room || ids.back() == 0));
  }
  BOOST_TEST(ended == 1U);
  BOOST_TEST(used == 1U);
}

BOOST_AUTO_TEST_CASE(heads_that_follow_the_sound_are_taken_where_a_file_names_them) {
  const Published published;
  const Tensor guessed = Hearer(published.files(), "en").hear(noise(0.5))[0].weights;
  published.folder().write("generation_config.json",
                           R"({"is_multilingual": false, "alignment_heads": [[0, 1]]})");
  const Tensor named = Hearer(published.files(), "en").hear(noise(0.5))[0].weights;
  BOOST_TEST((named.shape() == guessed.shape()));
  BOOST_TEST(max(abs(named - guessed)).item() > 1e-3);
  published.folder().write("generation_config.json", R"({"alignment_heads": [[0, 1], [3, 0]]})");
  BOOST_TEST(thrown<FormatError>([&] { Hearer(published.files(), "en"); }) ==
             "[listen] generation_config.json names [3,0] as a layer and head that follow the "
             "sound: there are 3 layers of 2");
}

BOOST_AUTO_TEST_CASE(models_of_several_languages_are_told_which) {
  const Published published;
  BOOST_TEST(thrown<ValueError>([&] { Hearer(published.files(), "de"); }) ==
             "[listen] the model knows no de, English alone");
  published.folder().write("generation_config.json", R"({"is_multilingual": true})");
  BOOST_TEST(Hearer(published.files(), "de").hear(noise(0.5)).size() == 1U);
  BOOST_TEST(thrown<ValueError>([&] { Hearer(published.files(), "fr"); }) ==
             "[listen] the model has no token <|fr|>");
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_does_not_fit_is_named) {
  const Published published;
  BOOST_TEST(thrown<ValueError>([&] { Hearer(published.files(), "en").hear(noise(0.05)); }) ==
             "[listen] 0.050 seconds of sound: at least 0.1 are needed");
  published.folder().write("added_tokens.json", R"({"<|startoftranscript|>": 7000000})");
  BOOST_TEST(thrown<ValueError>([&] { Hearer(published.files(), "en"); }) ==
             fmt::format("[listen] the vocabulary has 7000001 tokens, the model {}: they do not "
                         "belong together",
                         published.words() + 4));
  std::filesystem::remove(published.at("added_tokens.json"));
  BOOST_TEST(thrown<ValueError>([&] { Hearer(published.files(), "en"); }) ==
             "[listen] the model has no token <|startoftranscript|>");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
