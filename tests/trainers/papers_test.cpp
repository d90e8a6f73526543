// `heed train papers` on a small library of papers: what it learns, and that it can be stopped.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "examples/trainers/trainers.h"
#include "nn/files/checkpoint.h"
#include "tests/data/scratch_folder.h"

namespace {

using namespace heed;
namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// 90 papers in three fields: most words say nothing, and most citations stay in the field.
struct Library {
  heed_test::ScratchFolder scratch;
  std::string said = {};

  Library() {
    Generator rng(5);
    std::string content, cites, split;
    for (int paper = 0; paper < 90; ++paper) {
      content += std::to_string(paper);
      for (int word = 0; word < 12; ++word) {
        const bool telling = word % 3 == paper % 3 && word < 6;
        content += rng.uniform() < (telling ? 0.5 : 0.3) ? "\t1" : "\t0";
      }
      content += "\tfield" + std::to_string(paper % 3) + "\n";
      for (int k = 0; k < 3; ++k) {
        const int near = paper % 3 + 3 * rng.below(30);
        const int cited = rng.uniform() < 0.9 ? near : rng.below(90);
        cites += std::to_string(paper) + "\t" + std::to_string(cited) + "\n";
      }
      const char* part = paper < 15 ? "train" : paper < 30 ? "val" : "test";
      split += std::to_string(paper) + "\t" + part + "\n";
    }
    fs::create_directory(scratch.path() / "cora");
    scratch.write("cora/cora.content.gz", content);  // plain texts are read as well
    scratch.write("cora/cora.cites.gz", cites);
    scratch.write("cora/planetoid.split", split);
  }

  std::string out(const std::string& name) const { return (scratch.path() / name).string(); }

  int run(const std::string& folder, std::vector<std::string> words) {
    words.insert(words.begin(), {"papers", "--data-dir", scratch.path().string(), "--threads", "1",
                                 "--out", out(folder)});
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    std::ostringstream text;
    const int code = trainers::train_with(trainers::papers(), static_cast<int>(argv.size()),
                                          argv.data(), text);
    said = text.str();
    return code;
  }

  // The per cent behind a name in what was said.
  double score(const std::string& name) const {
    const std::size_t at = said.find("\n  " + name + " ");
    BOOST_REQUIRE(at != std::string::npos);
    return std::stod(said.substr(at + 3 + name.size()));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(papers)

BOOST_AUTO_TEST_CASE(neighbours_tell_what_words_do_not) {
  Library library;
  BOOST_REQUIRE(library.run("gat", {"--seeds", "3"}) == 0);
  BOOST_TEST(library.said.find("papers: 90 of 12 words in 3 fields") == 0U);
  BOOST_TEST(library.said.find("gat: 8 heads of 8, 3 models") != std::string::npos);
  BOOST_TEST(library.said.find(" over 3 models, ") != std::string::npos);
  const double graph = library.score("gat"), largest = library.score("always the largest field");
  BOOST_TEST(graph > 70);
  BOOST_TEST(largest < 40);
  for (const char* layer : {"gatv2", "mean"}) {
    BOOST_REQUIRE(library.run(layer, {"--layer", layer}) == 0);
    BOOST_TEST(library.score(layer) > 70);
  }
  BOOST_REQUIRE(library.run("words", {"--layer", "words"}) == 0);
  BOOST_TEST(library.score("words") < graph - 10);
}

BOOST_AUTO_TEST_CASE(a_run_in_two_parts_is_a_run_in_one) {
  Library library;
  const std::vector<std::string> common{"--seeds", "2", "--eval-every", "0", "--min-lr", "0.01"};
  const auto with_steps = [&](const char* steps, bool resume) {
    std::vector<std::string> words = common;
    words.insert(words.end(), {"--steps", steps});
    if (resume) words.emplace_back("--resume");
    return words;
  };
  BOOST_REQUIRE(library.run("whole", with_steps("24", false)) == 0);
  const std::string whole = library.said;
  BOOST_REQUIRE(library.run("parts", with_steps("10", false)) == 0);
  BOOST_REQUIRE(library.run("parts", with_steps("24", true)) == 0);
  BOOST_TEST((contents(library.out("whole") + "/weights.safetensors") ==
              contents(library.out("parts") + "/weights.safetensors")));
  const auto end_of = [&](const std::string& text) { return text.substr(text.find("per cent")); };
  BOOST_TEST(end_of(library.said) == end_of(whole));
}

// The first of several models is the one that trains alone: of the mean of two losses it sees half
// the gradient, which Adam takes out again but for its epsilon. Five steps of 0.01 lead 0.05 away.
BOOST_AUTO_TEST_CASE(models_side_by_side_share_nothing) {
  Library library;
  const auto first = [&](const char* folder, const char* seeds) {
    BOOST_REQUIRE(library.run(folder, {"--steps", "5", "--seeds", seeds}) == 0);
    const auto file = nn::load_checkpoint(library.out(folder) + "/weights.safetensors");
    return file.at("seed1.first.lin.weight").tensor();
  };
  const Tensor alone = first("one", "1"), beside = first("two", "2");
  BOOST_TEST(static_cast<double>(max(abs(alone - beside)).item()) < 1e-3);
}

BOOST_AUTO_TEST_CASE(what_cannot_work_is_refused) {
  Library library;
  BOOST_CHECK_EXCEPTION(library.run("x", {"--layer", "gut"}), ValueError,
                        [](const ValueError& error) {
                          return std::string(error.what()) ==
                                 "[train papers] --layer must be gat, gatv2, mean or words, not "
                                 "'gut'";
                        });
  fs::remove(library.scratch.path() / "cora/cora.cites.gz");
  BOOST_CHECK_EXCEPTION(library.run("x", {}), IoError, [](const IoError& error) {
    return std::string(error.what()).find("download.sh FOLDER cora`") != std::string::npos;
  });
}

BOOST_AUTO_TEST_SUITE_END()
