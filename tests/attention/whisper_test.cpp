// Whisper, which is no mixer, and when it heard what: blocks behind a stem, states, halved frames;
// time warping against all ways there are. Values and gradients of the published model stand in
// tests/golden/published_maps_test.cpp.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>

#include "attention/audio/alignment.h"
#include "attention/audio/whisper.h"
#include "attention/dense/multi_head.h"
#include "attention/score_shift.h"
#include "autograd/ops.h"
#include "examples/laws/slopes.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;
constexpr WhisperOptions sizes{.bands = 5,
                               .positions = 6,
                               .vocabulary = 7,
                               .context = 4,
                               .width = 8,
                               .hidden = 12,
                               .encoder_layers = 1,
                               .decoder_layers = 1,
                               .heads = 2,
                               .deviation = 0.5};

std::unique_ptr<Whisper> whisper() {
  Generator rng(7);
  return std::make_unique<Whisper>(sizes, rng);
}

struct Heard {
  Tensor features = sample({2, 5, 12}, 1);
  Indices ids = Indices({2, 4}, {6, 0, 3, 1, 6, 2, 2, 5});
};

// The weights of one module given to another, whose names lack `prefix`.
void give(const nn::Module& from, const std::string& prefix, const nn::Module& to) {
  for (const Parameter& own : to.parameters()) {
    own.value.assign(parameter_of(from, prefix + own.name));
  }
}

std::unique_ptr<Mixer> multi_head(bool causal, Generator& rng) {
  return std::make_unique<MultiHead>(
      MultiHeadOptions{.width = 8, .heads = 2, .causal = causal}, rng);
}

// The least that any way from (i, j) to the end costs, by trying all.
double cheapest(const Tensor& cost, Index i, Index j) {
  const Index rows = cost.dim(0), columns = cost.dim(1);
  const double here = static_cast<double>(cost.data()[i * columns + j]);
  if (i == rows - 1 && j == columns - 1) return here;
  double least = INFINITY;
  if (i + 1 < rows) least = std::min(least, cheapest(cost, i + 1, j));
  if (j + 1 < columns) least = std::min(least, cheapest(cost, i, j + 1));
  if (i + 1 < rows && j + 1 < columns) least = std::min(least, cheapest(cost, i + 1, j + 1));
  return here + least;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(whisper_model)

BOOST_AUTO_TEST_CASE(whisper_behind_its_stem_is_an_encoder_decoder) {
  const auto made = whisper();
  const Heard in;
  const auto of = [&](const char* name) { return parameter_of(*made, name); };
  const Tensor stem =
      gelu(conv1d(gelu(conv1d(in.features, of("encoder.conv1.weight"), of("encoder.conv1.bias"),
                              {.padding = 1})),
                  of("encoder.conv2.weight"), of("encoder.conv2.bias"),
                  {.stride = 2, .padding = 1}));
  BOOST_REQUIRE(stem.shape() == (Shape{2, 8, 6}));
  Generator rng(1);
  const BlockOptions block{.width = 8, .hidden = 12};
  const EncoderBlock reads(block, multi_head(false, rng), rng);
  auto own = multi_head(true, rng), across = multi_head(false, rng);
  const DecoderBlock writes(block, std::move(own), std::move(across), rng);
  give(*made, "encoder.layers.0.", reads);
  give(*made, "decoder.layers.0.", writes);
  const auto norm = [&](const Tensor& x, const std::string& name) {
    return layer_norm(x, parameter_of(*made, name + ".weight"),
                      parameter_of(*made, name + ".bias"));
  };
  const Tensor memory =
      norm(reads(transpose(stem) + of("encoder.embed_positions.weight")), "encoder.layer_norm");
  const Tensor words = of("decoder.embed_tokens.weight");
  const Tensor said = norm(writes(reshape(index_select(words, in.ids.reshape({8})), {2, 4, 8}) +
                                      of("decoder.embed_positions.weight"),
                                  memory),
                           "decoder.layer_norm");
  BOOST_TEST(distance(made->encode(in.features), memory) < tiny);
  BOOST_TEST(distance(made->decode(in.ids, memory), matmul(said, transpose(words))) < tiny);
}

BOOST_AUTO_TEST_CASE(frames_are_halved_and_positions_start_as_sines) {
  const auto made = whisper();
  for (const Index frames : {1, 3, 10, 11, 12}) {
    const Tensor memory = made->encode(sample({1, 5, frames}, 1));
    BOOST_TEST(memory.dim(1) == (frames + 1) / 2);
  }
  const Tensor table = parameter_of(*made, "encoder.embed_positions.weight");  // (6, 8)
  const double slowest = 1e-4;  // 10000^(-3 / 3)
  BOOST_TEST(table.data()[3 * 8] == std::sin(3.0), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(table.data()[3 * 8 + 3] == std::sin(3 * slowest),
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(table.data()[5 * 8 + 4] == std::cos(5.0), boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(no_token_sees_a_later_one_and_all_see_every_frame) {
  const auto made = whisper();
  const Heard in;
  const Tensor memory = made->encode(in.features);
  Indices other({2, 4}, {6, 0, 3, 4, 6, 2, 2, 0});  // the last of each changed
  const Tensor first = made->decode(in.ids, memory), second = made->decode(other, memory);
  BOOST_TEST(distance(slice(first, 1, 0, 3), slice(second, 1, 0, 3)) == 0.0);
  BOOST_TEST(distance(first, second) > 1e-3);
  for (const Index frame : {0, 5, 11}) {
    const Tensor bump = concat({Tensor::zeros({1, 1, frame}), Tensor::ones({1, 1, 1}),
                                Tensor::zeros({1, 1, 11 - frame})},
                               2);
    const Tensor moved = made->decode(in.ids, made->encode(in.features + bump));
    for (Index t = 0; t < 4; ++t) {
      BOOST_TEST(distance(slice(moved, 1, t, t + 1), slice(first, 1, t, t + 1)) > 1e-6);
    }
  }
}

BOOST_AUTO_TEST_CASE(it_goes_on_from_a_state_and_sounds_of_a_batch_are_independent) {
  const auto made = whisper();
  const Heard in;
  const Tensor memory = made->encode(in.features), whole = made->decode(in.ids, memory);
  WhisperState state;
  std::vector<Tensor> parts;
  for (Index t = 0; t < 4; ++t) {
    parts.push_back(made->decode(slice(in.ids, 1, t, t + 1), memory, state));
  }
  BOOST_TEST(distance(concat(parts, 1), whole) < tiny);
  // What was heard is projected with the first token and kept: another memory is not looked at.
  WhisperState kept;
  made->decode(slice(in.ids, 1, 0, 2), memory, kept);
  BOOST_TEST(distance(made->decode(slice(in.ids, 1, 2, 4), memory * 3.0, kept),
                      slice(whole, 1, 2, 4)) < tiny);
  const Tensor alone =
      made->decode(slice(in.ids, 0, 1, 2), made->encode(slice(in.features, 0, 1, 2)));
  BOOST_TEST(distance(alone, slice(whole, 0, 1, 2)) < tiny);
}

BOOST_AUTO_TEST_CASE(derivatives_of_the_whole) {
  const auto made = whisper();
  const Heard in;
  const auto loss = [&] {
    return cross_entropy(made->decode(in.ids, made->encode(in.features)), in.ids);
  };
  BOOST_TEST(deviation(loss, *made) < 1e-6);
}

BOOST_AUTO_TEST_CASE(its_looks_are_published) {
  const auto made = whisper();
  const Heard in;
  const MapRecorder recorder;
  made->decode(in.ids, made->encode(in.features));
  BOOST_TEST_REQUIRE(recorder.maps().size() == 3u);
  BOOST_TEST(recorder.maps()[2].mechanism == "cross");
  BOOST_TEST(recorder.maps()[2].weights.shape() == (Shape{2, 2, 4, 6}));
}

BOOST_AUTO_TEST_CASE(sizes_that_do_not_fit_are_refused) {
  Generator rng(1);
  WhisperOptions none = sizes;
  none.bands = 0;
  BOOST_TEST(thrown<Error>([&] { const Whisper made(none, rng); }) ==
             "[whisper] bands must be at least 1, got 0");
  const auto made = whisper();
  BOOST_TEST(thrown<Error>([&] { made->encode(sample({1, 5, 14}, 1)); }) != "");
  BOOST_TEST(thrown<Error>([&] { made->decode(Indices({1, 5}, {0, 0, 0, 0, 0}),
                                              sample({1, 6, 8}, 1)); }) != "");
}

BOOST_AUTO_TEST_CASE(no_way_is_cheaper_than_the_one_that_is_found) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Generator rng(seed);
    const Tensor cost = rng.normal({6, 6});
    const Warping way = dynamic_time_warping(cost);
    BOOST_TEST(std::abs(way.cost - cheapest(cost, 0, 0)) < tiny);
    // It is a way, and costs what it says.
    double sum = 0;
    for (std::size_t i = 0; i < way.rows.size(); ++i) {
      sum += static_cast<double>(cost.data()[way.rows[i] * 6 + way.columns[i]]);
      if (i == 0) continue;
      const Index down = way.rows[i] - way.rows[i - 1], right = way.columns[i] - way.columns[i - 1];
      BOOST_TEST((down == 0 || down == 1));
      BOOST_TEST((right == 0 || right == 1));
      BOOST_TEST(down + right > 0);
    }
    BOOST_TEST(std::abs(sum - way.cost) < tiny);
    BOOST_TEST(way.rows.front() + way.columns.front() == 0);
    BOOST_TEST(way.rows.back() == 5);
    BOOST_TEST(way.columns.back() == 5);
  }
  const Warping wide = dynamic_time_warping(Tensor({1, 3}, {1, 2, 4}));
  BOOST_TEST(wide.cost == 7);
  BOOST_TEST(wide.columns == (std::vector<Index>{0, 1, 2}));
  // Of ways as good: both, else down.
  const Warping square = dynamic_time_warping(Tensor::zeros({3, 3}));
  BOOST_TEST(square.rows == (std::vector<Index>{0, 1, 2}));
  BOOST_TEST(square.columns == square.rows);
  const Warping around = dynamic_time_warping(Tensor({2, 2}, {1, -1, -1, 0}));
  BOOST_TEST(around.rows == (std::vector<Index>{0, 0, 1}));
  BOOST_TEST(around.columns == (std::vector<Index>{0, 1, 1}));
  for (const double bad : {std::nan(""), static_cast<double>(INFINITY)}) {
    BOOST_TEST(thrown<Error>([&] {
                 dynamic_time_warping(Tensor::full({2, 2}, static_cast<Real>(bad)));
               }) == "[dynamic_time_warping] a cost is not finite: no way is the cheapest");
  }
  BOOST_TEST(thrown<Error>([] { dynamic_time_warping(Tensor::zeros({0, 3})); }) ==
             "[dynamic_time_warping] cost must be a matrix with an entry: got (0, 3)");
  BOOST_TEST(thrown<Error>([] { dynamic_time_warping(Tensor::zeros({3})); }) ==
             "[dynamic_time_warping] cost must be a matrix with an entry: got (3)");
}

// Three tokens that look at frames 0-2, 3-4 and 5-8, one head sharply and one hardly.
BOOST_AUTO_TEST_CASE(tokens_start_where_their_weights_do) {
  const std::vector<Index> starts{0, 3, 5};
  std::vector<Real> weights;
  for (const double sharp : {0.9, 0.4}) {
    for (Index t = 0; t < 3; ++t) {
      for (Index s = 0; s < 9; ++s) {
        const Index owner = s < 3 ? 0 : s < 5 ? 1 : 2;
        weights.push_back(static_cast<Real>(owner == t ? sharp : (1 - sharp) / 2));
      }
    }
  }
  const Tensor maps({2, 3, 9}, weights);
  BOOST_TEST(token_starts(maps, 1) == starts);
  BOOST_TEST(token_starts(maps, 3) == starts);
  BOOST_TEST(thrown<Error>([&] { token_starts(maps, 2); }) ==
             "[token_starts] smooth must be odd and at least 1, got 2");
  BOOST_TEST(thrown<Error>([&] { token_starts(Tensor::zeros({3, 9})); }) ==
             "[token_starts] weights must be (H, T, S) = (any, any, any), got (3, 9)");
}

// The steps of the authors' code, with the median of three as max(min(a, b), min(max(a, b), c)).
BOOST_AUTO_TEST_CASE(a_median_over_three_frames) {
  int moved = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Generator rng(seed);
    const Tensor weights = rng.uniform({2, 4, 12}, 0, 1);
    const Tensor off = weights - mean(weights, {1}, true);
    const Tensor x = off / sqrt(mean(square(off), {1}, true));  // (2, 4, 12)
    const Tensor before = concat({slice(x, 2, 1, 2), slice(x, 2, 0, 11)}, 2),
                 after = concat({slice(x, 2, 1, 12), slice(x, 2, 10, 11)}, 2);
    const Tensor middle =
        maximum(minimum(before, after), minimum(maximum(before, after), x));
    const auto starts = row_starts(dynamic_time_warping(-mean(middle, {0})));
    BOOST_TEST(token_starts(weights, 3) == starts);
    moved += token_starts(weights, 1) == starts ? 0 : 1;
  }
  BOOST_TEST(moved > 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
