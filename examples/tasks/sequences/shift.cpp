// Shift: every position answers the token 24 places before, on a ring of 64. Nothing that lies
// there says where to look, and no position is given: the distance itself has to be learned, which
// a filter as long as the sequence does. Attention gets learned positions here, without which it
// sees a bag. Rao et al. 2021, arXiv 2107.00645.
#include "attention/catalog.h"
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index length = 64, values = 10, distance = 24;

Index before(Index i, Index) { return (i - distance + length) % length; }

models::Tokens tokens() { return models::copying(length, values, 1, before); }

// Who keeps order by itself does without positions.
std::unique_ptr<study::Study> make(const study::Setup& setup, Generator& rng) {
  models::Tokens asked = tokens();
  asked.positions = attention::find(setup.name).exempt_from("U4") == nullptr;
  return std::make_unique<models::TokenStudy>(asked, setup, rng);
}

}  // namespace

study::Task shift() {
  using enum study::Expect;
  return {.name = "shift",
          .title = "the token 24 places before, on a ring of 64",
          .what = "Each position answers the token at a fixed distance, and no position is given: "
                  "it takes weights that belong to distances.",
          .metric = "accuracy",
          .settings = {.steps = 400},
          .chance = 1.0 / values,
          .floor = study::mode_floor(length, values),
          .level = 0.99,
          .seconds = 3,
          .needs = study::Needs{.self = true},
          .sources = tokens().sources,
          .runs = {{.mechanism = "gfnet"},
                   {.mechanism = "fnet",
                    .why = "Its waves are what they are: nothing in it can be learned.",
                    .expect = fails}},
          .beside = {{.mechanism = "multihead",
                      .why = "With positions attention does it too: the filter is cheaper, not "
                             "better."}},
          .make = make};
}

}  // namespace heed::tasks
