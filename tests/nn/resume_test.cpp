// A run that was saved and taken up again ends where an uninterrupted one ends, bit for bit.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <type_traits>

#include "autograd/ops.h"
#include "nn/dropout.h"
#include "nn/files/checkpoint.h"
#include "nn/linear.h"
#include "nn/losses.h"
#include "optim/adamw.h"
#include "optim/sgd.h"
#include "tests/nn/temporary_folder.h"

namespace heed_test {
namespace {

using namespace heed;

class Net : public nn::Module {
 public:
  explicit Net(Generator& rng)
      : in_(child<nn::Linear>("in", 3, 8, rng)),
        dropout_(child<nn::Dropout>("dropout", 0.3)),
        out_(child<nn::Linear>("out", 8, 1, rng)) {}
  Tensor operator()(const Tensor& x) const { return out_(dropout_(tanh(in_(x)))); }

 private:
  nn::Linear& in_;
  nn::Dropout& dropout_;
  nn::Linear& out_;
};

template <class Optimizer>
void train(Net& net, Optimizer& optimizer, std::uint64_t from, std::uint64_t to) {
  const Generator data(7);
  for (std::uint64_t step = from; step < to; ++step) {
    net.seed_draws(3, step);
    Generator batch = data.stream(step);
    const Tensor x = batch.normal({16, 3});
    const Tensor loss = nn::mse(net(x), sum(x, {1}, true));
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  }
}

std::vector<Real> weights_of(const Net& net) {
  std::vector<Real> all;
  for (const Parameter& parameter : net.parameters()) {
    all.insert(all.end(), parameter.value.values().begin(), parameter.value.values().end());
  }
  return all;
}

template <class Optimizer, class Options>
void check_resume(const Options& options) {
  const TemporaryFolder folder;
  Generator rng(1);
  Net net(rng);
  Optimizer optimizer(net.parameters(), options);
  train(net, optimizer, 0, 5);

  nn::TensorFile file;
  nn::store_parameters(net.state(), "model.", file);
  const optim::OptimizerState state = optimizer.state();
  nn::store_parameters(state.tensors, "optimizer.", file);
  file.metadata["steps"] = nn::exact_text(state.steps);
  nn::Checkpoints store(folder.path());
  store.save(5, file);
  train(net, optimizer, 5, 10);

  Generator another(99);
  Net resumed(another);
  Optimizer taken_up(resumed.parameters(), options);
  const auto found = store.newest();
  BOOST_REQUIRE(found.has_value());
  nn::load_into(resumed, found->file, "model.");
  optim::OptimizerState restored = taken_up.state();
  nn::load_parameters(restored.tensors, found->file, "optimizer.");
  restored.steps = nn::exact_int(found->file, "steps");
  taken_up.restore(restored);
  BOOST_CHECK(weights_of(net) != weights_of(resumed));
  train(resumed, taken_up, 5, 10);
  BOOST_CHECK(weights_of(net) == weights_of(resumed));
  BOOST_CHECK_EQUAL(taken_up.steps(), 10);
}

BOOST_AUTO_TEST_SUITE(resume)

BOOST_AUTO_TEST_CASE(adamw) { check_resume<optim::AdamW>(optim::AdamWOptions{.lr = 0.05}); }
BOOST_AUTO_TEST_CASE(sgd) {
  check_resume<optim::SGD>(optim::SGDOptions{.lr = 0.05, .momentum = 0.9});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
