#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "nn/module.h"
#include "nn/type_name.h"

namespace heed::inline HEED_REAL::nn {
namespace {

using Row = std::array<std::string, 4>;

std::string table(const std::vector<Row>& rows) {
  std::array<std::size_t, 4> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    text += fmt::format("{:<{}}  {:<{}}  {:<{}}  {:>{}}\n", row[0], widths[0], row[1], widths[1],
                        row[2], widths[2], row[3], widths[3]);
  }
  return text;
}

}  // namespace

std::string Module::describe() const {
  std::vector<Row> rows{{"layer", "kind", "own parameters", "total"}};
  visit([&](const std::string& path, const Module& module) {
    std::string shapes;
    for (const Parameter& own : module.parameters_) {
      if (!shapes.empty()) shapes += ", ";
      shapes += own.name + ' ' + own.value.shape().str();
    }
    rows.push_back({path.empty() ? "(model)" : path, type_name(module), shapes,
                    fmt::format("{}", module.parameter_count())});
  });
  return table(rows);
}

}  // namespace heed::inline HEED_REAL::nn
