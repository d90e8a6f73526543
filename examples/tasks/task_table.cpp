#include "examples/tasks/bag_classifier.h"
#include "examples/tasks/chance.h"
#include "examples/tasks/copying.h"
#include "examples/tasks/date_reader.h"
#include "examples/tasks/free_running.h"
#include "examples/tasks/glimpse.h"
#include "examples/tasks/recall.h"
#include "examples/tasks/task.h"
#include "examples/tasks/train_free_running.h"
#include "examples/tasks/train_tokens.h"
#include "examples/tasks/translator.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

using Can = attention::Capabilities;

bool mixes_a_sequence(const Can& can) { return can.self && can.tokens; }
bool reads_a_context(const Can& can) {
  return can.cross && can.padding && can.tokens;
}
bool looks_back(const Can& can) { return mixes_a_sequence(can) && can.causal && can.variable; }
bool picks_from_a_context(const Can& can) { return can.cross && can.tokens; }
bool pools(const Can& can) { return !can.tokens && can.padding; }

Task copying(std::string_view name, std::string_view title,
             Outcome (*run)(const Task&, const Trial&)) {
  const double floor = mode_floor(copying_length, copying_values);
  return {.name = name,
          .title = title,
          .what = "Each position answers the token at a fixed other place. The content says "
                  "nothing about where to look: only positions do.",
          .metric = "accuracy",
          .settings = {.heads = 2, .steps = 200},
          .chance = 1.0 / static_cast<double>(copying_values),
          .floor = floor,
          .level = 0.99,
          .bars = {},
          .seconds = 0.5,
          .accepts = mixes_a_sequence,
          .run = run};
}

Task heads() {
  const double floor = mode_floor(distances_length, copying_values);
  return {.name = "heads",
          .title = "copy from distances 1, 4, 9 and 16 at once",
          .what = "Every position answers the four tokens 1, 4, 9 and 16 places before it. One "
                  "head can look at one distance only.",
          .metric = "accuracy",
          .settings = {.heads = 4, .steps = 1000, .lr = 5e-3},
          .chance = 1.0 / static_cast<double>(copying_values),
          .floor = floor,
          .level = 0.99,
          .bars = {},
          .seconds = 2.5,
          .accepts = mixes_a_sequence,
          .run = [](const Task& task, const Trial& trial) {
            return train_tokens(task, distances_task(), trial);
          }};
}

Task recall() {
  const double floor = mode_floor(recall_pairs, recall_values);
  return {.name = "recall",
          .title = "recall the value stored with a key, 16 pairs",
          .what = "16 tokens carry a key and a value, then 16 keys come alone; each asks for its "
                  "value. Without positions: only the content says where to look.",
          .metric = "accuracy",
          .settings = {.heads = 2, .steps = 300},
          .chance = 1.0 / static_cast<double>(recall_values),
          .floor = floor,
          .level = 0.99,
          .bars = {},
          .seconds = 1.0,
          .accepts = mixes_a_sequence,
          .run = [](const Task& task, const Trial& trial) {
            return train_tokens(task, recall_task(), trial);
          }};
}

Task free_running() {
  const double floor = mode_floor(word_length, word_values);
  return {.name = "free-running",
          .title = "write a word of 10 tokens again, from what was written so far",
          .what = "A language model reads a word and a separator and writes the word again, "
                  "reading what it wrote. Trained without a mask it has seen the answers.",
          .metric = "accuracy",
          .settings = {.width = 64, .layers = 2, .steps = 600},
          .chance = 1.0 / static_cast<double>(word_values),
          .floor = floor,
          .level = 0.99,
          .bars = {{.detail = "forced", .limit = 0.99, .at_most = false}},
          .seconds = 5.0,
          .accepts = looks_back,
          .run = train_free_running};
}

Task dates() {
  return {.name = "dates",
          .title = "rewrite dates in ten formats as yyyy-mm-dd",
          .what = "Ten ways to write a day between 1950 and 2049. A GRU reads, a GRU writes; for "
                  "each character written the mechanism finds what to read.",
          .metric = "exact match",
          .settings = {.width = 64, .batch = 64, .steps = 600},
          .chance = 1.0 / 36525,  // one day of a hundred years
          .floor = 1.0 / 36525,
          .level = 0.99,
          .bars = {},
          .seconds = 8.0,
          .accepts = reads_a_context,
          .run = train_dates};
}

Task translation() {
  return {.name = "translation",
          .title = "translate into a language with another word order",
          .what = "Clauses of nouns, verbs, adjectives and adverbs, reordered and put through a "
                  "dictionary. Which word comes from which is known: the alignment is scored.",
          .metric = "exact match",
          .settings = {.width = 64, .steps = 1000},
          .chance = 0,
          .floor = 0,
          .level = 0.98,
          .bars = {{.detail = "alignment error", .limit = 0.1, .at_most = true}},
          .seconds = 6.0,
          .accepts = reads_a_context,
          .run = train_translation};
}

Task marked_cell() {
  const double cells = static_cast<double>(marked_cells), classes = data::Digits::classes;
  const double blind = 1 / cells + (1 - 1 / cells) / classes;  // a fixed cell, perfectly read
  return {.name = "marked-cell",
          .title = "read the digit in the marked one of nine cells",
          .what = "Nine cells with a digit each; one is marked in its corners. Only the cell that "
                  "is picked is read, and the only hint whether the pick was good is the reward.",
          .metric = "accuracy",
          .settings = {.width = data::Digits::pixels, .steps = 1600},
          .chance = 1 / classes,
          .floor = blind,
          .level = 0.9,
          .bars = {{.detail = "mass on the mark", .limit = 0.9, .at_most = false}},
          .seconds = 0.6,
          .digits = true,
          .accepts = picks_from_a_context,
          .run = train_marked_cell};
}

Task bags() {
  return {.name = "bags",
          .title = "is there a 9 in a bag of about ten digits",
          .what = "Only the bag has a label: one 9 among about ten digits, or none. The weights "
                  "show which digit decided.",
          .metric = "AUC",
          .settings = {.steps = 1000, .lr = 1e-3, .weight_decay = 1e-3},
          .chance = 0.5,
          .floor = 0.5,
          .level = 0.93,
          .bars = {},
          .seconds = 0.6,
          .digits = true,
          .accepts = pools,
          .run = train_bags};
}

}  // namespace

const std::vector<Task>& all_tasks() {
  static const std::vector<Task> tasks = {
      copying("reverse", "reverse 16 tokens of 10",
              [](const Task& task, const Trial& trial) {
                return train_tokens(task, reverse_task(), trial);
              }),
      copying("shifted-copy", "copy from 8 positions away, around the end",
              [](const Task& task, const Trial& trial) {
                return train_tokens(task, shifted_copy_task(), trial);
              }),
      copying("short-copy", "copy from two positions before",
              [](const Task& task, const Trial& trial) {
                return train_tokens(task, short_copy_task(), trial);
              }),
      heads(), recall(), free_running(), dates(), translation(), marked_cell(), bags()};
  return tasks;
}

const Task& find_task(std::string_view name) {
  std::vector<std::string> names;
  for (const Task& task : all_tasks()) {
    if (task.name == name) return task;
    names.emplace_back(task.name);
  }
  throw ValueError("[task] no task named '" + std::string(name) + "'\nhint: did you mean '" +
                   attention::nearest(name, names) + "'?");
}

}  // namespace heed::inline HEED_REAL::tasks
