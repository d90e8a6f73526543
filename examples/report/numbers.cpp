#include "examples/report/numbers.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string_view>

namespace heed::report {
namespace {

constexpr std::string_view not_there = "–";

// Three digits in front of the largest unit that leaves at least 1.
template <std::size_t n>
std::string in_units(double value, double step, const std::array<std::string_view, n>& units) {
  std::size_t unit = 0;
  while (std::abs(value) >= step && unit + 1 < n) {
    value /= step;
    ++unit;
  }
  const std::string number = unit == 0
                                 ? fmt::format("{:.{}f}", value, value == std::floor(value) ? 0 : 1)
                                 : fmt::format("{:.{}f}", value,
                                               value < 10    ? 2
                                               : value < 100 ? 1
                                                             : 0);
  return units[unit].empty() ? number : fmt::format("{} {}", number, units[unit]);
}

}  // namespace

std::string fixed(double value, int digits) {
  if (std::isnan(value)) return std::string(not_there);
  return fmt::format("{:.{}f}", value, digits);
}

std::string significant(double value) {
  if (std::isnan(value)) return std::string(not_there);
  return fmt::format("{:.3g}", value);
}

std::string counted(double value) {
  if (!std::isfinite(value)) return significant(value);
  return in_units<5>(value, 1000, {"", "k", "M", "G", "T"});
}

std::string bytes(double value) {
  if (!std::isfinite(value)) return significant(value);
  return in_units<5>(value, 1024, {"B", "KiB", "MiB", "GiB", "TiB"});
}

std::string exact(double value) {
  if (std::isnan(value)) return std::string(not_there);
  return fmt::format("{}", static_cast<float>(value));
}

}  // namespace heed::report
