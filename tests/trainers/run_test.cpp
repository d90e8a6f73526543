// A trainer of one's own, from a file: what runs of any trainer promise.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "autograd/ops.h"
#include "examples/trainers/trainers.h"
#include "nn/files/checkpoint.h"
#include "nn/linear.h"
#include "nn/losses.h"
#include "tests/data/scratch_folder.h"

namespace {

using namespace heed;
namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A line through the points "x y" of a file.
class Line : public trainers::DataStudy {
 public:
  struct Options {
    std::string points;
    std::string note;  // stored beside the weights
    double scale = 1;

    void list(trainers::Settings& settings) {
      settings.option("points", points, "a file of two numbers a line");
      settings.option("note", note, "kept with the weights");
      settings.add("scale", scale, {0, 10}, "of the loss");
    }
  };

  Line(const Options& options, const trainers::RunSettings& run, Generator& rng)
      : options_(options), batch_(run.batch), model_(1, 1, rng) {
    std::ifstream in(options.points);
    for (double x = 0, y = 0; in >> x >> y;) points_.emplace_back(x, y);
    if (points_.empty()) throw IoError("[line] no points in " + options.points);
  }

  nn::Module& model() override { return model_; }
  std::string data() const override { return "points: " + options_.points; }
  std::string data_hash() const override { return std::to_string(points_.size()); }
  std::string title() const override { return "a line"; }
  void draw(Index step, const Generator& rng) override {
    Generator draws = rng.stream(static_cast<std::uint64_t>(step));
    std::vector<Real> x, y;
    for (Index i = 0; i < batch_; ++i) {
      const auto at = draws.below(static_cast<std::int32_t>(points_.size()));
      x.push_back(static_cast<Real>(points_[static_cast<std::size_t>(at)].first));
      y.push_back(static_cast<Real>(points_[static_cast<std::size_t>(at)].second));
    }
    x_ = Tensor({batch_, 1}, std::move(x));
    y_ = Tensor({batch_, 1}, std::move(y));
  }
  Tensor loss() override { return options_.scale * nn::mse(model_(x_), y_); }
  std::optional<double> validate(bool (*)()) const override {
    return static_cast<double>(nn::mse(model_(x_), y_).item());
  }
  std::map<std::string, std::string> metadata() const override { return {{"note", options_.note}}; }
  std::string sample(const Generator&) const override { return "a sample"; }

 private:
  Options options_;
  Index batch_;
  nn::Linear model_;
  std::vector<std::pair<double, double>> points_;
  Tensor x_, y_;
};

trainers::Trainer line(const std::string& name = "line") {
  return trainers::trainer<Line>(name, "a line through points",
                                 {.steps = 20, .learning_rate = 0.1, .weight_decay = 0});
}

struct Trained {
  heed_test::ScratchFolder scratch;
  std::string points = scratch.write("points.txt", "0 1\n1 3\n2 5\n3 7\n").string();
  std::string said = {};
  std::string trainer = "line";

  std::string out(const std::string& name) const { return (scratch.path() / name).string(); }
  // The exit code of `heed train line ...`.
  int run(const std::string& folder, std::vector<std::string> words) {
    words.insert(words.begin(), {trainer, "--points", points, "--threads", "1", "--out",
                                 out(folder)});
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    std::ostringstream text;
    const int code =
        trainers::train_with(line(trainer), static_cast<int>(argv.size()), argv.data(), text);
    said = text.str();
    return code;
  }
  std::string log(const std::string& folder) const { return contents(out(folder) + "/log.jsonl"); }
  std::string weights(const std::string& folder) const {
    return contents(out(folder) + "/weights.safetensors");
  }
  // Names and bytes of all files in the folder.
  std::string all(const std::string& folder) const {
    std::map<std::string, std::string> files;
    if (!fs::exists(out(folder))) return "no folder";
    for (const auto& file : fs::directory_iterator(out(folder))) {
      files[file.path().filename().string()] = contents(file.path());
    }
    std::string result;
    for (const auto& [name, bytes] : files) result += name + ": " + bytes + "\n";
    return result;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(run)

BOOST_AUTO_TEST_CASE(a_trainer_of_ones_own_needs_a_study_only) {
  Trained t;
  BOOST_REQUIRE_EQUAL(t.run("a", {"--steps", "300", "--min-lr", "0"}), 0);
  BOOST_TEST(t.said.starts_with("points: " + t.points + "\na line: 2 parameters, 300 steps\n"));
  BOOST_TEST(t.said.ends_with("a sample\n"));
  const auto weights = nn::load_checkpoint(t.out("a") + "/weights.safetensors");
  BOOST_TEST(std::abs(weights.at("weight").tensor().item() - 2) < 0.01);
  BOOST_TEST(std::abs(weights.at("bias").tensor().item() - 1) < 0.02);
  BOOST_TEST(t.log("a").starts_with(R"({"batch":12,"clip":1,"eval-every":500,"lr":0.1,)"));
}

// What is wrong with a command is found before anything is touched: neither a run that is there nor
// a folder that is not there changes. Further cases are further rows.
BOOST_AUTO_TEST_CASE(a_refused_run_touches_nothing) {
  struct Case {
    std::string why;
    std::vector<std::string> words;
    bool without_data = false;
  };
  const std::vector<Case> cases{
      {"no data", {"--overwrite"}, true},
      {"no data to go on with", {"--resume"}, true},
      {"weights that cannot be saved", {"--overwrite", "--note", "\xff\xfe"}},
      {"a contradiction", {"--resume", "--overwrite"}},
      {"another setting than the checkpoint's", {"--resume", "--scale", "3"}},
      {"fewer steps than are done", {"--resume", "--steps", "5"}},
  };
  Trained t;
  BOOST_REQUIRE_EQUAL(t.run("a", {}), 0);
  const std::string before = t.all("a");
  const std::string points = t.points;
  for (const Case& c : cases) {
    t.points = c.without_data ? "/nowhere" : points;
    BOOST_CHECK_THROW(t.run("a", c.words), Error);
    BOOST_TEST((t.all("a") == before), c.why);
    BOOST_CHECK_THROW(t.run("b", c.words), Error);
    BOOST_TEST(t.all("b") == "no folder", c.why);
  }
  t.points = points;
  BOOST_CHECK_EXCEPTION(t.run("a", {}), ValueError, [](const Error& error) {
    return std::string(error.what()).find("holds a run already\nhint: --resume") !=
           std::string::npos;
  });
  BOOST_TEST((t.all("a") == before));
  BOOST_TEST(t.run("a", {"--overwrite", "--scale", "2"}) == 0);
  BOOST_TEST((t.all("a") != before));
}

// A checkpoint and the weights say which trainer made them; one that does not say is older.
BOOST_AUTO_TEST_CASE(another_trainer_does_not_go_on) {
  Trained t;
  BOOST_REQUIRE_EQUAL(t.run("a", {}), 0);
  BOOST_TEST(nn::load_checkpoint(t.out("a") + "/weights.safetensors").metadata.at("trainer") ==
             "line");
  const std::string before = t.all("a");
  t.trainer = "curve";
  BOOST_CHECK_EXCEPTION(t.run("a", {"--resume"}), ValueError, [](const Error& error) {
    return std::string(error.what()).find("is a checkpoint of 'line', and this is 'curve'") !=
           std::string::npos;
  });
  BOOST_TEST((t.all("a") == before));
  const std::string path = t.out("a") + "/step-00000020.safetensors";
  nn::TensorFile older = nn::load_checkpoint(path);
  older.metadata.erase("trainer");
  nn::save_checkpoint(path, older);
  BOOST_TEST(t.run("a", {"--resume", "--steps", "40"}) == 0);
}

// A run that saved nothing but its start is no run to be sorry for.
BOOST_AUTO_TEST_CASE(a_folder_with_step_0_only_is_free) {
  Trained t;
  BOOST_REQUIRE_EQUAL(t.run("a", {}), 0);
  fs::remove(t.out("a") + "/weights.safetensors");
  BOOST_CHECK_THROW(t.run("a", {}), ValueError);  // its checkpoints are somebody's hours
  fs::remove(t.out("a") + "/step-00000020.safetensors");
  BOOST_REQUIRE(fs::exists(t.out("a") + "/step-00000000.safetensors"));
  BOOST_TEST(t.run("a", {}) == 0);
}

BOOST_AUTO_TEST_CASE(a_finished_run_goes_on_with_more_steps) {
  Trained t;
  BOOST_REQUIRE_EQUAL(t.run("a", {}), 0);
  BOOST_REQUIRE_EQUAL(t.run("direct", {"--steps", "50"}), 0);
  BOOST_REQUIRE_EQUAL(t.run("a", {"--resume", "--steps", "50"}), 0);
  BOOST_TEST(t.said.find("from here on 50 steps") != std::string::npos);
  BOOST_TEST(t.log("a").find("{\"step\":20,\"steps\":50}\n{\"step\":21,") != std::string::npos);
  // The learning rate is then that of a run of 50 steps.
  const auto rate = [](const std::string& log, const std::string& step) {
    const std::size_t line = log.find("{\"step\":" + step + ",\"loss\"");
    const std::size_t begin = log.find("\"lr\"", line);
    return log.substr(begin, log.find(',', begin) - begin);
  };
  for (const char* step : {"21", "35", "50"}) {
    BOOST_TEST(rate(t.log("a"), step) == rate(t.log("direct"), step));
  }
  // The checkpoint knows the new number.
  const std::string log = t.log("a"), weights = t.weights("a");
  fs::remove(t.out("a") + "/step-00000050.safetensors");
  BOOST_REQUIRE_EQUAL(t.run("a", {"--resume"}), 0);
  BOOST_TEST((t.log("a") == log));
  BOOST_TEST((t.weights("a") == weights));
}

BOOST_AUTO_TEST_SUITE_END()
