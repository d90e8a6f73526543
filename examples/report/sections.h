// The parts of the page, from top to bottom. Each is empty when there is nothing to show.
#pragma once

#include "examples/report/markup.h"
#include "examples/report/results.h"

namespace heed::report {

// What came out, in one paragraph.
Markup headline(const Results& results);
// What chance, floor, ceiling, level and the rest mean, with the marks used for them.
Markup how_to_read();
// A line a mechanism: where its runs ended between guessing and the best possible.
Markup glance(const Results& results);
// The same figures, and all others, as a table.
Markup scores_table(const Results& results);
Markup learning_curves(const Results& results);
Markup attention_maps(const Results& results);
Markup cost_table(const Results& results);
// Runs without a score, below their level, or with a loss that is no number.
Markup failures(const Results& results);
Markup mechanisms_table(const Results& results);
// Which mechanism becomes which, as a picture and as a list with the tests.
Markup reductions(const Results& results);
// The gradient that softmax lets through against the size of a head, with and without the root.
Markup score_gradients(const Results& results);
// Bias and noise of gradients through a choice, for each way to estimate them.
Markup choice_gradients(const Results& results);
// The protocol and the machine, as the program wrote them down.
Markup protocol(const Results& results);

// A table that scrolls inside its own frame, so that a narrow window does not scroll the page.
Markup scrolling(const std::string& name, const Markup& table);
// "good", "doubtful", "bad" or "compared": how the program judged the runs of a group.
std::string standing_of(const Group& group);
// "Self-attention (reverse)": the mechanism's title where there is one.
std::string title_of(const Results& results, const Group& group);

}  // namespace heed::report
