#include "autograd/ops/einsum_equation.h"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr AxisLabel dots = 0;            // "..." as it is written
constexpr AxisLabel first_dotted = 256;  // the last axis of "..."; those before it count up

struct Written {
  AxisLabel label;
  std::size_t position;
};
using Term = std::vector<Written>;

struct Sides {
  std::vector<Term> operands = {{}};
  Term output;
  bool has_arrow = false;
};

[[noreturn]] void refuse(const std::string& text, std::size_t position, const std::string& why) {
  throw ValueError(fmt::format("[einsum] '{}' at position {}: {}", text, position, why));
}

std::string name_of(AxisLabel label) {
  return label >= first_dotted ? "..." : std::string(1, static_cast<char>(label));
}

bool holds(const Term& term, AxisLabel label) {
  return std::any_of(term.begin(), term.end(),
                     [label](const Written& w) { return w.label == label; });
}

Sides read_sides(const std::string& text) {
  Sides sides;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    Term& term = sides.has_arrow ? sides.output : sides.operands.back();
    if (c == ' ') continue;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      if (sides.has_arrow && holds(term, c)) {
        refuse(text, at, fmt::format("'{}' is in the output twice", c));
      }
      term.push_back({c, at});
    } else if (text.compare(at, 3, "...") == 0) {
      if (holds(term, dots)) refuse(text, at, "a second '...' in one term");
      term.push_back({dots, at});
      at += 2;
    } else if (text.compare(at, 2, "->") == 0) {
      if (sides.has_arrow) refuse(text, at, "a second '->'");
      sides.has_arrow = true;
      ++at;
    } else if (c == ',') {
      if (sides.has_arrow) refuse(text, at, "the output is one term");
      sides.operands.emplace_back();
    } else {
      refuse(text, at, "expected a letter, ',', '->' or '...'");
    }
  }
  return sides;
}

AxisLabels expanded(const Term& term, int dotted) {
  AxisLabels labels;
  for (const Written& written : term) {
    if (written.label != dots) labels.push_back(written.label);
    for (int i = dotted; written.label == dots && i > 0; --i) {
      labels.push_back(first_dotted + i - 1);
    }
  }
  return labels;
}

// How many axes "..." stands for in an operand.
int dotted_axes(const std::string& text, const Term& term, std::size_t operand,
                const Shape& shape) {
  const bool has_dots = holds(term, dots);
  const int letters = static_cast<int>(term.size()) - (has_dots ? 1 : 0);
  if (has_dots ? shape.rank() < letters : shape.rank() != letters) {
    throw ShapeError(fmt::format("[einsum] operand {} of shape {} has {} axes, '{}' names {}",
                                 operand, shape.str(), shape.rank(), text, letters));
  }
  return shape.rank() - letters;
}

// Those that occur once, in order, behind the axes of "...".
AxisLabels implicit_output(const std::vector<AxisLabels>& operands, int dotted) {
  std::map<AxisLabel, int> count;
  for (const AxisLabels& labels : operands) {
    for (const AxisLabel label : labels) ++count[label];
  }
  AxisLabels output = expanded({{dots, 0}}, dotted);
  for (const auto& [label, times] : count) {
    if (label < first_dotted && times == 1) output.push_back(label);
  }
  return output;
}

void check_output(const std::string& text, const Sides& sides) {
  for (const Written& written : sides.output) {
    const bool known = std::any_of(sides.operands.begin(), sides.operands.end(),
                                   [&](const Term& term) { return holds(term, written.label); });
    if (!known && written.label != dots) {
      refuse(text, written.position, fmt::format("'{}' is in no operand", name_of(written.label)));
    }
  }
}

std::map<AxisLabel, Index> agreed_extents(const std::string& text,
                                          const std::vector<AxisLabels>& operands,
                                          const std::vector<Shape>& shapes) {
  std::map<AxisLabel, Index> extents;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    std::map<AxisLabel, Index> own;  // a diagonal does not stretch
    for (std::size_t axis = 0; axis < operands[i].size(); ++axis) {
      const AxisLabel label = operands[i][axis];
      const Index here = shapes[i].begin()[axis];
      Index& known = extents.try_emplace(label, here).first->second;
      const bool square = own.try_emplace(label, here).first->second == here;
      if (!square || (known != here && known != 1 && here != 1)) {
        throw ShapeError(fmt::format(
            "[einsum] '{}' of '{}' is {} in operand {} of shape {}, but "
            "{} before",
            name_of(label), text, here, i, shapes[i].str(), square ? known : own[label]));
      }
      if (known == 1) known = here;
    }
  }
  return extents;
}

}  // namespace

EinsumEquation read_equation(const std::string& text, const std::vector<Shape>& shapes) {
  const Sides sides = read_sides(text);
  if (sides.operands.size() != shapes.size()) {
    throw ValueError(fmt::format("[einsum] '{}' has {} operands, {} were given", text,
                                 sides.operands.size(), shapes.size()));
  }
  check_output(text, sides);
  EinsumEquation equation;
  int most = 0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const int dotted = dotted_axes(text, sides.operands[i], i, shapes[i]);
    most = std::max(most, dotted);
    equation.operands.push_back(expanded(sides.operands[i], dotted));
  }
  equation.output =
      sides.has_arrow ? expanded(sides.output, most) : implicit_output(equation.operands, most);
  equation.extents = agreed_extents(text, equation.operands, shapes);
  return equation;
}

}  // namespace heed::inline HEED_REAL
