// The table of operations: a row an op, or a way to call it. From every row the same checks are
// made (op_checks.cpp), so to test a new op is to add its row. An op of ops.h without a row fails
// op_coverage.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "autograd/gradcheck.h"
#include "tests/autograd/plain.h"

namespace heed_test {

using Plains = std::vector<Plain>;
using Tensors = std::vector<Tensor>;

// Where an input is drawn from.
struct Domain {
  double low = -2;
  double high = 2;
  // Multiples of a spacing, shuffled, and offset by half of it between the inputs: no ties, no two
  // values closer than a difference quotient reaches, 0 not among them. For max, relu and whatever
  // else has kinks.
  bool distinct = false;
};
inline constexpr Domain distinct{.distinct = true};
inline constexpr Domain positive{.low = 0.5, .high = 2.5};

// What an op of one argument gives at a special value, and its derivative there.
struct Edge {
  double x;
  double y;
  double derivative;
};

struct Refusal {
  std::string label;
  std::function<void()> call;
  std::string text;  // exact
};

// Shapes for the property tests, made from one that is drawn.
struct Drawn {
  int least_rank = 0;
  int most_rank = 5;
  Index least_extent = 0;
  // Those of all inputs, from the drawn one; without, every input has the drawn one.
  std::function<std::vector<Shape>(const Shape&)> shapes = {};
};

struct Row {
  std::string name;  // unique; --run_test=ops/<name>/*
  std::string op;    // as declared in ops.h, without names and defaults: "sum(Tensor,
                     // std::vector<int>, bool)"
  heed::TensorFunction call;
  std::function<Plain(const Plains&)> formula;
  std::vector<Shape> shapes;                     // small, for full Jacobians
  std::vector<Domain> domains = {};              // by input; Domain() where missing
  std::vector<std::vector<Shape>> more = {};     // other shapes: beyond a SIMD batch, other ranks
  std::vector<std::vector<Shape>> without = {};  // with a zero extent
  std::vector<Shape> scalars = {};               // with rank 0 inputs, where the op takes them
  std::vector<Shape> large = {};                 // enough work for two threads
  bool broadcasts = false;                       // two inputs that stretch to each other
  bool differentiable = true;
  std::vector<Edge> edges = {};
  std::vector<Refusal> refusals = {};
  int order = 2;
  // For rows that take more than they are given here. One that takes scalars takes any shape.
  std::optional<Drawn> drawn = {};
};

// What inputs of these shapes look like; the same every time.
Tensors draw_inputs(const Row& row, const std::vector<Shape>& shapes);

std::vector<Row> unary_rows();
std::vector<Row> activation_rows();
std::vector<Row> binary_rows();
std::vector<Row> scalar_rows();  // a tensor and a number
std::vector<Row> power_rows();
std::vector<Row> comparison_rows();
std::vector<Row> choice_rows();
std::vector<Row> reduce_rows();
std::vector<Row> extreme_rows();
std::vector<Row> order_rows();
std::vector<Row> shape_rows();
std::vector<Row> slicing_rows();
std::vector<Row> repeat_rows();
std::vector<Row> triangle_rows();
std::vector<Row> join_rows();
std::vector<Row> gather_rows();
std::vector<Row> put_rows();
std::vector<Row> selection_rows();
std::vector<Row> segment_rows();
std::vector<Row> draw_rows();
std::vector<Row> signal_rows();
std::vector<Row> solve_rows();
std::vector<Row> matmul_rows();
std::vector<Row> conv_rows();
std::vector<Row> pool_rows();
std::vector<Row> fft_rows();
std::vector<Row> einsum_rows();
std::vector<Row> normalize_rows();
std::vector<Row> fused_rows();
std::vector<Row> attention_rows();
std::vector<Row> recurrent_rows();
// All of them.
const std::vector<Row>& op_table();

}  // namespace heed_test
