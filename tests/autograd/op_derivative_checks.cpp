// Are the derivatives right, in every way an input can be used?
#include <fmt/format.h>

#include "autograd/ops.h"

#include "tests/autograd/op_checks.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

using heed::grad;
using heed::GraphError;
using heed::Real;

void jacobian(const Row& row) {
  heed::gradcheck(row.name, row.call, draw_inputs(row, row.shapes), {.order = 1});
}

void second_order(const Row& row) { check_gradient(row, row.shapes); }

// x in all places that have its shape: the gradients of the places add up.
void same_tensor_twice(const Row& row) {
  const Tensors inputs = draw_inputs(row, row.shapes);
  const heed::TensorFunction twice = [&](const Tensors& x) {
    Tensors all = inputs;
    for (Tensor& each : all) each = each.shape() == x[0].shape() ? x[0] : each;
    return row.call(all);
  };
  // Ties everywhere: what max and min do there is not a derivative, but it must add up to one.
  const Tensor leaf = leaves_of({inputs[0]})[0];
  const Tensor y = twice({leaf});
  const Tensor c = cotangent_for(y);
  Tensors apart = inputs;
  for (Tensor& each : apart) each = each.shape() == leaf.shape() ? leaf : each;
  apart = leaves_of(apart);
  Tensor expected = Tensor::zeros(leaf.shape());
  const Tensors parts = grad({row.call(apart)}, apart, {}, {c});
  for (const Tensor& part : parts) {
    if (part.shape() == leaf.shape()) expected = expected + part;
  }
  compare("the gradient of a tensor used in several places", plain(grad({y}, {leaf}, {}, {c})[0]),
          plain(expected));
}

void unused_input(const Row& row) {
  Tensors leaves = leaves_of(draw_inputs(row, row.shapes));
  const Tensor y = row.call(leaves);
  Tensor stranger = Tensor::ones({2, 2}).require_grad();
  const Tensor none = grad({y}, {stranger}, {.keep_graph = true}, {cotangent_for(y)})[0];
  expect(same_bits(none, Tensor::zeros({2, 2})), "an unused input has a gradient of zeros");
  bool refused = false;
  try {
    grad({y}, {stranger}, {.allow_unused = false}, {cotangent_for(y)});
  } catch (const GraphError&) {
    refused = true;
  }
  expect(refused, "an unused input is an error where asked for");
}

// The gradient by one input does not depend on whether the others want theirs.
void one_input_at_a_time(const Row& row) {
  const Tensors inputs = draw_inputs(row, row.shapes);
  const Tensors all = leaves_of(inputs);
  const Tensor y = row.call(all);
  const Tensors together = grad({y}, all, {}, {cotangent_for(y)});
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    Tensors alone = inputs;
    alone[k] = leaves_of(inputs)[k];
    const Tensor z = row.call(alone);
    compare(fmt::format("gradient of input {} alone", k),
            plain(grad({z}, {alone[k]}, {}, {cotangent_for(z)})[0]), plain(together[k]));
  }
}

void accumulation(const Row& row) {
  const Tensors leaves = leaves_of(draw_inputs(row, row.shapes));
  const auto once = [&] {
    const Tensor y = row.call(leaves);
    y.backward(cotangent_for(y));
  };
  once();
  Plains first;
  for (const Tensor& leaf : leaves) first.push_back(plain(leaf.grad()));
  once();
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    for (double& number : first[k].values) number *= 2;
    compare("two backwards add up", plain(leaves[k].grad()), first[k]);
  }
}

// The values of a gradient are the same whether it is recorded or not.
void recorded_gradient(const Row& row) {
  const Tensors leaves = leaves_of(draw_inputs(row, row.shapes));
  const Tensor y = row.call(leaves);
  const Tensor c = cotangent_for(y);
  const Tensors plainly = grad({y}, leaves, {.keep_graph = true}, {c});
  const Tensors recorded = grad({y}, leaves, {.create_graph = true}, {c});
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    compare("a recorded gradient", plain(recorded[k]), plain(plainly[k]));
  }
}

void stated_edges(const Row& row) {
  for (const Edge& edge : row.edges) {
    const Tensor x = leaves_of({Tensor::full({3}, static_cast<Real>(edge.x))})[0];
    const Tensor y = row.call({x});
    compare(fmt::format("{} at {}", row.name, edge.x), plain(y),
            {Shape{3}, {edge.y, edge.y, edge.y}});
    compare(fmt::format("the derivative of {} at {}", row.name, edge.x),
            plain(grad({y}, {x}, {}, {Tensor::ones({3})})[0]),
            {Shape{3}, {edge.derivative, edge.derivative, edge.derivative}});
  }
}

}  // namespace

std::vector<Check> derivative_checks(const Row& row) {
  if (!row.differentiable) return {};
  std::vector<Check> checks = {{"unused_input", unused_input},
                               {"one_input_at_a_time", one_input_at_a_time},
                               {"accumulation", accumulation},
                               {"recorded_gradient", recorded_gradient}};
  const auto when = [&checks](bool makes_sense, Check check) {
    if (makes_sense) checks.push_back(std::move(check));
  };
  const bool exact = sizeof(Real) == 8;  // difference quotients of floats prove little
  when(exact, {"jacobian", jacobian});
  when(exact, {"second_order", second_order});
  when(row.shapes.size() > 1, {"same_tensor_twice", same_tensor_twice});
  when(!row.edges.empty(), {"stated_edges", stated_edges});
  return checks;
}

}  // namespace heed_test
