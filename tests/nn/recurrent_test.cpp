// Recurrent layers: the layer is its cell in both directions, derivatives, and what they refuse.
// Values stand beside PyTorch's in tests/golden/.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "nn/gru.h"
#include "nn/lstm.h"
#include "nn/rnn.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;

double distance(const Tensor& a, const Tensor& b) {
  if (!(a.shape() == b.shape())) return 1e9;
  double worst = 0;
  for (Index i = 0; i < a.size(); ++i) {
    const double off = std::abs(static_cast<double>(a.data()[i] - b.data()[i]));
    if (!std::isfinite(off)) return off;  // max() would forget a NaN
    worst = std::max(worst, off);
  }
  return worst;
}

// The parameters of one direction of a layer into a cell of the same size.
void copy_weights(const std::vector<Parameter>& layer, std::size_t from, const nn::Module& cell) {
  for (const Parameter& own : cell.parameters()) own.value.assign(layer[from++].value);
}

// What the layer put out at step t, in one direction.
Tensor output_at(const Tensor& output, Index t, Index direction, Index hidden) {
  return slice(select(output, 1, t), -1, hidden * direction, hidden * (direction + 1));
}

BOOST_AUTO_TEST_SUITE(recurrent)

BOOST_AUTO_TEST_CASE(gru_is_its_cell_in_both_directions) {
  Generator rng(1);
  const nn::GRU gru(3, 4, rng, {.bidirectional = true});
  const Tensor x = rng.normal({2, 5, 3});
  const nn::GRUResult y = gru(x);
  BOOST_CHECK(y.output.shape() == Shape({2, 5, 8}));
  BOOST_CHECK(y.state.shape() == Shape({2, 2, 4}));
  BOOST_CHECK_EQUAL(gru.parameters()[4].name, "weight_ih_l0_reverse");
  for (Index direction = 0; direction < 2; ++direction) {
    nn::GRUCell cell(3, 4, rng);
    copy_weights(gru.parameters(), static_cast<std::size_t>(4 * direction), cell);
    Tensor h = Tensor::zeros({2, 4});
    for (Index i = 0; i < 5; ++i) {
      const Index t = direction == 0 ? i : 4 - i;
      h = cell(select(x, 1, t), h);
      BOOST_CHECK_SMALL(distance(h, output_at(y.output, t, direction, 4)), 1e-6);
    }
    BOOST_CHECK_SMALL(distance(h, select(y.state, 0, direction)), 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(lstm_is_its_cell_in_both_directions) {
  Generator rng(1);
  const nn::LSTM lstm(3, 4, rng, {.bidirectional = true});
  const Tensor x = rng.normal({2, 5, 3});
  const nn::LSTMState first{rng.normal({2, 2, 4}), {}};  // c: zeros
  const nn::LSTMResult y = lstm(x, first);
  BOOST_CHECK(y.output.shape() == Shape({2, 5, 8}));
  for (Index direction = 0; direction < 2; ++direction) {
    nn::LSTMCell cell(3, 4, rng);
    copy_weights(lstm.parameters(), static_cast<std::size_t>(4 * direction), cell);
    nn::LSTMState state{select(first.h, 0, direction), Tensor::zeros({2, 4})};
    for (Index i = 0; i < 5; ++i) {
      const Index t = direction == 0 ? i : 4 - i;
      state = cell(select(x, 1, t), state);
      BOOST_CHECK_SMALL(distance(state.h, output_at(y.output, t, direction, 4)), 1e-6);
    }
    BOOST_CHECK_SMALL(distance(state.h, select(y.state.h, 0, direction)), 1e-6);
    BOOST_CHECK_SMALL(distance(state.c, select(y.state.c, 0, direction)), 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(rnn_is_its_cell_in_both_directions) {
  Generator rng(1);
  const nn::RNN rnn(3, 4, rng, {.nonlinearity = relu, .bidirectional = true});
  const Tensor x = rng.normal({2, 5, 3});
  const nn::RNNResult y = rnn(x);
  BOOST_CHECK(y.output.shape() == Shape({2, 5, 8}));
  for (Index direction = 0; direction < 2; ++direction) {
    nn::RNNCell cell(3, 4, rng, {.nonlinearity = relu});
    copy_weights(rnn.parameters(), static_cast<std::size_t>(4 * direction), cell);
    Tensor h = Tensor::zeros({2, 4});
    for (Index i = 0; i < 5; ++i) {
      const Index t = direction == 0 ? i : 4 - i;
      h = cell(select(x, 1, t), h);
      BOOST_CHECK_SMALL(distance(h, output_at(y.output, t, direction, 4)), 1e-6);
    }
    BOOST_CHECK_SMALL(distance(h, select(y.state, 0, direction)), 1e-6);
  }
}

// A sequence in two pieces, the state handed over, is the sequence.
BOOST_AUTO_TEST_CASE(state_continues_a_sequence) {
  Generator rng(1);
  const nn::LSTM lstm(3, 4, rng, {.layers = 2});
  const Tensor x = rng.normal({2, 7, 3});
  const nn::LSTMResult whole = lstm(x);
  const nn::LSTMResult front = lstm(slice(x, 1, 0, 3));
  const nn::LSTMResult rest = lstm(slice(x, 1, 3, 7), front.state);
  BOOST_CHECK_SMALL(distance(concat({front.output, rest.output}, 1), whole.output), 1e-6);
  BOOST_CHECK_SMALL(distance(rest.state.c, whole.state.c), 1e-6);
}

BOOST_AUTO_TEST_CASE(parameters_are_named_as_in_pytorch) {
  Generator rng(1);
  const nn::LSTM lstm(3, 4, rng, {.layers = 2, .bidirectional = true});
  const std::vector<Parameter> p = lstm.parameters();
  BOOST_REQUIRE_EQUAL(p.size(), 16u);
  BOOST_CHECK_EQUAL(p[1].name, "weight_hh_l0");
  BOOST_CHECK_EQUAL(p[6].name, "bias_ih_l0_reverse");
  BOOST_CHECK_EQUAL(p[12].name, "weight_ih_l1_reverse");
  BOOST_CHECK(p[12].value.shape() == Shape({16, 8}));
  for (const Parameter& parameter : p) {
    for (const Real v : parameter.value.values()) BOOST_REQUIRE_LE(std::abs(v), Real(0.5));
  }
}

BOOST_AUTO_TEST_CASE(derivatives) {
  Generator rng(1);
  const nn::GRU gru(2, 2, rng, {.bidirectional = true});
  const nn::LSTM lstm(2, 2, rng, {.bidirectional = true});
  const std::vector<Tensor> inputs = {rng.normal({2, 3, 2}), rng.normal({2, 2, 2}),
                                      rng.normal({2, 2, 2})};
  gradcheck("GRU",
            [&](const std::vector<Tensor>& v) {
              const nn::GRUResult y = gru(v[0], v[1]);
              return sum(y.output) + sum(square(y.state));
            },
            {inputs[0], inputs[1]});
  const nn::RNN rnn(2, 2, rng, {.bidirectional = true});
  gradcheck("RNN",
            [&](const std::vector<Tensor>& v) {
              const nn::RNNResult y = rnn(v[0], v[1]);
              return sum(y.output) + sum(square(y.state));
            },
            {inputs[0], inputs[1]});
  gradcheck(
      "LSTM",
      [&](const std::vector<Tensor>& v) {
        const nn::LSTMResult y = lstm(v[0], {v[1], v[2]});
        return sum(y.output) + sum(square(y.state.h)) + sum(square(y.state.c));
      },
      inputs);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Generator rng(1);
  const Tensor x = Tensor::ones({2, 4}), sequence = Tensor::ones({2, 3, 4});
  const Tensor state = Tensor::ones({2, 2, 2});
  expect_throw<ShapeError>(
      [&] {
        nn::GRUCell(4, 2, rng)(x, Tensor::ones({3, 2}));
      },
      "[GRUCell] h must be (B, hidden) = (2, 2), got (3, 2)");
  expect_throw<ShapeError>([&] { nn::GRU(4, 2, rng)(x); },
                           "[GRU] x must be (B, T, in) = (any, any, 4), got (2, 4)");
  expect_throw<ShapeError>(
      [&] {
        nn::GRU(4, 2, rng)(Tensor::ones({2, 0, 4}));
      },
      "[GRU] x must have at least one step, got (2, 0, 4)");
  expect_throw<ShapeError>([&] { nn::GRU(4, 2, rng)(sequence, state); },
                           "[GRU] state must be (layers, B, hidden) = (1, 2, 2), got (2, 2, 2)");
  expect_throw<ValueError>([&] { nn::GRU(2, 2, rng, {.layers = 0}); },
                           "[GRU] layers must be at least 1, got 0");
  expect_throw<ShapeError>([&] { nn::RNNCell(4, 2, rng)(sequence, x); },
                           "[RNNCell] x must be (B, in) = (any, 4), got (2, 3, 4)");
  expect_throw<ShapeError>([&] { nn::RNN(4, 2, rng)(x); },
                           "[RNN] x must be (B, T, in) = (any, any, 4), got (2, 4)");
  expect_throw<ShapeError>([&] { nn::RNN(4, 2, rng)(sequence, state); },
                           "[RNN] state must be (layers, B, hidden) = (1, 2, 2), got (2, 2, 2)");
  expect_throw<ValueError>([&] { nn::RNN(2, 2, rng, {.layers = 0}); },
                           "[RNN] layers must be at least 1, got 0");
  expect_throw<ShapeError>(
      [&] {
        nn::LSTMCell(4, 2, rng)(x, {Tensor::ones({2, 2}), Tensor::ones({2, 3})});
      },
      "[LSTMCell] c must be (B, hidden) = (2, 2), got (2, 3)");
  expect_throw<ShapeError>([&] { nn::LSTM(4, 2, rng)(x); },
                           "[LSTM] x must be (B, T, in) = (any, any, 4), got (2, 4)");
  expect_throw<ShapeError>(
      [&] {
        nn::LSTM(4, 2, rng)(sequence, {{}, state});
      },
      "[LSTM] state must be (layers, B, hidden) = (1, 2, 2), got (2, 2, 2)");
  expect_throw<ValueError>([&] { nn::LSTM(2, 0, rng); }, "[LSTM] hidden must be at least 1, got 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
