#include "tests/autograd/elementwise_row.h"

#include <utility>

namespace heed_test {

Row elementwise_row(const std::string& name, const std::string& op,
                    const std::function<Tensor(const Tensor&)>& call,
                    const std::function<double(double)>& formula, const Domain& domain,
                    std::vector<Edge> edges) {
  return {.name = name,
          .op = op,
          .call = [call](const Tensors& x) { return call(x[0]); },
          .formula =
              [formula](const Plains& x) {
                return build(x[0].shape, [&](const Position& p) { return formula(x[0](p)); });
              },
          .shapes = {{2, 3}},
          .domains = {domain},
          .more = {{{37}}, {{1}}, {{2, 3, 1, 5}}},
          .without = {{{0}}, {{2, 0, 3}}},
          .scalars = {{}},
          .large = {{300'001}},
          .edges = std::move(edges)};
}

}  // namespace heed_test
