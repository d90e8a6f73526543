// Transformer-XL: segments against one long pass, what they reach, what learns from what, and the
// shift. The mutants of its recurrence run these cases.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "attention/block.h"
#include "attention/core.h"
#include "attention/memory/transformer_xl.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

void close(const Tensor& found, const Tensor& expected, const std::string& what) {
  const double off = distance(found, expected);
  BOOST_TEST(off <= 1e-11, what << ": off by " << off);
}

// Several blocks around it, run on a text in segments.
class Stack {
 public:
  Stack(Index layers, Index memory) {
    Generator rng(7);
    for (Index i = 0; i < layers; ++i) {
      auto mixer = std::make_unique<TransformerXL>(
          TransformerXLOptions{.width = width, .heads = heads, .memory = memory}, rng);
      blocks_.push_back(std::make_unique<EncoderBlock>(BlockOptions{.width = width},
                                                       std::move(mixer), rng));
      for (const Parameter& parameter : blocks_.back()->parameters()) {
        parameter.value.assign(rng.normal(parameter.value.shape(), 0, 0.5));
      }
    }
  }

  Tensor in_one_pass(const Tensor& text, const Mask& mask = {}) const {
    Tensor x = text;
    for (const auto& block : blocks_) x = (*block)(x, mask);
    return x;
  }

  Tensor in_segments(const Tensor& text, const std::vector<Index>& lengths) const {
    std::vector<std::optional<MixerState>> states(blocks_.size(), MixerState{});
    std::vector<Tensor> parts;
    Index at = 0;
    for (const Index length : lengths) {
      Tensor x = slice(text, 1, at, at + length);
      for (std::size_t i = 0; i < blocks_.size(); ++i) {
        const Mixed mixed = (*blocks_[i])(MixerInput{.x = x, .state = states[i]});
        x = mixed.y;
        states[i] = mixed.state;
      }
      parts.push_back(x);
      at += length;
    }
    return concat(parts, 1);
  }

 private:
  std::vector<std::unique_ptr<EncoderBlock>> blocks_;
};

std::vector<Index> equal_segments(Index text, Index length) {
  std::vector<Index> lengths;
  for (Index left = text; left > 0; left -= length) lengths.push_back(std::min(left, length));
  return lengths;
}

// In one pass over `text` positions: what a query sees that has a memory of its own segment's past.
bool sees(Index i, Index j, Index segment, Index memory) {
  return j <= i && j >= i / segment * segment - memory;
}

Mask as_if_in_segments(Index text, Index segment, Index memory) {
  return Pattern("segments", [=](Index i, Index j) { return sees(i, j, segment, memory); })
      .expand(text, text)
      .reshape({1, 1, text, text});
}

TransformerXL layer_with(Index memory, bool is_causal = true) {
  Generator rng(9);
  return TransformerXL(
      {.width = width, .heads = heads, .causal = is_causal, .memory = memory}, rng);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transformer_xl)

BOOST_AUTO_TEST_CASE(segments_with_all_memory_are_one_pass) {
  const Tensor text = sample({2, 13, width}, 1);
  const Stack stack(3, 13);
  const Tensor whole = stack.in_one_pass(text);
  for (const std::vector<Index>& lengths :
       {equal_segments(13, 5), equal_segments(13, 4), equal_segments(13, 1), equal_segments(13, 7),
        std::vector<Index>{1, 9, 3}}) {
    close(stack.in_segments(text, lengths), whole, "segments");
  }
}

// A memory shorter than a segment, as long, longer, and none.
BOOST_AUTO_TEST_CASE(segments_with_less_are_a_masked_pass) {
  const Tensor text = sample({2, 13, width}, 2);
  for (const auto& [segment, memory] :
       std::vector<std::pair<Index, Index>>{{5, 3}, {5, 2}, {4, 4}, {4, 7}, {3, 8}, {5, 0}}) {
    const Stack stack(2, memory);
    const Tensor masked = stack.in_one_pass(text, as_if_in_segments(13, segment, memory));
    close(stack.in_segments(text, equal_segments(13, segment)), masked,
          std::to_string(segment) + " with " + std::to_string(memory));
    BOOST_TEST(distance(masked, stack.in_one_pass(text)) > 1e-3);
  }
}

// Layers hand on what the memory of the layer below saw, and nothing else arrives.
BOOST_AUTO_TEST_CASE(layers_reach_what_their_memories_compose) {
  constexpr Index text = 10, segment = 3, memory = 2;
  const Tensor x = sample({1, text, width}, 3);
  std::vector<std::vector<bool>> reach(text, std::vector<bool>(text));
  for (std::size_t i = 0; i < text; ++i) reach[i][i] = true;
  for (const Index layers : {1, 2}) {
    const Stack stack(layers, memory);
    const Tensor before = stack.in_segments(x, equal_segments(text, segment));
    std::vector<std::vector<bool>> next = reach;
    for (Index i = 0; i < text; ++i) {
      for (Index k = 0; k < text; ++k) {
        for (Index j = 0; sees(i, k, segment, memory) && j < text; ++j) {
          const auto row = static_cast<std::size_t>(k), column = static_cast<std::size_t>(j);
          if (reach[row][column]) next[static_cast<std::size_t>(i)][column] = true;
        }
      }
    }
    reach = next;
    for (Index j = 0; j < text; ++j) {
      const Tensor after = stack.in_segments(with_token(x, j, 4), equal_segments(text, segment));
      for (Index i = 0; i < text; ++i) {
        const double moved = distance(slice(after, 1, i, i + 1), slice(before, 1, i, i + 1));
        const bool reached = reach[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
        BOOST_TEST((moved > 0) == reached, layers << " layers, " << j << " to " << i);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(no_gradient_into_the_memory) {
  const TransformerXL layer = layer_with(4);
  Tensor before = sample({2, 4, width}, 5), now = sample({2, 3, width}, 6);
  before.require_grad();
  now.require_grad();
  const Mixed first = layer.mix({.x = before, .state = MixerState{}});
  const Tensor y = layer.mix({.x = now, .state = first.state}).y;
  const std::vector<Tensor> moved = grad({sum(square(y))}, {before, now});
  close(moved[0], Tensor::zeros(before.shape()), "gradient into the memory");
  BOOST_TEST(largest(moved[1]) > 1e-3);
}

BOOST_AUTO_TEST_CASE(the_state_is_the_last_inputs) {
  const TransformerXL layer = layer_with(4);
  const Tensor text = sample({2, 9, width}, 7);
  std::optional<MixerState> state = MixerState{};
  for (const Index end : {3, 6, 9}) {
    state = layer.mix({.x = slice(text, 1, end - 3, end), .state = state}).state;
    const Index start = std::max<Index>(0, end - 4);
    BOOST_REQUIRE(state->tensors.size() == 1U);
    BOOST_TEST(distance(state->tensors[0], slice(text, 1, start, end)) == 0.0);
    BOOST_TEST(state->seen == end);
  }
  const Mixed forgetful = layer_with(0).mix({.x = text, .state = MixerState{}});
  BOOST_TEST(forgetful.state->tensors.empty());
  BOOST_TEST(forgetful.state->seen == 9);
}

// Only how far apart two tokens stand counts: neither how much went by before, nor what is hidden
// in front.
BOOST_AUTO_TEST_CASE(positions_count_from_the_query) {
  const TransformerXL layer = layer_with(4);
  const Tensor before = sample({2, 4, width}, 8), now = sample({2, 3, width}, 9);
  const Tensor y = layer.mix({.x = now, .state = MixerState{{before}, 4}}).y;
  const Tensor later = layer.mix({.x = now, .state = MixerState{{before}, 1000}}).y;
  BOOST_TEST(distance(y, later) == 0.0);
  for (const bool is_causal : {true, false}) {
    const TransformerXL other = layer_with(0, is_causal);
    const Tensor longer = concat({sample({2, 6, width}, 10), now}, 1);
    std::vector<std::uint8_t> real(18, 1);
    for (const std::ptrdiff_t row : {0, 9}) std::fill_n(real.begin() + row, 6, std::uint8_t{0});
    const Tensor shifted = other.mix({.x = longer, .mask = Mask({2, 1, 1, 9}, real)}).y;
    close(slice(shifted, 1, 6, 9), other.mix({.x = now}).y, "moved by six");
  }
}

BOOST_AUTO_TEST_CASE(the_shift_is_the_index_written_out) {
  for (const auto& [queries, keys] :
       std::vector<std::pair<Index, Index>>{{1, 1}, {1, 6}, {4, 4}, {3, 7}, {5, 2}}) {
    for (const Index columns : {keys + 1, keys + queries}) {
      const Tensor x = sample({2, 3, queries, columns}, 11);
      const Tensor y = relative_shift(x, keys);
      BOOST_REQUIRE(y.shape() == (Shape{2, 3, queries, keys}));
      for (Index row = 0; row < 6 * queries; ++row) {
        for (Index j = 0; j < keys; ++j) {
          const Index apart = keys - queries + row % queries - j;  // i - j
          if (columns < keys + queries && apart < -1) continue;    // ahead: nothing is said
          const Index column = keys - 1 - apart;
          BOOST_TEST(y.data()[row * keys + j] == x.data()[row * columns + column]);
        }
      }
    }
  }
  BOOST_CHECK_EXCEPTION(relative_shift(sample({1, 1, 2, 3}, 1), 3), ShapeError,
                        [](const ShapeError& error) {
                          return std::string(error.what()) ==
                                 "[relative_shift] x must be (B, H, T, L) with L > 3 keys: got "
                                 "(1, 1, 2, 3)";
                        });
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused) {
  Generator rng(1);
  const auto says = [](const std::string& text) {
    return [text](const std::exception& error) { return std::string(error.what()) == text; };
  };
  BOOST_CHECK_EXCEPTION(
      TransformerXL({.width = 8, .memory = -2}, rng), ValueError,
      says("[transformer-xl] memory must not be negative: -2\nhint: positions that the next "
           "segment sees; -1, the longest sequence, is the catalog's"));
  BOOST_CHECK_EXCEPTION(
      TransformerXL({.width = 7}, rng), ValueError,
      says("[transformer-xl] width must be even, for pairs of sine and cosine: 7"));
  const Tensor x = sample({2, 3, width}, 12);
  const MixerState of_three{{sample({3, 4, width}, 13)}, 4};
  BOOST_CHECK_EXCEPTION(layer_with(4).mix({.x = x, .state = of_three}), ShapeError,
                        says("[transformer-xl] the state holds a memory (3, 4, 8), the input is "
                             "(2, 3, 8)\nhint: a state belongs to one batch of texts"));
  BOOST_CHECK_EXCEPTION(
      layer_with(4, false).mix({.x = x, .state = MixerState{}}), ValueError,
      says("[transformer-xl] cannot continue from a state\nhint: `causal` and others that look "
           "back only can"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
