// Induction: somewhere in 30 tokens stands a marker, and the last token is that marker again; asked
// is what came after it the first time. One layer finds the earlier marker, or knows of each token
// what came before it, and the answer takes both, one after the other. Olsson et al. 2022,
// "In-context learning and induction heads", arXiv 2209.11895; that one layer cannot do it unless
// it is very large: Sanford, Hsu, Telgarsky 2024, arXiv 2408.14332. A convolution of the keys is
// such a layer, in small: Li et al. 2019, arXiv 1907.00235.
#include "examples/tasks/sequences/induction_heads.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index length = 30, others = 19;  // the marker is 0, the others 1 ... 19

models::TokenBatch draw(const models::Tokens&, Index batch, Generator& rng) {
  std::vector<std::int32_t> text, labels(static_cast<std::size_t>(batch * length),
                                         models::not_asked);
  for (Index b = 0; b < batch; ++b) {
    const Index marked = rng.below(static_cast<std::int32_t>(length - 3));  // 0 ... 26
    for (Index i = 0; i < length; ++i) {
      const bool is_marker = i == marked || i == length - 1;
      text.push_back(is_marker ? 0 : 1 + rng.below(static_cast<std::int32_t>(others)));
    }
    const Index start = b * length;
    labels[static_cast<std::size_t>(start + length - 1)] =
        text[static_cast<std::size_t>(start + marked + 1)];
  }
  return {{Indices({batch, length}, std::move(text))},
          Indices({batch, length, 1}, std::move(labels))};
}

models::Tokens tokens() {
  return {.vocabularies = {others + 1}, .length = length, .answers = others + 1, .draw = draw};
}

}  // namespace

study::Task induction() {
  using enum study::Expect;
  return {.name = "induction",
          .title = "answer what followed the marker the first time",
          .what = "The last token is a marker that came up once before; asked is the token behind "
                  "it. One layer has to find it by what another has written there.",
          .metric = "accuracy",
          .settings = {.layers = 2, .causal = true, .steps = 1500},
          .chance = 1.0 / others,
          .floor = study::mode_floor(length - 2, others),
          .level = 0.99,
          .shown = {"induction", "loss has fallen at", "score has risen at",
                    "without its best head", "without one of the others",
                    "without its induction heads", "without as many others",
                    "importance against removal"},
          .seconds = 5,
          .needs = study::Needs{.self = true, .causal = true},
          .runs = {{.mechanism = "causal",
                    .why = "Two layers: the first tells each token what came before it, the "
                           "second finds the one behind the marker."},
                   {.mechanism = "causal",
                    .label = "one layer",
                    .why = "One layer cannot look for what a layer has yet to write.",
                    .settings = {{"layers", 1}},
                    .expect = fails},
                   {.mechanism = "conv-qk",
                    .label = "one layer",
                    .why = "One layer whose keys are made of two tokens: each knows what came "
                           "before it.",
                    .options = {{"window", 2}},
                    .settings = {{"layers", 1}, {"steps", 600}}},
                   {.mechanism = "conv-qk",
                    .label = "one layer, windows of one token",
                    .why = "Without the token before, it cannot be asked for.",
                    .options = {{"window", 1}},
                    .settings = {{"layers", 1}, {"steps", 600}},
                    .expect = fails},
                   {.mechanism = "hyena",
                    .label = "one layer",
                    .why = "One layer: windows tell each token what came before it, a filter "
                           "carries what stood behind the marker to the end.",
                    .settings = {{"layers", 1}, {"steps", 2400}}},
                   {.mechanism = "causal",
                    .label = "four heads",
                    .why = "With heads to compare: all of the second layer look at what followed "
                           "the marker, from the moment on when the loss falls. The best of them "
                           "is hardly missed, all together are, and so are those of the first "
                           "layer, which tell them what came before.",
                    .settings = {{"heads", 4}}}},
          .make = [](const study::Setup& setup, Generator& rng) -> std::unique_ptr<study::Study> {
            return std::make_unique<InductionStudy>(tokens(), setup, rng);
          }};
}

}  // namespace heed::tasks
