#include "tests/autograd/op_table.h"

#include "autograd/random.h"

namespace heed_test {
namespace {

constexpr double spacing = sizeof(heed::Real) == 8 ? 0x1p-5 : 0x1p-1;

Tensor draw(const Domain& domain, const Shape& shape, int input, heed::Generator& rng) {
  if (!domain.distinct) return rng.uniform(shape, domain.low, domain.high);
  const auto order = rng.permutation(static_cast<std::int32_t>(shape.size()));
  std::vector<heed::Real> values;
  for (const std::int32_t place : order) {
    const double centred = place - static_cast<double>(shape.size() / 2);
    values.push_back(static_cast<heed::Real>((centred + (1 + 2 * input) / 4.0) * spacing));
  }
  return Tensor(shape, values);
}

}  // namespace

Tensors draw_inputs(const Row& row, const std::vector<Shape>& shapes) {
  heed::Generator rng = heed::Generator(7).stream(row.name);
  Tensors inputs;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const Domain domain = i < row.domains.size() ? row.domains[i] : Domain();
    inputs.push_back(draw(domain, shapes[i], static_cast<int>(i), rng));
  }
  return inputs;
}

const std::vector<Row>& op_table() {
  static const std::vector<Row> table = [] {
    std::vector<Row> all;
    for (const auto rows : {
             unary_rows,
             activation_rows,
             binary_rows,
             scalar_rows,
             power_rows,
             comparison_rows,
             choice_rows,
             reduce_rows,
             extreme_rows,
             order_rows,
             shape_rows,
             slicing_rows,
             repeat_rows,
             triangle_rows,
             join_rows,
             gather_rows,
             put_rows,
             selection_rows,
             segment_rows,
             matmul_rows,
             einsum_rows,
             conv_rows,
             pool_rows,
             fft_rows,
             normalize_rows,
             fused_rows,
             attention_rows,
             recurrent_rows,
             draw_rows,
             signal_rows,
             solve_rows,
         }) {
      for (Row& row : rows()) all.push_back(std::move(row));
    }
    return all;
  }();
  return table;
}

}  // namespace heed_test
