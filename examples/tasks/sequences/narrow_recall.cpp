// Stacked recall in little room: 16 pairs as in `recall`, through heads of eight numbers. Softmax
// attention keeps every key by itself and singles one out, whatever the width. What keeps less than
// that, sums over keys or few slots for all of them, is told apart here: sums of eight features
// have eight directions for 16 keys. Arora et al. 2023, "Zoology", arXiv 2312.04927, section 4;
// Schlag, Irie, Schmidhuber 2021, arXiv 2102.11174, section 4.1.
#include "examples/models/encoder.h"
#include "examples/tasks/sequences/stacked_recall.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

study::Task narrow_recall() {
  using enum study::Expect;
  return {.name = "narrow-recall",
          .title = "recall the value stored with a key, 16 pairs in half the width",
          .what = "As recall, with width 16 and two heads: 16 tokens carry a key and a value, then "
                  "16 keys come alone. Who does not keep every key by itself has less room than "
                  "they need.",
          .metric = "accuracy",
          .settings = {.width = 16, .heads = 2, .steps = 1200},
          .chance = 1.0 / recall_values,
          .floor = study::mode_floor(recall_pairs, recall_values),
          .level = 0.99,
          .seconds = 2.5,
          .needs = study::Needs{.self = true},
          .runs = {{.mechanism = "multihead",
                    .why = "No state: every key is compared by itself, whatever the width."},
                   {.mechanism = "linear",
                    .why = "16 values in the sums of eight features run into each other: .58 to "
                           ".66 in five seeds.",
                    .expect = partly},
                   {.mechanism = "performer",
                    .why = "Of 32 random features: more room than linear attention has, and an "
                           "error that softmax does not have: .45 to .98 in five seeds.",
                    .expect = partly},
                   {.mechanism = "linformer",
                    .why = "Eight slots for sixteen pairs that stand anywhere: sums over places "
                           "keep few pairs apart, .12 to .35 in five seeds.",
                    .expect = fails},
                   {.mechanism = "nystrom",
                    .why = "Eight landmarks for sixteen pairs: the mean of a segment hides its "
                           "keys, .37 to .47 in five seeds.",
                    .expect = partly},
                   {.mechanism = "nystrom",
                    .label = "a landmark a token",
                    .why = "Nothing is averaged: softmax attention again, at more work.",
                    .options = {{"landmarks", 32}}},
                   {.mechanism = "hyena",
                    .why = "Filters of the distance, and gates: nothing compares keys.",
                    .expect = fails}},
          .make = models::token_study<stacked_recall>};
}

}  // namespace heed::tasks
