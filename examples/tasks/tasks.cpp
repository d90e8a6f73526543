#include "examples/tasks/tasks.h"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/nearest.h"

namespace heed::tasks {
namespace {

// In the order in which they are listed.
constexpr study::Task (*ours[])() = {
    reverse,
    shifted_copy,
    short_copy,
    lengths,
    heads,
    spans,
    recall,
    narrow_recall,
    recall_of_operators,
    free_running,
    look_or_know,
    recall_on_stride,
    recall_off_stride,
    recall_of_summaries,
    flag,
    mixed,
    segments,
    segments_in_pairs,
    masked_recall,
    any_order,
    induction,
    selective_copying,
    dates,
    dates_bahdanau,
    dates_input_feeding,
    translation,
    pure_attention,
    grammar,
    marked_cell,
    cluttered_cell,
    image_pointer,
    next_to_mark,
    marker,
    cue_colour,
    clutter,
    bags,
    documents,
    topic_span,
    grid_questions,
    two_bags,
    captions,
    rotated,
    norms,
    near,
    slot,
    slot_or_key,
    step_or_key,
    regression,
    directions,
    dictionary,
    chain_of_command,
    karate,
    blocks,
    maze,
    tone,
    shift,
    sinusoids,
    chords,
    polar_words,
    planted_word,
    facts,
    ntm_copy,
    taught_facts,
    taught_digits,
    taught_recall,
};

std::deque<study::Task>& table() {
  static std::deque<study::Task> tasks = [] {
    std::deque<study::Task> made;
    for (const auto& task : ours) made.push_back(task());
    return made;
  }();
  return tasks;
}

const study::Task* found(std::string_view name) {
  std::string asked(name);
  std::ranges::replace(asked, '_', '-');
  const auto at = std::ranges::find(table(), asked, &study::Task::name);
  return at == table().end() ? nullptr : &*at;
}

}  // namespace

const std::deque<study::Task>& all() { return table(); }

const study::Task& find(std::string_view name) {
  if (const study::Task* task = found(name)) return *task;
  std::vector<std::string> names;
  for (const study::Task& task : table()) names.push_back(task.name);
  throw ValueError(fmt::format("[task] no task named '{}'{}", name, name_hint(name, names)));
}

void add(study::Task task) {
  if (task.name.empty() || !task.make) {
    throw ValueError("[tasks::add] a task needs a name and something that makes its study");
  }
  if (found(task.name) != nullptr) {
    throw ValueError(fmt::format("[tasks::add] there is a task '{}' already", task.name));
  }
  table().push_back(std::move(task));
}

}  // namespace heed::tasks
