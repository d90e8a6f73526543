#include "tests/autograd/op_checks.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "autograd/ops.h"
#include "autograd/threads.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

using heed::grad;
using heed::GraphError;
using heed::Real;

constexpr double tolerance = sizeof(Real) == 8 ? 1e-12 : 2e-5;

Tensors leaves_of(const Tensors& inputs) {
  Tensors leaves;
  for (const Tensor& x : inputs) leaves.push_back(Tensor(x.shape(), x.values()).require_grad());
  return leaves;
}

Plains plains(const Tensors& inputs) {
  Plains all;
  for (const Tensor& x : inputs) all.push_back(plain(x));
  return all;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() &&
         (a.size() == 0 ||
          std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(Real)) == 0);
}

Tensor cotangent_for(const Tensor& y) { return heed::Generator(11).normal(y.shape()); }

// Value against the second formula on inputs of these shapes.
void check_value(const Row& row, const Tensors& inputs, const std::string& what) {
  compare(what, plain(row.call(inputs)), row.formula(plains(inputs)));
}

void check_gradient(const Row& row, const std::vector<Shape>& shapes, bool full = false) {
  heed::gradcheck(row.name, row.call, draw_inputs(row, shapes),
                  {.order = row.order, .full_jacobian = full});
}

// ---- values ----

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

void inputs_unchanged(const Row& row) {
  const Tensors inputs = leaves_of(draw_inputs(row, row.shapes));
  const Tensors before = leaves_of(inputs);
  const Tensor y = row.call(inputs);
  if (row.differentiable) y.backward(cotangent_for(y));
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    expect(same_bits(inputs[k], before[k]) && inputs[k].version() == before[k].version(),
           fmt::format("input {} is as it was", k));
  }
}

void threads(const Row& row) {
  const Tensors leaves = leaves_of(draw_inputs(row, row.large));
  const auto run = [&](int count) {
    heed::set_threads(count);
    const Tensor y = row.call(leaves);
    Tensors results = {y};
    if (row.differentiable) {
      for (const Tensor& g : grad({y}, leaves, {}, {cotangent_for(y)})) results.push_back(g);
    }
    heed::set_threads(1);
    return results;
  };
  const Tensors one = run(1), two = run(2);
  for (std::size_t i = 0; i < one.size(); ++i) {
    expect(same_bits(one[i], two[i]),
           i == 0 ? "value with 1 and 2 threads" : "gradient with 1 and 2 threads");
  }
}

void broadcast(const Row& row) {
  const std::vector<std::vector<Shape>> pairings = {
      {{3, 4}, {4}},       {{4}, {3, 4}},       {{3, 4}, {3, 1}},      {{3, 1}, {3, 4}},
      {{3, 1}, {1, 4}},    {{1, 4}, {3, 1}},    {{}, {3, 4}},          {{3, 4}, {}},
      {{2, 3, 4}, {1}},    {{1}, {2, 3, 4}},    {{2, 1, 4}, {3, 1}},   {{3, 1}, {2, 1, 4}},
      {{1}, {1}},          {{1, 1}, {1}},       {{5, 1, 1}, {5}},      {{2, 3, 1}, {2, 1, 17}},
      {{1, 3, 1}, {3, 2}}, {{2, 1, 2}, {1, 2}}, {{1, 1, 3}, {2, 1, 1}}};
  for (const auto& shapes : pairings) {
    check_value(row, draw_inputs(row, shapes),
                fmt::format("{} of {} and {}", row.name, shapes[0].str(), shapes[1].str()));
    if (row.differentiable) check_gradient(row, shapes);
  }
}

// ---- derivatives ----

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

// ---- the graph ----

void no_grad(const Row& row) {
  const Tensors leaves = leaves_of(draw_inputs(row, row.shapes));
  const Index before = heed::live_nodes();
  {
    heed::NoGrad off;
    const Tensor y = row.call(leaves);
    expect(!y.requires_grad() && heed::live_nodes() == before, "NoGrad records nothing");
  }
  const Tensor y = row.call(draw_inputs(row, row.shapes));
  expect(!y.requires_grad() && heed::live_nodes() == before,
         "without a leaf that wants a gradient nothing is recorded");
}

void nothing_left(const Row& row) {
  const Index before = heed::live_nodes();
  {
    const Tensors leaves = leaves_of(draw_inputs(row, row.shapes));
    const Tensor y = row.call(leaves);
    if (row.differentiable) {
      expect(y.requires_grad(), "the output requires a gradient");
      y.backward(cotangent_for(y), true);
      const Tensors g = grad({y}, leaves, {.create_graph = true}, {cotangent_for(y)});
      row.call(leaves);
    }
  }
  expect(heed::live_nodes() == before, "no node is left when the handles are gone");
}

void second_backward(const Row& row) {
  const Tensors leaves = leaves_of(draw_inputs(row, row.shapes));
  const Tensor y = row.call(leaves);
  y.backward(cotangent_for(y));
  std::string message;
  try {
    y.backward(cotangent_for(y));
  } catch (const GraphError& error) {
    message = error.what();
  }
  expect(message.find("[backward] a second time through ") == 0,
         "a second backward says so; got: " + message);
}

void repeated(const Row& row) {
  const auto run = [&] {
    const Tensors leaves = leaves_of(draw_inputs(row, row.shapes));
    Tensors results = {row.call(leaves)};
    if (!row.differentiable) return results;
    const Tensor c = cotangent_for(results[0]);
    for (const Tensor& g : grad({results[0]}, leaves, {}, {c})) results.push_back(g);
    return results;
  };
  const Tensors once = run(), again = run();
  for (std::size_t i = 0; i < once.size(); ++i) {
    expect(same_bits(once[i], again[i]), "the same bits the second time");
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

void compare(const std::string& what, const Plain& got, const Plain& expected) {
  if (!(got.shape == expected.shape)) {
    throw heed::Error(
        fmt::format("{}: shape {}, expected {}", what, got.shape.str(), expected.shape.str()));
  }
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const double a = got.values[i], b = expected.values[i];
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    if (std::abs(a - b) <= tolerance * (1 + std::abs(b))) continue;
    throw heed::Error(fmt::format("{}: at [{}] of {}: {:.17g}, expected {:.17g}", what, i,
                                  got.shape.str(), a, b));
  }
}

void check_derivatives(const Row& row) {
  heed::gradcheck(row.name, row.call, draw_inputs(row, row.shapes), {.order = row.order});
}

std::vector<Check> checks_of(const Row& row) {
  std::vector<Check> checks = {{"value", value},
                               {"nan_input", nan_input},
                               {"inf_input", inf_input},
                               {"unaligned", unaligned},
                               {"inputs_unchanged", inputs_unchanged},
                               {"no_grad", no_grad},
                               {"nothing_left", nothing_left},
                               {"repeated", repeated}};
  const auto when = [&checks](bool makes_sense, Check check) {
    if (makes_sense) checks.push_back(std::move(check));
  };
  const bool exact = sizeof(Real) == 8;  // difference quotients of floats prove little
  when(row.differentiable && exact, {"jacobian", jacobian});
  when(row.differentiable && exact, {"second_order", second_order});
  when(row.differentiable, {"unused_input", unused_input});
  when(row.differentiable, {"one_input_at_a_time", one_input_at_a_time});
  when(row.differentiable, {"accumulation", accumulation});
  when(row.differentiable, {"recorded_gradient", recorded_gradient});
  when(row.differentiable, {"second_backward", second_backward});
  when(row.differentiable && row.shapes.size() > 1, {"same_tensor_twice", same_tensor_twice});
  when(row.broadcasts, {"broadcast", broadcast});
  when(!row.more.empty(), {"other_shapes", other_shapes});
  when(!row.without.empty(), {"zero_size", zero_size});
  when(!row.edges.empty(), {"stated_edges", stated_edges});
  when(!row.refusals.empty(), {"refuses", refuse});
  when(!row.large.empty(), {"threads", threads});
  when(!row.scalars.empty(), {"rank_0", rank_0});
  return checks;
}

}  // namespace heed_test
