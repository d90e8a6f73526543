// A matrix as a picture that stays small: cells of about the same strength are one path.
#pragma once

#include <cstddef>
#include <functional>

#include "examples/report/markup.h"

namespace heed::report {

// Unit squares at (column, row), six steps of opacity between 0 and 1; what is below .03 is left
// out.
Markup shades(std::size_t rows, std::size_t columns,
              const std::function<double(std::size_t row, std::size_t column)>& strength);

}  // namespace heed::report
