// The row of an op that maps one number to one number, wherever it stands.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/autograd/op_table.h"

namespace heed_test {

Row elementwise_row(const std::string& name, const std::string& op,
                    const std::function<Tensor(const Tensor&)>& call,
                    const std::function<double(double)>& formula, const Domain& domain,
                    std::vector<Edge> edges);

}  // namespace heed_test
