// Find the digit among the rubble: nine cells, one with a digit, eight with digits whose quarters
// were put elsewhere. No mark says which is whole; a small network that sees one cell at a time has
// to judge, and learns to from whether the answers were right. Otherwise as marked-cell.
#include "examples/tasks/pictures/marked_cell.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

study::Task cluttered_cell() {
  constexpr double cells = marked_cells, classes = data::Digits::classes;
  return {.name = "cluttered-cell",
          .title = "read the only whole digit in nine cells",
          .what = "Nine cells, eight of which show digits with their quarters put elsewhere. Only "
                  "the cell that is picked is read, and the reward is the only hint.",
          .metric = "accuracy",
          .settings = {.width = data::Digits::pixels, .steps = 2000, .validation_samples = 256,
                       .test_samples = 2048},
          .chance = 1 / classes,
          .floor = 1 / cells + (1 - 1 / cells) / classes,  // a fixed cell, perfectly read
          .level = 0.87,
          .bars = {{.detail = "mass on the mark", .limit = 0.9}},
          .seconds = 1.5,
          .check_data = [](const std::string& folder) { data::load_digits(folder); },
          .runs = {{.mechanism = "hard"},
                   {.mechanism = "hard",
                    .label = "enumerated",
                    .why = "The oracle: all nine cells are read and paid for.",
                    .options = {{"enumerate", 1}}}},
          .beside = {{.mechanism = "gumbel",
                      .why = "Its gradient is biased, and here no worse for that."}},
          .make = [](const study::Setup& setup, Generator& rng) {
            return study_of_cells(true, setup, rng);
          }};
}

}  // namespace heed::tasks
