// The style sheet of the report: light and dark, wide and narrow, screen and paper.
#pragma once

#include <string_view>

#include "autograd/real.h"

namespace heed::report {

std::string_view style_sheet();

}  // namespace heed::report
