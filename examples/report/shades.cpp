#include "examples/report/shades.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

namespace heed::report {
namespace {

constexpr std::array<double, 6> steps = {0.03, 0.1, 0.2, 0.4, 0.6, 0.8};

// How many steps a strength reaches.
std::size_t reached(double strength) {
  return static_cast<std::size_t>(std::ranges::upper_bound(steps, strength) - steps.begin());
}

}  // namespace

Markup shades(std::size_t rows, std::size_t columns,
              const std::function<double(std::size_t row, std::size_t column)>& strength) {
  std::array<std::string, steps.size()> paths;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0, end = 0; column < columns; column = end) {
      const std::size_t step = reached(strength(row, column));
      end = column + 1;
      while (end < columns && reached(strength(row, end)) == step) ++end;
      if (step == 0) continue;
      paths[step - 1] += fmt::format("M{} {}h{}v1h-{}z", column, row, end - column, end - column);
    }
  }
  Markup all;
  for (std::size_t step = 0; step < steps.size(); ++step) {
    if (paths[step].empty()) continue;
    const std::string opacity = fmt::format("{:g}", steps[step] + 0.2);
    all.add(element("path", {{"d", paths[step]}, {"opacity", opacity}}));
  }
  return all;
}

}  // namespace heed::report
