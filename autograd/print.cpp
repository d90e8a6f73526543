// Tensors, Indices, Masks and Shapes as text for people.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr Index most_whole = 1000;  // elements that are written without a gap
constexpr Index at_ends = 3;        // of an axis with a gap, on either side

class Block {
 public:
  Block(const Shape& shape, std::function<std::string(Index)> text)
      : shape_(shape), text_(std::move(text)), gaps_(shape.size() > most_whole) {
    walk(0, 0, [this](Index i) { width_ = std::max(width_, text_(i).size()); });
  }

  std::string str() const {
    return shape_.rank() == 0 ? text_(0) : axis(0, 0);
  }

 private:
  bool has_gap(int axis) const { return gaps_ && shape_[axis] > 2 * at_ends; }
  // Of the elements of an axis, those that are shown.
  std::vector<Index> shown(int axis) const {
    std::vector<Index> places;
    for (Index i = 0; i < shape_[axis]; ++i) {
      if (has_gap(axis) && i == at_ends) i = shape_[axis] - at_ends;
      places.push_back(i);
    }
    return places;
  }
  void walk(int axis, Index offset, const std::function<void(Index)>& visit) const {
    if (axis == shape_.rank()) return visit(offset);
    for (const Index i : shown(axis)) walk(axis + 1, offset * shape_[axis] + i, visit);
  }
  std::string axis(int axis, Index offset) const {
    const bool last = axis + 1 == shape_.rank();
    const int ends = shape_.rank() - 1 - axis;  // line ends between two neighbours
    const std::string between =
        last ? ", " : "," + std::string(static_cast<std::size_t>(ends), '\n') +
                          std::string(static_cast<std::size_t>(axis) + 1, ' ');
    std::string all = "[";
    bool first = true;
    for (const Index i : shown(axis)) {
      if (!first) all += between;
      if (has_gap(axis) && i == shape_[axis] - at_ends) all += "..." + between;
      const Index at = offset * shape_[axis] + i;
      all += last ? fmt::format("{:>{}}", text_(at), width_) : this->axis(axis + 1, at);
      first = false;
    }
    return all + "]";
  }

  Shape shape_;
  std::function<std::string(Index)> text_;
  bool gaps_;
  std::size_t width_ = 0;
};

std::ostream& write(std::ostream& out, const char* kind, const Shape& shape,
                    const std::function<std::string(Index)>& text) {
  return out << kind << ' ' << shape.str() << '\n' << Block(shape, text).str();
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.str(); }

std::ostream& operator<<(std::ostream& out, const Indices& indices) {
  return write(out, "Indices", indices.shape(),
               [&](Index i) { return std::to_string(indices[i]); });
}

std::ostream& operator<<(std::ostream& out, const Mask& mask) {
  if (!mask.defined()) return out << "Mask, undefined";
  return write(out, "Mask", mask.shape(), [&](Index i) { return mask[i] ? "true" : "false"; });
}

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  if (!tensor.defined()) return out << "Tensor, undefined";
  return write(out, "Tensor", tensor.shape(), [&](Index i) {
    const Real value = tensor.data()[i];
    return std::isnan(value) ? "nan" : fmt::format("{:.6g}", value);  // never "-nan"
  });
}

}  // namespace heed::inline HEED_REAL
