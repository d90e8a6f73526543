// Does an op leave the graph, its inputs and itself as they should be?
#include <fmt/format.h>

#include "autograd/threads.h"

#include "tests/autograd/op_checks.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

using heed::grad;
using heed::GraphError;

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

}  // namespace

std::vector<Check> graph_checks(const Row& row) {
  std::vector<Check> checks = {{"inputs_unchanged", inputs_unchanged},
                               {"no_grad", no_grad},
                               {"nothing_left", nothing_left},
                               {"repeated", repeated}};
  const auto when = [&checks](bool makes_sense, Check check) {
    if (makes_sense) checks.push_back(std::move(check));
  };
  when(row.differentiable, {"second_backward", second_backward});
  when(!row.large.empty(), {"threads", threads});
  return checks;
}

}  // namespace heed_test
