// Heads of a model, drawn: one head with its words, and all of them side by side.
#pragma once

#include "examples/look/reading.h"
#include "examples/report/markup.h"

namespace heed::look {

// Layers and heads count from 0: "3.1".
std::string head_name(std::size_t layer, std::size_t head);

// The words twice, those that ask at the left and those that are looked at on the right; a line
// between two is as strong as the weight. Vig 2019, arXiv 1906.05714.
report::Markup head_view(const Reading& reading, std::size_t layer, std::size_t head);
// A square a head, a line of squares a layer: rows ask, columns are looked at.
report::Markup model_view(const Reading& reading);

}  // namespace heed::look
