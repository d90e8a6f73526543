// Copy from two positions before: y_i = x[i - 2] of 16 tokens of 10; the first two positions are
// not asked. A window of three is enough, and costs less than looking at everything. Beltagy et al.
// 2020, arXiv 2004.05150.
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index length = 16, values = 10;

Index two_back(Index i, Index) { return i < 2 ? -1 : i - 2; }

models::Tokens tokens() { return models::copying(length, values, 1, two_back); }

}  // namespace

study::Task short_copy() {
  return {.name = "short-copy",
          .title = "copy from two positions before",
          .what = "Each position answers the token two places before it. The content says nothing "
                  "about where to look: only positions do, and near ones are enough.",
          .metric = "accuracy",
          .settings = {.heads = 2, .steps = 200},
          .chance = 1.0 / values,
          .floor = study::mode_floor(length, values),
          .level = 0.99,
          .seconds = 0.5,
          .needs = study::Needs{.self = true},
          .sources = tokens().sources,
          .runs = {{.mechanism = "self"}, {.mechanism = "local"}, {.mechanism = "local-m"},
                   {.mechanism = "hyena"}},
          .make = models::token_study<tokens>};
}

}  // namespace heed::tasks
