// Four copies at once, from distances 1, 4, 9 and 16, in sequences of 24 tokens of 10: every
// position is asked for all four, and a distance that reaches before the start is not asked. What a
// head hands on is one weighted mean, so a sequence without a mistake takes a head a distance: with
// fewer, a mix of several tokens has to be told apart. Single answers hide it (.86 right with one
// head); whole sequences do not. Vaswani et al. 2017, arXiv 1706.03762, section 3.2.2.
#include <iterator>

#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index length = 24, values = 10;
constexpr Index distances[] = {1, 4, 9, 16};

Index at_distance(Index i, Index group) { return i < distances[group] ? -1 : i - distances[group]; }

models::Tokens tokens() {
  models::Tokens made = models::copying(length, values, std::ssize(distances), at_distance);
  made.whole = made.sources->whole = true;
  return made;
}

}  // namespace

study::Task heads() {
  using enum study::Expect;
  return {.name = "heads",
          .title = "copy from distances 1, 4, 9 and 16 at once",
          .what = "Every position answers the four tokens 1, 4, 9 and 16 places before it. Right "
                  "is a sequence without a single mistake, and that takes a head a distance.",
          .metric = "whole sequences",
          .settings = {.heads = 4, .steps = 1000, .lr = 5e-3},
          .chance = 0,
          .floor = 0,
          .level = 0.99,
          .seconds = 2.5,
          .needs = study::Needs{.self = true},
          .sources = tokens().sources,
          .runs = {{.mechanism = "multihead"},
                   {.mechanism = "multihead",
                    .label = "two heads",
                    .why = "Two heads share four distances: most answers are right, few sequences "
                           "are.",
                    .settings = {{"heads", 2}},
                    .expect = fails},
                   {.mechanism = "multihead",
                    .label = "one head",
                    .why = "One head mixes four tokens into one mean: hardly a sequence is right "
                           "as a whole.",
                    .settings = {{"heads", 1}},
                    .expect = fails},
                   {.mechanism = "grouped",
                    .why = "Eight heads of queries share four of keys and values: one a distance.",
                    .settings = {{"heads", 8}}}},
          .make = models::token_study<tokens>};
}

}  // namespace heed::tasks
