// Equations of einsum. The first line gives the operands' shapes, a digit an axis ("23 34"), the
// rest is the equation.
#include <algorithm>

#include "autograd/ops.h"
#include "tests/fuzz/target.h"

namespace heed_test {
namespace {

using namespace heed;

constexpr std::string_view words[] = {"->", "...", ",", "ij,jk->ik", "ii", "A", " ", "\n", "23 32"};

// Extents of 0 to 2, so that no result is large. A word that has no shape ends the list.
std::vector<Tensor> operands_of(const std::string& line) {
  std::vector<Tensor> operands;
  std::vector<Index> extents;
  for (const char c : line + ' ') {
    if (c != ' ') {
      extents.push_back(static_cast<unsigned char>(c) % 3);
    } else {
      if (extents.size() > Shape::max_rank || operands.size() == 4) break;
      operands.push_back(Tensor::ones(Shape(std::span<const Index>(extents))));
      extents.clear();
    }
  }
  return operands;
}

}  // namespace

const std::span<const std::string_view> dictionary = words;

void try_to_read(std::span<const std::byte> bytes) {
  const std::string text = as_text(bytes);
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string equation = text.substr(std::min(end + 1, text.size()));
  try {
    const Tensor result = einsum(equation, operands_of(text.substr(0, end)));
    for (const Real value : result.values()) require(value >= 0, "ones give counts");
  } catch (const ValueError&) {
  } catch (const ShapeError&) {
  }
}

}  // namespace heed_test
