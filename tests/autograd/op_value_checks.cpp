// Does an op compute what its second formula says, whatever it is handed?
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "tests/autograd/op_checks.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

using heed::Real;

void value(const Row& row) { check_value(row, draw_inputs(row, row.shapes), row.name); }

void other_shapes(const Row& row) {
  for (const auto& shapes : row.more) {
    check_value(row, draw_inputs(row, shapes), row.name);
    if (row.differentiable) check_gradient(row, shapes);
  }
}

void zero_size(const Row& row) {
  for (const auto& shapes : row.without) {
    const Tensors leaves = leaves_of(draw_inputs(row, shapes));
    check_value(row, leaves, row.name + " without elements");
    if (!row.differentiable) continue;
    const Tensor y = row.call(leaves);
    y.backward(cotangent_for(y));
    for (const Tensor& leaf : leaves) {
      expect(leaf.grad().defined() && leaf.grad().shape() == leaf.shape(),
             "an input without elements has a gradient of its shape");
    }
  }
}

void rank_0(const Row& row) {
  check_value(row, draw_inputs(row, row.scalars), row.name + " of a scalar");
  if (row.differentiable) check_gradient(row, row.scalars, true);
}

// Every position of every input in turn holds something that is no ordinary number.
void poked(const Row& row, double poke) {
  const Tensors inputs = draw_inputs(row, row.shapes);
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    for (Index i = 0; i < inputs[k].size(); ++i) {
      Tensors changed = inputs;
      Plain values = plain(inputs[k]);
      values.values[static_cast<std::size_t>(i)] = poke;
      changed[k] = tensor(values);
      check_value(row, changed, fmt::format("{} with {} at input {}[{}]", row.name, poke, k, i));
    }
  }
}
void nan_input(const Row& row) { poked(row, std::numeric_limits<double>::quiet_NaN()); }
void inf_input(const Row& row) {
  poked(row, std::numeric_limits<double>::infinity());
  poked(row, -std::numeric_limits<double>::infinity());
}

// Inputs that begin in the middle of a memory block, as slices of the first axis do.
void unaligned(const Row& row) {
  const Tensors inputs = draw_inputs(row, row.shapes);
  Tensors views;
  for (const Tensor& x : inputs) {
    std::vector<Real> wide(static_cast<std::size_t>(x.size()) + 1, Real{-9});
    std::copy(x.values().begin(), x.values().end(), wide.begin() + 1);
    views.push_back(Tensor(Shape{x.size() + 1}, wide).alias(x.shape(), 1));
  }
  expect(same_bits(row.call(inputs), row.call(views)), "the same bits from an unaligned view");
}

// What stretches to (2, 3, 17) or to the end of it: each axis there or 1, front axes left out. The
// last is longer than a SIMD batch and no multiple of one.
std::vector<Shape> stretchable() {
  std::vector<Shape> shapes = {Shape{}};
  for (std::size_t from = 0, axis = 3; axis-- > 0;) {
    const std::size_t until = shapes.size();
    for (const Index extent : {Index{1}, (std::array<Index, 3>{2, 3, 17})[axis]}) {
      for (std::size_t i = from; i < until; ++i) shapes.push_back(shapes[i].inserted(0, extent));
    }
    from = until;
  }
  return shapes;  // (), (1), (17), (1, 1), (1, 17), (3, 1), ...
}

void broadcast(const Row& row) {
  const std::vector<Shape> shapes = stretchable();
  for (const Shape& a : shapes) {
    for (const Shape& b : shapes) {
      check_value(row, draw_inputs(row, {a, b}),
                  fmt::format("{} of {} and {}", row.name, a.str(), b.str()));
      if (row.differentiable) check_gradient(row, {a, b});
    }
  }
}

void refuse(const Row& row) {
  for (const Refusal& refusal : row.refusals) {
    std::string message = "nothing";
    try {
      refusal.call();
    } catch (const heed::Error& error) {
      message = error.what();
    }
    expect(message == refusal.text,
           fmt::format("{}: expected '{}', got '{}'", refusal.label, refusal.text, message));
  }
}

}  // namespace

std::vector<Check> value_checks(const Row& row) {
  std::vector<Check> checks = {{"value", value},
                               {"nan_input", nan_input},
                               {"inf_input", inf_input},
                               {"unaligned", unaligned}};
  const auto when = [&checks](bool makes_sense, Check check) {
    if (makes_sense) checks.push_back(std::move(check));
  };
  when(row.broadcasts, {"broadcast", broadcast});
  when(!row.more.empty(), {"other_shapes", other_shapes});
  when(!row.without.empty(), {"zero_size", zero_size});
  when(!row.scalars.empty(), {"rank_0", rank_0});
  when(!row.refusals.empty(), {"refuses", refuse});
  return checks;
}

}  // namespace heed_test
