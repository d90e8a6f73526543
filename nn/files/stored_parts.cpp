#include "nn/files/stored_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace heed::inline HEED_REAL::nn {
namespace {

std::size_t index(int axis) { return static_cast<std::size_t>(axis); }

void fill_zeros(Real* into, const Layout& to) {
  if (to.shape.size() == 0) return;
  const Index length = to.shape.rank() == 0 ? 1 : to.shape[-1];
  each_row(to, to, [&](Index row, Index) { std::fill_n(into + row, length, Real(0)); });
}

}  // namespace

StoredParts::StoredParts(const StoredTensor& stored)
    : name_(stored.name()),
      shape_(stored.shape()),
      parts_{{&stored, Layout::packed(stored.shape()), {}}} {}

StoredParts StoredParts::zeros(const Shape& shape) {
  static const StoredTensor none("zeros", Tensor::zeros({0}));
  StoredParts result(none);
  result.shape_ = shape;
  result.parts_ = {{nullptr, Layout::packed(shape), {}}};
  return result;
}

const std::string& StoredParts::origin() const {
  const auto stored = std::ranges::find_if(parts_, [](const Part& p) { return p.stored; });
  return stored == parts_.end() ? name_ : stored->stored->name();
}

int StoredParts::checked_axis(int axis) const {
  const int rank = shape_.rank();
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw FormatError(fmt::format("[load] '{}' {} has no axis {}", name_, shape_.str(), axis));
}

StoredParts StoredParts::transposed() const {
  const int last = shape_.rank() - 1;
  if (last < 1) {
    throw FormatError(
        fmt::format("[load] '{}' {} cannot be transposed: it needs two axes", name_, shape_.str()));
  }
  StoredParts result = *this;
  result.shape_ = shape_.with(last, shape_[last - 1]).with(last - 1, shape_[last]);
  for (Part& part : result.parts_) {
    part.from = part.from.transposed();
    std::swap(part.at[index(last)], part.at[index(last - 1)]);
  }
  return result;
}

std::vector<StoredParts> StoredParts::split(std::size_t count, int axis) const {
  const int along = checked_axis(axis);
  const auto pieces = static_cast<Index>(count);
  if (shape_[along] % pieces != 0) {
    throw FormatError(fmt::format("[load] axis {} of '{}' {} cannot be split into {} equal parts",
                                  along, name_, shape_.str(), pieces));
  }
  const Index extent = shape_[along] / pieces;
  std::vector<StoredParts> results;
  for (Index i = 0; i < pieces; ++i) {
    StoredParts result = *this;
    result.shape_ = shape_.with(along, extent);
    result.parts_.clear();
    for (Part part : parts_) {
      // What of it lies in this piece, counted from its own beginning.
      const Index offset = i * extent - part.at[index(along)];
      const Index begin = std::max<Index>(offset, 0);
      const Index end = std::min(offset + extent, part.from.shape[along]);
      if (begin >= end) continue;
      part.from = part.from.sliced(along, begin, end - begin);
      part.at[index(along)] = begin - offset;
      result.parts_.push_back(part);
    }
    results.push_back(std::move(result));
  }
  return results;
}

StoredParts StoredParts::joined(const std::vector<StoredParts>& parts, int axis) {
  StoredParts result = parts.front();
  const int along = result.checked_axis(axis);
  for (auto next = parts.begin() + 1; next != parts.end(); ++next) {
    const Index end = result.shape_[along];
    if (next->shape_.rank() != result.shape_.rank() ||
        !(next->shape_.with(along, end) == result.shape_)) {
      throw FormatError(fmt::format("[load] '{}' {} cannot be joined to '{}' {} on axis {}",
                                    next->name_, next->shape_.str(), result.name_,
                                    result.shape_.str(), along));
    }
    for (Part part : next->parts_) {
      part.at[index(along)] += end;
      result.parts_.push_back(part);
    }
    result.shape_ = result.shape_.with(along, end + next->shape_[along]);
  }
  return result;
}

void StoredParts::check_numbers() const {
  for (const Part& part : parts_) {
    if (part.stored) part.stored->check_numbers();
  }
}

void StoredParts::read(Real* into) const {
  for (const Part& part : parts_) {
    Layout to = Layout::packed(shape_);
    for (int axis = 0; axis < shape_.rank(); ++axis) {
      to = to.sliced(axis, part.at[index(axis)], part.from.shape[axis]);
    }
    if (part.stored) {
      part.stored->read(part.from, into, to);
    } else {
      fill_zeros(into, to);
    }
  }
}

bool StoredParts::is_whole() const {
  return parts_.size() == 1 && parts_[0].stored && parts_[0].from.is_packed() &&
         parts_[0].from.shape == parts_[0].stored->shape();
}

bool same_values(const StoredParts& a, const StoredParts& b) {
  if (!(a.shape_ == b.shape_)) return false;
  if (a.is_whole() && b.is_whole() && a.parts_[0].stored->type() == b.parts_[0].stored->type()) {
    return a.parts_[0].stored->same_bytes(*b.parts_[0].stored);
  }
  const Tensor x = Tensor::empty(a.shape_), y = Tensor::empty(a.shape_);
  a.read(x.mutable_data());
  b.read(y.mutable_data());
  return std::ranges::equal(std::as_bytes(x.values()), std::as_bytes(y.values()));
}

}  // namespace heed::inline HEED_REAL::nn
