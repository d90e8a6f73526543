// The tasks: one line each, one .cpp each.
#pragma once

#include <deque>
#include <string_view>

#include "examples/study/task.h"

namespace heed::tasks {

study::Task reverse();
study::Task shifted_copy();
study::Task short_copy();
study::Task lengths();
study::Task heads();
study::Task spans();
study::Task recall();
study::Task narrow_recall();
study::Task recall_of_operators();
study::Task look_or_know();
study::Task free_running();
study::Task flag();
study::Task mixed();
study::Task segments();
study::Task segments_in_pairs();
study::Task masked_recall();
study::Task any_order();
study::Task induction();
study::Task selective_copying();
study::Task recall_on_stride();
study::Task recall_off_stride();
study::Task recall_of_summaries();
study::Task dates();
study::Task dates_bahdanau();
study::Task dates_input_feeding();
study::Task translation();
study::Task pure_attention();
study::Task grammar();
study::Task marked_cell();
study::Task cluttered_cell();
study::Task image_pointer();
study::Task next_to_mark();
study::Task marker();
study::Task cue_colour();
study::Task clutter();
study::Task bags();
study::Task documents();
study::Task topic_span();
study::Task grid_questions();
study::Task two_bags();
study::Task captions();
study::Task directions();
study::Task dictionary();
study::Task chain_of_command();
study::Task karate();
study::Task maze();
study::Task blocks();
study::Task rotated();
study::Task norms();
study::Task near();
study::Task slot();
study::Task slot_or_key();
study::Task step_or_key();
study::Task regression();
study::Task tone();
study::Task shift();
study::Task sinusoids();
study::Task chords();
study::Task polar_words();
study::Task planted_word();
study::Task facts();
study::Task ntm_copy();
study::Task taught_facts();
study::Task taught_digits();
study::Task taught_recall();

// Every task, in the order of the lists. References stay good when others are added.
const std::deque<study::Task>& all();
// By name; '_' counts as '-'. Throws ValueError naming the nearest right name.
const study::Task& find(std::string_view name);
// Puts one behind the others, for the rest of the program. Throws ValueError when its name is taken
// or nothing makes its study.
void add(study::Task task);

}  // namespace heed::tasks
