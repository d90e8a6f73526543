// einsum against one loop over all letters, for equations that nobody chose.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/autograd/einsum_loop.h"
#include "tests/autograd/op_checks.h"

namespace heed_test {
namespace {

struct Drawn {
  std::string equation;
  std::vector<Shape> shapes;
};

// One to four operands of up to four axes, of letters from a small alphabet, so that they meet: in
// one operand, in two, in three. Sometimes "...", sometimes axes of extent 1, sometimes empty ones.
class Equations {
 public:
  explicit Equations(std::uint64_t seed) : rng_(seed) {}

  Drawn next() {
    extents_.clear();
    for (const char letter : letters) extents_[letter] = below(15) == 0 ? 0 : 1 + below(3);
    Drawn drawn;
    std::set<char> seen;
    const Index operands = 1 + below(4);
    for (Index i = 0; i < operands; ++i) {
      if (i > 0) drawn.equation += ",";
      add_operand(drawn);
    }
    for (const char c : drawn.equation) {
      if (c != ',' && c != '.') seen.insert(c);
    }
    if (below(4) != 0) add_output(drawn, seen);
    return drawn;
  }

 private:
  static constexpr std::string_view letters = "abcXY";

  Index below(Index n) { return static_cast<Index>(rng_.uniform(0, static_cast<double>(n))); }

  void add_operand(Drawn& drawn) {
    std::map<char, Index> here;  // some axes of extent 1 in this operand
    for (const auto& [letter, extent] : extents_) here[letter] = below(5) == 0 ? 1 : extent;
    std::vector<Index> shape;
    const Index axes = below(5);
    const Index dots_at = below(3) == 0 ? below(axes + 1) : -1;
    for (Index axis = 0; axis <= axes; ++axis) {
      if (axis == dots_at) {
        drawn.equation += "...";
        const std::vector<Index> dotted = {below(3) == 0 ? 1 : 2, below(3) == 0 ? 1 : 3};
        shape.insert(shape.end(), dotted.begin() + below(3), dotted.end());
      }
      if (axis == axes) break;
      const char letter = letters[static_cast<std::size_t>(below(5))];
      drawn.equation += letter;
      shape.push_back(here[letter]);
    }
    drawn.shapes.emplace_back(shape);
  }

  void add_output(Drawn& drawn, const std::set<char>& seen) {
    const bool dots = below(2) == 0;
    drawn.equation += "->";
    const auto order = rng_.permutation(5);
    for (const std::int32_t i : order) {
      const char letter = letters[static_cast<std::size_t>(i)];
      if (dots && i == 0) drawn.equation += "...";
      if (seen.count(letter) && below(2) == 0) drawn.equation += letter;
    }
  }

  heed::Generator rng_;
  std::map<char, Index> extents_;
};

Row row_of(const Drawn& drawn) {
  Row row;
  row.name = drawn.equation;
  row.call = [equation = drawn.equation](const Tensors& x) { return heed::einsum(equation, x); };
  row.formula = [equation = drawn.equation](const Plains& x) { return einsum_loop(equation, x); };
  row.shapes = drawn.shapes;
  return row;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(einsum)

BOOST_AUTO_TEST_CASE(three_hundred_equations) {
  Equations equations(1);
  for (int i = 0; i < 300; ++i) {
    const Row row = row_of(equations.next());
    std::string shapes;
    for (const Shape& shape : row.shapes) shapes += shape.str();
    BOOST_TEST_CONTEXT(row.name << " of " << shapes) {
      BOOST_CHECK_NO_THROW(check_value(row, draw_inputs(row, row.shapes), row.name));
    }
  }
}

BOOST_AUTO_TEST_CASE(derivatives_of_fifty) {
  Equations equations(2);
  for (int i = 0; i < 50; ++i) {
    const Row row = row_of(equations.next());
    BOOST_TEST_CONTEXT(row.name) { BOOST_CHECK_NO_THROW(check_gradient(row, row.shapes)); }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
