// Copy from 8 positions away, around the end: y_i = x[(i - 8) mod 16] of 16 tokens of 10. As far as
// a source can be from every position at once; the content says nothing about where to look.
// Vaswani et al. 2017, arXiv 1706.03762.
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index length = 16, values = 10;

Index shifted(Index i, Index) { return (i + length / 2) % length; }  // i - 8 mod 16

models::Tokens tokens() { return models::copying(length, values, 1, shifted); }

}  // namespace

study::Task shifted_copy() {
  return {.name = "shifted-copy",
          .title = "copy from 8 positions away, around the end",
          .what = "Each position answers the token half a sequence away. The content says nothing "
                  "about where to look: only positions do.",
          .metric = "accuracy",
          .settings = {.heads = 2, .steps = 200},
          .chance = 1.0 / values,
          .floor = study::mode_floor(length, values),
          .level = 0.99,
          .seconds = 0.5,
          .needs = study::Needs{.self = true},
          .sources = tokens().sources,
          .runs = {{.mechanism = "multihead"}},
          .make = models::token_study<tokens>};
}

}  // namespace heed::tasks
