// properties/<row>: every row of the table that takes shapes nobody has chosen, on 200 of them:
// rank 0 to 5, extents 0 to 7, and for two inputs that broadcast every way to stretch. The value is
// compared with the row's formula, the gradient with a difference along a random direction.
//
// A failure is made smaller before it is printed. The shapes are the same every time; others with
//   RC_PARAMS="seed=7 max_success=5000" properties_test --run_test='properties/sum*'
#include <fmt/format.h>
#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <set>
#include <sstream>

#include "tests/autograd/op_checks.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

using Extents = std::vector<Index>;
using Shapes = std::vector<Shape>;

Shape shape_of(const Extents& extents) { return Shape(std::span<const Index>(extents)); }

template <class T>
rc::Gen<T> between(T least, T most) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange<T>(least, most + 1));
}

// One time in eight an extent may be 0 where the row allows it: often enough, and the others have
// something to compute.
Extents draw_extents(const Drawn& drawn) {
  const int rank = *between(drawn.least_rank, drawn.most_rank);
  const Index least =
      std::max(drawn.least_extent, *rc::gen::weightedElement<Index>({{7, 1}, {1, 0}}));
  return *rc::gen::container<Extents>(static_cast<std::size_t>(rank), between<Index>(least, 7));
}

// Two shapes that stretch to each other: some axes are 1 in one of them, some are missing in front.
Shapes draw_pair() {
  const Extents full = draw_extents({});
  Extents a = full, b = full;
  for (std::size_t i = 0; i < full.size(); ++i) {
    const int stretched = *between(0, 3);
    if (stretched == 1) a[i] = 1;
    if (stretched == 2) b[i] = 1;
  }
  const auto missing = static_cast<std::ptrdiff_t>(*between<std::size_t>(0, full.size()));
  Extents& shorter = *rc::gen::arbitrary<bool>() ? a : b;
  shorter.erase(shorter.begin(), shorter.begin() + missing);
  return {shape_of(a), shape_of(b)};
}

Shapes draw_shapes(const Row& row) {
  if (row.broadcasts) return draw_pair();
  const Drawn drawn = row.drawn.value_or(Drawn{.least_extent = row.without.empty() ? 1 : 0});
  const Shape shape = shape_of(draw_extents(drawn));
  return drawn.shapes ? drawn.shapes(shape) : Shapes(row.shapes.size(), shape);
}

// A row that takes scalars takes any shape; others say what they take.
bool can_be_drawn(const Row& row) { return row.broadcasts || row.drawn || !row.scalars.empty(); }

void holds_for(const Row& row, const Shapes& shapes) {
  std::string what = row.name + " of";
  bool something = row.differentiable;
  for (const Shape& shape : shapes) {
    what += fmt::format(" {}", shape.str());
    something = something && shape.size() > 0;
  }
  const Tensors inputs = draw_inputs(row, shapes);
  check_value(row, inputs, what);
  if (something) heed::gradcheck(what, row.call, inputs, {.order = 1, .full_jacobian = false});
}

void holds(const Row& row) {
  const auto result = rc::detail::checkTestable([&row] { holds_for(row, draw_shapes(row)); },
                                                rc::detail::TestMetadata{row.name, row.name});
  if (result.template is<rc::detail::SuccessResult>()) return;
  std::ostringstream text;
  printResultMessage(result, text);
  fail(fmt::format("{}\nwith seed={}", text.str(), rc::detail::configuration().testParams.seed));
}

const Generated cases([] {
  setenv("RC_PARAMS", "seed=20 max_success=200", 0);  // what the caller has set stays
  for (const Row& row : op_table()) {
    if (can_be_drawn(row)) add_case("properties/" + row.name, [&row] { holds(row); });
  }
});

}  // namespace

BOOST_AUTO_TEST_SUITE(property_coverage)

BOOST_AUTO_TEST_CASE(most_ops_take_drawn_shapes) {
  std::set<std::string> drawn, others;
  for (const Row& row : op_table()) {
    if (can_be_drawn(row)) drawn.insert(row.op);
  }
  for (const Row& row : op_table()) {
    if (drawn.count(row.op) == 0 && others.insert(row.op).second) {
      BOOST_TEST_MESSAGE("only chosen shapes: " << row.op);
    }
  }
  BOOST_TEST_MESSAGE(drawn.size() << " ops take drawn shapes, " << others.size() << " do not");
  BOOST_TEST(drawn.size() >= 115u);
}

// Wrong at element 5 alone: nothing with fewer than 6 elements can show it.
BOOST_AUTO_TEST_CASE(a_wrong_formula_is_found_and_made_small) {
  Row row = op_table().front();
  row.formula = [right = row.formula](const Plains& x) {
    Plain y = right(x);
    if (y.values.size() > 5) y.values[5] += 1;
    return y;
  };
  const auto result = rc::detail::checkTestable([&row] { holds_for(row, draw_shapes(row)); });
  BOOST_REQUIRE(result.template is<rc::detail::FailureResult>());
  const std::string text = result.template get<rc::detail::FailureResult>().description;
  BOOST_TEST(text.find(row.name + " of (") != std::string::npos, text);
  Index elements = 1;
  std::istringstream extents(text.substr(std::min(text.size(), text.find("[5] of (") + 8)));
  for (Index extent; extents >> extent; extents.ignore(1)) elements *= extent;
  BOOST_TEST(elements == 6, text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
