// How pages begin, and their style sheet: light and dark, wide and narrow, screen and paper.
#pragma once

#include <string_view>

#include "examples/report/markup.h"

namespace heed::report {

std::string_view style_sheet();

// All in front of <body>: a page that needs nothing beside itself. `own_style` comes behind the
// style sheet and is taken as it is.
Markup page_head(std::string_view title, std::string_view own_style = "");

}  // namespace heed::report
