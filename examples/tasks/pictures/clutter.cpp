// Clutter: a digit of 8 x 8 pixels somewhere on 16 x 16, among four pieces of other digits. This is
// the counter-example to gates on pictures: a small network reads the digit without any, and CBAM
// and SE do not help it, nor does a non-local block. Gates that are trained are used, though: fixed
// afterwards, the network no longer knows what it sees. That a mechanism matters to the model that
// has it does not say that the task needs it; the model trained without it does.
// Digits: Alpaydin, Kaynak 1998.
#include "examples/tasks/pictures/clutter.h"

#include <algorithm>
#include <memory>

#include "examples/tasks/tasks.h"

namespace heed::tasks {

models::PictureBatch draw_clutter(Index batch, const data::Digits& digits,
                                  const data::Digits& pieces, Generator& rng) {
  constexpr Index side = data::Digits::side, canvas = clutter_side * clutter_side;
  const auto below = [&](Index bound) -> Index {
    return rng.below(static_cast<std::int32_t>(bound));
  };
  std::vector<Real> pixels(static_cast<std::size_t>(batch * canvas));
  std::vector<std::int32_t> labels;
  for (Index b = 0; b < batch; ++b) {
    const auto pixel = [&](Index r, Index c) -> Real& {
      return pixels[static_cast<std::size_t>(b * canvas + r * clutter_side + c)];
    };
    for (Index piece = 0; piece < clutter_fragments; ++piece) {
      const auto from = pieces.image(below(pieces.size()));
      const Index at = below(side - fragment_side + 1) * side + below(side - fragment_side + 1);
      const Index top = below(clutter_side - fragment_side + 1);
      const Index left = below(clutter_side - fragment_side + 1);
      for (Index r = 0; r < fragment_side; ++r) {
        for (Index c = 0; c < fragment_side; ++c) {
          Real& there = pixel(top + r, left + c);
          there = std::max(there, from[static_cast<std::size_t>(at + r * side + c)]);
        }
      }
    }
    const Index which = below(digits.size());
    const Index top = below(clutter_side - side + 1), left = below(clutter_side - side + 1);
    for (Index i = 0; i < data::Digits::pixels; ++i) {
      pixel(top + i / side, left + i % side) = digits.image(which)[static_cast<std::size_t>(i)];
    }
    labels.push_back(digits.labels[static_cast<std::size_t>(which)]);
  }
  return {Tensor({batch, 1, clutter_side, clutter_side}, pixels), Indices(std::move(labels))};
}

namespace {

models::Pictures pictures(const study::Setup& setup) {
  const Index width = setup.settings.width;
  const auto digits = std::make_shared<data::DigitsSplit>(data::load_digits(setup.data_dir));
  return {.channels = 1,
          .classes = data::Digits::classes,
          .stages = {{.channels = width / 2, .mechanism = false, .pool = true},
                     {.channels = width, .pool = true},
                     {.channels = width}},
          .draw = [digits](Index count, study::Split split, Generator& rng) {
            const bool test = split == study::Split::test;
            return draw_clutter(count, test ? digits->test : digits->train, digits->train, rng);
          }};
}

}  // namespace

study::Task clutter() {
  using enum study::Expect;
  return {.name = "clutter",
          .title = "read a digit among pieces of others (no gate helps)",
          .what = "A digit somewhere among pieces of other digits. A counter-example: a small "
                  "convolutional network reads it without any attention, and gates do not help.",
          .metric = "accuracy",
          .ablation = study::Ablation::own,
          .ablation_words = models::fixed_gates,
          .settings = {.steps = 800},
          .chance = 1.0 / data::Digits::classes,
          .floor = 1.0 / data::Digits::classes,
          .level = 0.83,
          .seconds = 4,
          .check_data = [](const std::string& folder) { data::load_digits(folder); },
          .runs = {{.mechanism = "cbam",
                    .why = "The plain network reads better: it is the one that is trained without "
                           "the non-local block.",
                    .expect = fails},
                   {.mechanism = "se",
                    .why = "The plain network reads better.",
                    .expect = fails},
                   {.mechanism = "non-local",
                    .why = "No loss, and little gain."}},
          .beside = {{.mechanism = "non-local",
                      .label = "a convolution instead",
                      .why = "A depthwise convolution of 7 x 7 in its place.",
                      .settings = {{"peer", 1}}}},
          .make = models::picture_study<pictures>};
}

}  // namespace heed::tasks
