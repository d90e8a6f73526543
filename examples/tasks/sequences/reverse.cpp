// Reverse 16 tokens of 10: y_i = x[15 - i]. The content says nothing about where to look: only
// positions do. (A plain copy y_i = x_i needs no attention and is no task.) What a window cannot
// reach it has to guess: local attention ends at a ceiling that can be computed.
// Vaswani et al. 2017, arXiv 1706.03762; the window: Beltagy et al. 2020, arXiv 2004.05150.
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index length = 16, values = 10;

Index reversed(Index i, Index) { return length - 1 - i; }

models::Tokens tokens() { return models::copying(length, values, 1, reversed); }

}  // namespace

study::Task reverse() {
  using enum study::Expect;
  return {.name = "reverse",
          .title = "reverse 16 tokens of 10",
          .what = "Each position answers the token at the mirrored place. The content says nothing "
                  "about where to look: only positions do.",
          .metric = "accuracy",
          .settings = {.heads = 2, .steps = 200},
          .chance = 1.0 / values,
          .floor = study::mode_floor(length, values),
          .level = 0.99,
          .seconds = 0.5,
          .needs = study::Needs{.self = true},
          .sources = tokens().sources,
          .runs = {{.mechanism = "multihead"},
                   {.mechanism = "self"},
                   {.mechanism = "flash",
                    .why = "Multi-head attention by another way: it has to learn the same."},
                   {.mechanism = "adaptive-entmax"},
                   {.mechanism = "linear",
                    .why = "Features in the place of the exponential point less sharply: it gets "
                           "there in twice the steps.",
                    .settings = {{"steps", 400}}},
                   {.mechanism = "performer",
                    .why = "Random features, 64 a head, estimate the softmax well enough: a tie."},
                   {.mechanism = "local",
                    .why = "A window of three sees the mirrored place from the four positions in "
                           "the middle only.",
                    .expect = ceiling},
                   {.mechanism = "linformer",
                    .why = "Eight slots for sixteen places, which have to be shared out: it gets "
                           "there in fifteen times the steps. Four end at .63 after 1,000.",
                    .options = {{"rank", 8}},
                    .settings = {{"steps", 3000}}},
                   {.mechanism = "nystrom",
                    .why = "The means of eight pairs of neighbours tell enough of sixteen tokens, "
                           "in five times the steps.",
                    .options = {{"landmarks", 8}},
                    .settings = {{"steps", 1000}}}},
          .make = models::token_study<tokens>};
}

}  // namespace heed::tasks
