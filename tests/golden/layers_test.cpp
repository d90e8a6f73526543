// Layers and losses against PyTorch: values and gradients.
#include <boost/test/unit_test.hpp>

#include "autograd/ops.h"
#include "nn/embedding.h"
#include "nn/files/checkpoint.h"
#include "nn/glu.h"
#include "nn/group_norm.h"
#include "nn/gru.h"
#include "nn/instance_norm.h"
#include "nn/layer_norm.h"
#include "nn/lstm.h"
#include "nn/rms_norm.h"
#include "nn/rnn.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

Generator rng(1);

BOOST_AUTO_TEST_SUITE(layers)

BOOST_AUTO_TEST_CASE(gru_two_layers) {
  const Golden golden("torch_gru");
  nn::GRU gru(3, 4, rng, {.layers = 2});
  nn::load_parameters(gru.parameters(), golden.file(), "param.");
  const Tensor x = golden.leaf("input.x");
  const Tensor h = golden.leaf("input.h0");
  const nn::GRUResult y = gru(x, h);
  expect_golden(golden, {{"input.x", x}, {"input.h0", h}},
                {{"output", y.output}, {"output.h_n", y.state}}, gru.parameters());
}

BOOST_AUTO_TEST_CASE(gru_in_both_directions) {
  const Golden golden("torch_gru_bidirectional");
  nn::GRU gru(3, 4, rng, {.layers = 2, .bidirectional = true});
  nn::load_parameters(gru.parameters(), golden.file(), "param.");
  const Tensor x = golden.leaf("input.x");
  const Tensor h = golden.leaf("input.h0");
  const nn::GRUResult y = gru(x, h);
  expect_golden(golden, {{"input.x", x}, {"input.h0", h}},
                {{"output", y.output}, {"output.h_n", y.state}}, gru.parameters());
}

BOOST_AUTO_TEST_CASE(rnn_two_layers_in_both_directions) {
  const Golden golden("torch_rnn");
  nn::RNN rnn(3, 4, rng, {.layers = 2, .bidirectional = true});
  nn::load_parameters(rnn.parameters(), golden.file(), "param.");
  const Tensor x = golden.leaf("input.x");
  const Tensor h = golden.leaf("input.h0");
  const nn::RNNResult y = rnn(x, h);
  expect_golden(golden, {{"input.x", x}, {"input.h0", h}},
                {{"output", y.output}, {"output.h_n", y.state}}, rnn.parameters());
}

BOOST_AUTO_TEST_CASE(rnn_with_relu) {
  const Golden golden("torch_rnn_relu");
  nn::RNN rnn(3, 4, rng, {.nonlinearity = relu});
  nn::load_parameters(rnn.parameters(), golden.file(), "param.");
  const Tensor x = golden.leaf("input.x");
  const nn::RNNResult y = rnn(x);
  expect_golden(golden, {{"input.x", x}}, {{"output", y.output}, {"output.h_n", y.state}},
                rnn.parameters());
}

BOOST_AUTO_TEST_CASE(norms_of_groups_and_of_instances) {
  const Golden golden("torch_group_norms");
  const nn::GroupNorm groups(3, 6, {.eps = 1e-3});
  const nn::InstanceNorm instances(6, {.eps = 1e-2, .affine = true});
  const nn::GroupNorm plain(2, 6, {.affine = false});
  const nn::InstanceNorm plain_instances(6);
  BOOST_CHECK(plain.parameters().empty() && plain_instances.parameters().empty());
  std::vector<Parameter> parameters;
  for (const auto& [prefix, layer] : {std::pair<std::string, const nn::Module*>{"groups.", &groups},
                                      {"instances.", &instances}}) {
    for (const Parameter& own : layer->parameters()) {
      own.value.assign(golden["param." + prefix + own.name]);
      parameters.push_back({prefix + own.name, own.value});
    }
  }
  const Tensor x = golden.leaf("input.x");
  expect_golden(golden, {{"input.x", x}},
                {{"output.groups", groups(x)},
                 {"output.instances", instances(x)},
                 {"output.plain", plain(x)},
                 {"output.plain_instances", plain_instances(x)},
                 {"output.glu", nn::GLU(1)(x)},
                 {"output.glu_last", nn::GLU()(x)}},
                parameters);
}

BOOST_AUTO_TEST_CASE(lstm_two_layers_in_both_directions) {
  const Golden golden("torch_lstm");
  nn::LSTM lstm(3, 4, rng, {.layers = 2, .bidirectional = true});
  nn::load_parameters(lstm.parameters(), golden.file(), "param.");
  const Tensor x = golden.leaf("input.x");
  const nn::LSTMState first{golden.leaf("input.h0"), golden.leaf("input.c0")};
  const nn::LSTMResult y = lstm(x, first);
  expect_golden(golden, {{"input.x", x}, {"input.h0", first.h}, {"input.c0", first.c}},
                {{"output", y.output}, {"output.h_n", y.state.h}, {"output.c_n", y.state.c}},
                lstm.parameters());
}

BOOST_AUTO_TEST_CASE(layer_norm_with_another_eps) {
  const Golden golden("torch_layernorm");
  nn::LayerNorm norm(6, {.eps = 1e-3});
  nn::load_parameters(norm.parameters(), golden.file(), "param.");
  const Tensor x = golden.leaf("input.x");
  expect_golden(golden, {{"input.x", x}}, {{"output", norm(x)}}, norm.parameters());
}

// Without the one, the other, or both; RMSNorm's eps is then PyTorch's own.
BOOST_AUTO_TEST_CASE(norms_without_parameters) {
  const Golden golden("torch_norms_without");
  nn::LayerNorm without_bias(6, {.bias = false});
  nn::load_parameters(without_bias.parameters(), golden.file(), "param.");
  const nn::LayerNorm plain(6, {.weight = false, .bias = false});
  const nn::RMSNorm rms(6, {.weight = false});
  BOOST_CHECK(plain.parameters().empty() && rms.parameters().empty());
  const Tensor x = golden.leaf("input.x");
  expect_golden(golden, {{"input.x", x}},
                {{"output.without_bias", without_bias(x)},
                 {"output.plain", plain(x)},
                 {"output.rms", rms(x)}},
                without_bias.parameters());
}

BOOST_AUTO_TEST_CASE(rms_norm_with_another_eps) {
  const Golden golden("torch_norms");
  nn::RMSNorm norm(6, {.eps = 1e-3});
  norm.parameters()[0].value.assign(golden["param.rms.weight"]);
  const Tensor x = golden.leaf("input.x");
  expect_golden(golden, {{"input.x", x}}, {{"output.rms", norm(x)}},
                {{"rms.weight", norm.parameters()[0].value}});
}

BOOST_AUTO_TEST_CASE(embedding_with_padding) {
  const Golden golden("torch_embedding");
  nn::Embedding embedding(7, 4, rng, {.padding_id = 2});
  nn::load_parameters(embedding.parameters(), golden.file(), "param.");
  expect_golden(golden, {}, {{"output", embedding(golden.ids("input.ids"))}},
                embedding.parameters());
}

BOOST_AUTO_TEST_CASE(activations) {
  const Golden golden("torch_activations");
  const Tensor x = golden.leaf("input.x");
  const Tensor glu = slice(x, 1, 0, 3) * sigmoid(slice(x, 1, 3, 6));  // (6, 3)
  expect_golden(golden, {{"input.x", x}},
                {{"output.gelu_erf", gelu(x)},
                 {"output.gelu_tanh", gelu_tanh(x)},
                 {"output.silu", silu(x)},
                 {"output.softplus", softplus(x)},
                 {"output.elu", elu(x)},
                 {"output.leaky_relu", leaky_relu(x, 0.2)},
                 {"output.sigmoid", sigmoid(x)},
                 {"output.tanh", tanh(x)},
                 {"output.relu", relu(x)},
                 {"output.softmax", softmax(x)},
                 {"output.log_softmax", log_softmax(x)},
                 {"output.glu", glu}},
                {});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
