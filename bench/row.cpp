#include "bench/row.h"

#include <fmt/format.h>

#include <iterator>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::bench {

const std::vector<Row>& rows() {
  static const std::vector<Row> all = [] {
    std::vector<Row> joined;
    for (const auto group : {limit_rows, kernel_rows, layer_rows, attention_rows, step_rows,
                             generation_rows, graph_rows, mechanism_rows, scale_rows}) {
      std::vector<Row> more = group();
      joined.insert(joined.end(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
    }
    return joined;
  }();
  return all;
}

const Row& find_row(const std::string& name) {
  std::string names;
  for (const Row& row : rows()) {
    if (row.name == name) return row;
    names += " " + row.name;
  }
  throw ValueError(fmt::format("[bench] no row '{}'; there are:{}", name, names));
}

}  // namespace heed::inline HEED_REAL::bench
