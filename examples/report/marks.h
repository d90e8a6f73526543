// The marks that stand for scores and their yardsticks, the same in every strip and in the legend.
#pragma once

#include <string>

#include "examples/report/markup.h"

namespace heed::report {

enum class Mark { score, level, chance, ablated, trained_without };

inline constexpr int strip_height = 28;

// Inside an svg of strip_height pixels; `x` is an SVG length, such as "37.5%".
Markup mark(Mark kind, const std::string& x, const std::string& title);
// From 0 to the floor, or from the ceiling on: where no run of a mechanism should end, or can.
Markup floor_zone(const std::string& from, const std::string& width);
Markup ceiling_zone(const std::string& from, const std::string& width);

}  // namespace heed::report
