// Memory that runs out at any point of a training step, and of bringing a checkpoint back: what was
// there before is there after, and the next attempt does what an undisturbed one does.
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

#include "attention/block.h"
#include "attention/dense/multi_head.h"
#include "autograd/memory.h"
#include "autograd/ops.h"
#include "nn/embedding.h"
#include "nn/files/checkpoint.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;

std::unique_ptr<attention::Mixer> two_heads(Generator& rng) {
  return std::make_unique<attention::MultiHead>(attention::MultiHeadOptions{.width = 6, .heads = 2},
                                                rng);
}

// Tokens, an encoder block, a filter over windows in time, a read-out of picked places.
class Model : public nn::Module {
 public:
  explicit Model(Generator& rng)
      : embed_(child<nn::Embedding>("embed", 7, 6, rng)),
        block_(child<attention::EncoderBlock>(
            "block", attention::BlockOptions{.width = 6, .hidden = 8}, two_heads(rng), rng)),
        filter_(param("filter", rng.normal({3, 6, 6}, 0, 0.3))),
        read_(child<nn::Linear>("read", 6, 5, rng)) {}

  Tensor loss() const {
    const Tensor h = block_(embed_(Indices(Shape{2, 4}, {0, 3, 1, 6, 2, 2, 5, 0})));  // (2, 4, 6)
    const Tensor around = pad(h, 1, 1, 1, {.mode = PadMode::circular});               // (2, 6, 6)
    const Tensor windows = unfold(around, 1, 3, 1);                        // (2, 4, 6, 3)
    const Tensor mixed = h + einsum("btcw,wcd->btd", {windows, filter_});  // (2, 4, 6)
    const Tensor last = select(flip(mixed, 1), 1, 0);                      // (2, 6)
    const Tensor swapped = scatter_add(last, Indices(Shape{2, 1}, {4, 0}), last, 1);
    return cross_entropy(read_(concat(split(swapped, 1), 0)), Indices({1, 4}));
  }

 private:
  nn::Embedding& embed_;
  attention::EncoderBlock& block_;
  Tensor filter_;
  nn::Linear& read_;
};

using Values = std::vector<std::vector<Real>>;

struct Run {
  Generator rng{3};
  Model model{rng};
  optim::AdamW optimizer{model.parameters(), {.lr = 0.05}};

  void step() {
    optimizer.zero_grad();
    model.loss().backward();
    optim::clip_by_norm(model.parameters(), 0.1);
    optimizer.step();
  }

  // All that a step may change.
  Values values() const {
    Values all;
    for (const Parameter& p : model.parameters()) {
      all.emplace_back(p.value.values().begin(), p.value.values().end());
    }
    const optim::OptimizerState state = optimizer.state();
    for (const Parameter& p : state.tensors) {
      all.emplace_back(p.value.values().begin(), p.value.values().end());
    }
    all.push_back({static_cast<Real>(state.steps)});
    return all;
  }
};

bool same(const Values& a, const Values& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].size() != b[i].size()) return false;
    if (std::memcmp(a[i].data(), b[i].data(), a[i].size() * sizeof(Real)) != 0) return false;
  }
  return true;
}

// Fails every allocation of `attempt` in turn and calls `after` each time. Returns how many failed.
template <class Attempt, class After>
int at_every_allocation(Attempt&& attempt, After&& after) {
  for (int failures = 0;; ++failures) {
    memory::fail_allocation(static_cast<std::uint64_t>(failures) + 1);
    const std::string what = thrown<OutOfMemory>(attempt);
    memory::fail_allocation(0);
    if (what == "nothing") return failures;
    after();
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(allocation_failure)

BOOST_AUTO_TEST_CASE(a_training_step_happens_whole_or_not_at_all) {
  Run run, undisturbed;
  run.step();
  undisturbed.step();
  const Values before = run.values();
  const optim::OptimizerState moments = run.optimizer.state();
  std::vector<Tensor> weights;
  for (const Parameter& p : run.model.parameters()) {
    weights.push_back(Tensor(p.value.shape(), p.value.values()));
  }
  undisturbed.step();
  const Values expected = undisturbed.values();
  run.optimizer.zero_grad();
  const auto bytes = memory::counters().live_bytes;
  const Index nodes = live_nodes();
  const int failures = at_every_allocation([&] { run.step(); },
                                           [&] {
                                             BOOST_TEST(same(run.values(), before));
                                             run.optimizer.zero_grad();
                                             BOOST_TEST(memory::counters().live_bytes == bytes);
                                             BOOST_TEST(live_nodes() == nodes);
                                             BOOST_TEST(grad_enabled());
                                             run.step();
                                             BOOST_TEST(same(run.values(), expected));
                                             const std::vector<Parameter> parameters =
                                                 run.model.parameters();
                                             for (std::size_t i = 0; i < weights.size(); ++i)
                                               parameters[i].value.assign(weights[i]);
                                             run.optimizer.restore(moments);
                                             run.optimizer.zero_grad();
                                           });
  BOOST_TEST_MESSAGE("allocations of a training step that were made to fail: " << failures);
  BOOST_TEST(failures > 80);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_is_loaded_whole_or_not_at_all) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("heed_failure_" + std::to_string(getpid()));
  Run saved, run;
  for (int i = 0; i < 3; ++i) saved.step();
  run.step();
  nn::TensorFile file;
  nn::store_weights(saved.model, "model.", file);
  nn::store_parameters(saved.optimizer.state().tensors, "optimizer.", file);
  nn::save_checkpoint(path.string(), file);
  const auto load = [&] {
    const nn::TensorFile found = nn::load_checkpoint(path.string());
    optim::OptimizerState state = run.optimizer.state();
    nn::load_parameters(state.tensors, found, "optimizer.");
    state.steps = 3;
    nn::load_into(run.model, found, "model.");
    run.optimizer.restore(state);
  };
  const Values before = run.values();
  const auto bytes = memory::counters().live_bytes;
  const int failures = at_every_allocation(load, [&] {
    BOOST_TEST(same(run.values(), before));
    BOOST_TEST(memory::counters().live_bytes == bytes);
  });
  BOOST_TEST_MESSAGE("allocations of a load that were made to fail: " << failures);
  BOOST_TEST(failures > 10);
  BOOST_TEST(same(run.values(), saved.values()));
  std::filesystem::remove(path);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
