// Copy from two positions before, y_i = x[i - 2], learned from 16 tokens and asked of 64: what each
// way of saying where a token stands knows beyond the length it was trained on. Nobody looks ahead,
// so the first 16 and 32 tokens of a text of 64 are answered as texts of that length. Press, Smith,
// Lewis 2021, arXiv 2108.12409, section 2; Kazemnejad et al. 2023, arXiv 2305.19466.
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index trained = 16, longest = 64, values = 10;
constexpr double added_learned = 1, added_sinusoids = 2, added_nothing = 3;  // Settings::positions

Index two_back(Index i, Index) { return i < 2 ? -1 : i - 2; }

models::Tokens of_length(Index length) {
  models::Tokens tokens = models::copying(length, values, 1, two_back);
  tokens.apart = {{"at 16", [](Index i) { return i < trained; }},
                  {"at 32", [](Index i) { return i < 2 * trained; }},
                  {"at 64", [](Index) { return true; }}};
  return tokens;
}

class LengthStudy : public models::TokenStudy {
 public:
  LengthStudy(const study::Setup& setup, Generator& rng)
      : TokenStudy(of_length(longest), setup, rng) {}

  void draw(Index count, study::Split split, Generator& rng) override {
    const models::Tokens asked = of_length(split == study::Split::train ? trained : longest);
    take(asked.draw(asked, count, rng));
  }
};

study::Listed with(const char* label, const char* why, double added, study::Expect expect) {
  return {.mechanism = "causal", .label = label, .why = why, .settings = {{"positions", added}},
          .expect = expect};
}

study::Listed with(const char* label, const char* why, attention::Positions relative,
                   study::Expect expect) {
  study::Listed run = with(label, why, added_nothing, expect);
  run.options = {{"positions", static_cast<double>(relative)}};
  return run;
}

// A bias that starts at N(0, 1) has far to go: it takes a higher rate.
study::Listed buckets_of_distances() {
  study::Listed run = with("T5", "A number a bucket of distances: those of the buckets beyond 16 "
                           "stay as they were drawn.", attention::Positions::t5,
                           study::Expect::partly);
  run.settings["lr"] = 1e-2;
  return run;
}

}  // namespace

study::Task lengths() {
  using enum study::Expect;
  using enum attention::Positions;
  return {.name = "lengths",
          .title = "copy from two positions before, at four times the trained length",
          .what = "Each position answers the token two places before it. Learned from texts of 16 "
                  "tokens, asked of texts of 64: what counts is the distance, not the place.",
          .metric = "accuracy at 64",
          .settings = {.heads = 2, .causal = true, .steps = 400},
          .chance = 1.0 / values,
          .level = 0.99,
          .shown = {"at 16", "at 32", "at 64"},
          .seconds = 1,
          .needs = study::Needs{.self = true, .causal = true, .variable = true},
          .runs = {with("no positions", "Only who sees more keys is further on.", added_nothing,
                        fails),
                   with("learned", "What stands beyond 16 was never trained.", added_learned,
                        fails),
                   with("sinusoids", "The numbers go on, what was learned of them does not.",
                        added_sinusoids, fails),
                   with("rotary", "Distances alone count, and beyond 16 they are new: some of "
                        "their angles look like those of two.", rotary, partly),
                   with("ALiBi", "The nearest key counts most: two before is hard to single out "
                        "at any length.", alibi, fails),
                   with("relative", "A vector a distance, one for all from 8 on.", relative,
                        solves),
                   buckets_of_distances()},
          .make = study::make_study<LengthStudy>};
}

}  // namespace heed::tasks
