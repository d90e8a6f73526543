// Sums of products: every equation becomes diagonals, sums, and one batched matmul a pair.
#include "autograd/calling.h"
#include "autograd/ops/einsum.h"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/ops.h"
#include "autograd/ops/einsum_equation.h"

namespace heed::inline HEED_REAL {
namespace {

struct Labelled {
  Tensor value;
  AxisLabels labels;  // of its axes
};

bool holds(const AxisLabels& labels, AxisLabel label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

AxisLabels joined(const AxisLabels& a, const AxisLabels& b, const AxisLabels& c = {}) {
  AxisLabels result = a;
  result.insert(result.end(), b.begin(), b.end());
  result.insert(result.end(), c.begin(), c.end());
  return result;
}

Tensor arranged(const Labelled& x, const AxisLabels& order) {
  if (x.labels == order) return x.value;
  std::vector<int> axes;
  for (const AxisLabel label : order) {
    const auto at = std::find(x.labels.begin(), x.labels.end(), label);
    axes.push_back(static_cast<int>(at - x.labels.begin()));
  }
  return permute(x.value, axes);
}

// Axis j is axis i once more: keeps where both are equal, as a last axis.
void take_diagonal(Labelled& x, int i, int j) {
  std::vector<int> order;
  for (int axis = 0; axis < x.value.rank(); ++axis) {
    if (axis != i && axis != j) order.push_back(axis);
  }
  order.insert(order.end(), {i, j});
  const Index n = x.value.dim(i);
  const Tensor pairs = permute(x.value, order);                                 // (..., n, n)
  const Tensor row = reshape(pairs, pairs.shape().erased(-1).with(-1, n * n));  // (..., n n)
  x.value = slice(row, -1, 0, n * n, n + 1);                                    // (..., n)
  const AxisLabel label = x.labels[static_cast<std::size_t>(i)];
  x.labels.erase(x.labels.begin() + j);
  x.labels.erase(x.labels.begin() + i);
  x.labels.push_back(label);
}

void take_diagonals(Labelled& x) {
  for (std::size_t j = x.labels.size(); j-- > 0;) {
    const auto first = std::find(x.labels.begin(), x.labels.end(), x.labels[j]);
    const auto i = static_cast<std::size_t>(first - x.labels.begin());
    if (i == j) continue;
    take_diagonal(x, static_cast<int>(i), static_cast<int>(j));
    j = x.labels.size();
  }
}

// Without the axes of extent 1 that stretch to a larger extent in another operand: multiplying by
// what does not change along an axis needs no such axis.
void drop_stretched(Labelled& x, const std::map<AxisLabel, Index>& extents) {
  for (int axis = x.value.rank() - 1; axis >= 0; --axis) {
    const auto label = x.labels.begin() + axis;
    if (x.value.dim(axis) == extents.at(*label)) continue;
    x.value = squeeze(x.value, axis);
    x.labels.erase(label);
  }
}

void sum_all_but(Labelled& x, const AxisLabels& wanted) {
  std::vector<int> axes;
  AxisLabels kept;
  for (std::size_t axis = 0; axis < x.labels.size(); ++axis) {
    if (holds(wanted, x.labels[axis])) {
      kept.push_back(x.labels[axis]);
    } else {
      axes.push_back(static_cast<int>(axis));
    }
  }
  if (!axes.empty()) x = {sum(x.value, axes), kept};
}

// How the axes of a and b meet: in both and in the result, in both and summed, in one of them.
struct Meeting {
  AxisLabels batch, inner, a_only, b_only;

  Meeting(const AxisLabels& a, const AxisLabels& b, const AxisLabels& wanted) {
    for (const AxisLabel label : a) {
      AxisLabels& kind = !holds(b, label) ? a_only : holds(wanted, label) ? batch : inner;
      kind.push_back(label);
    }
    for (const AxisLabel label : b) {
      if (!holds(a, label)) b_only.push_back(label);
    }
  }
};

// The product of a and b, summed over the labels they share that are not wanted.
Labelled contract(const Labelled& a, const Labelled& b, const AxisLabels& wanted,
                  const std::map<AxisLabel, Index>& extents) {
  const Meeting meet(a.labels, b.labels, wanted);
  const auto size = [&](const AxisLabels& labels) {
    Index product = 1;
    for (const AxisLabel label : labels) product *= extents.at(label);
    return product;
  };
  const Index batch = size(meet.batch), inner = size(meet.inner);
  const Index rows = size(meet.a_only), columns = size(meet.b_only);
  const AxisLabels labels = joined(meet.batch, meet.a_only, meet.b_only);
  if (labels.size() > Shape::max_rank) {
    throw ShapeError(
        fmt::format("[einsum] a product on the way has {} axes; a tensor has at most "
                    "{}\nhint: another order of the operands may sum some of them "
                    "earlier",
                    labels.size(), Shape::max_rank));
  }
  std::vector<Index> shape;
  for (const AxisLabel label : labels) shape.push_back(extents.at(label));
  Tensor product;
  if (meet.a_only.empty() && meet.b_only.empty()) {
    const AxisLabels order = joined(meet.batch, meet.inner);
    product = reshape(arranged(a, order) * arranged(b, order), Shape{batch, inner});
    if (!meet.inner.empty()) product = sum(product, {1});
  } else if (meet.inner.empty()) {
    product = reshape(arranged(a, joined(meet.batch, meet.a_only)), Shape{batch, rows, 1}) *
              reshape(arranged(b, joined(meet.batch, meet.b_only)), Shape{batch, 1, columns});
  } else {
    // What lies the other way round is multiplied as it lies.
    const AxisLabels a_turned = joined(meet.batch, meet.inner, meet.a_only);
    const AxisLabels b_turned = joined(meet.batch, meet.b_only, meet.inner);
    const bool turn_a = a.labels == a_turned && !meet.a_only.empty();
    const bool turn_b = b.labels == b_turned && !meet.b_only.empty();
    const Tensor left =
        arranged(a, turn_a ? a_turned : joined(meet.batch, meet.a_only, meet.inner));
    const Tensor right =
        arranged(b, turn_b ? b_turned : joined(meet.batch, meet.inner, meet.b_only));
    product =
        matmul(reshape(left, turn_a ? Shape{batch, inner, rows} : Shape{batch, rows, inner}),
               reshape(right, turn_b ? Shape{batch, columns, inner} : Shape{batch, inner, columns}),
               {.transpose_a = turn_a, .transpose_b = turn_b});
  }
  return {reshape(product, Shape(shape)), labels};
}

}  // namespace

Tensor einsum(const std::string& equation, const std::vector<Tensor>& operands) {
  const Calling calling("einsum");
  std::vector<Shape> shapes;
  for (const Tensor& x : operands) shapes.push_back(x.shape());
  const EinsumEquation read = read_equation(equation, shapes);
  std::vector<Labelled> factors;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    factors.push_back({operands[i], read.operands[i]});
    take_diagonals(factors.back());
    drop_stretched(factors.back(), read.extents);
  }
  // What the result of the first i operands still needs.
  std::vector<AxisLabels> wanted(factors.size(), read.output);
  for (std::size_t i = factors.size() - 1; i-- > 0;) {
    wanted[i] = joined(wanted[i + 1], factors[i + 1].labels);
  }
  Labelled result = factors[0];
  sum_all_but(result, wanted[0]);
  for (std::size_t i = 1; i < factors.size(); ++i) {
    sum_all_but(factors[i], joined(wanted[i], result.labels));
    result = contract(result, factors[i], wanted[i], read.extents);
  }
  const Tensor y = arranged(result, read.output);
  return reshape(y, y.shape());  // a tensor of its own, also where nothing was to be done
}

}  // namespace heed::inline HEED_REAL
