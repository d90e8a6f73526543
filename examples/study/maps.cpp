#include "examples/study/maps.h"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/ops.h"

namespace heed::study {

namespace {

// The heads of one map, of its first sample.
void add_heads(const attention::Map& map, int layer, const std::vector<std::string>& rows,
               const std::vector<std::string>& columns, std::vector<DrawnMap>& drawn) {
  const Shape& shape = map.weights.shape();  // (B, H, T, S)
  const auto queries = std::min(static_cast<std::size_t>(shape[2]), rows.size());
  const auto keys = std::min(static_cast<std::size_t>(shape[3]), columns.size());
  for (Index head = 0; head < shape[1]; ++head) {
    DrawnMap one;
    one.title = fmt::format("{}, layer {}, head {}", map.mechanism, layer, head + 1);
    one.kind = attention::name_of(map.kind);
    one.rows = {rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(queries)};
    one.cols = {columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(keys)};
    const Real* weights = map.weights.data() + head * shape[2] * shape[3];
    for (std::size_t i = 0; i < queries; ++i, weights += shape[3]) {
      one.values.emplace_back(weights, weights + keys);
    }
    drawn.push_back(std::move(one));
  }
}

}  // namespace

std::vector<DrawnMap> drawn_maps(const attention::MapRecorder& recorder,
                                 const std::vector<std::string>& rows,
                                 const std::vector<std::string>& columns) {
  std::vector<DrawnMap> drawn;
  int layer = 0;
  for (const attention::Map& map : recorder.maps()) add_heads(map, ++layer, rows, columns, drawn);
  return drawn;
}

std::vector<DrawnMap> drawn_steps(const attention::MapRecorder& recorder,
                                  const std::vector<std::string>& rows,
                                  const std::vector<std::string>& columns) {
  std::vector<DrawnMap> drawn;
  if (recorder.maps().empty()) return drawn;
  std::vector<Tensor> steps;
  for (const attention::Map& map : recorder.maps()) steps.push_back(map.weights);
  attention::Map all = recorder.maps().front();
  all.weights = concat(steps, 2);  // (B, H, T, S)
  add_heads(all, 1, rows, columns, drawn);
  return drawn;
}

DrawnMap drawn_rows(const std::string& title, const attention::Map& map,
                    const std::vector<std::string>& rows, const std::vector<std::string>& columns) {
  DrawnMap drawn;
  drawn.title = title;
  drawn.kind = attention::name_of(map.kind);
  drawn.rows = rows;
  drawn.cols = columns;
  const Index keys = map.weights.dim(-1), all = map.weights.size() / map.weights.dim(0);
  for (std::size_t b = 0; b < rows.size(); ++b) {
    const Real* row = map.weights.data() + static_cast<Index>(b) * all;
    drawn.values.emplace_back(row, row + keys);
  }
  return drawn;
}

}  // namespace heed::study
