#include "nn/positions.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <numeric>

#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {
namespace {

// Rows start ... start + T - 1 of the table, added to each sequence of the batch.
Tensor add_rows(const char* layer, const Tensor& x, const Tensor& table, Index start) {
  check_shape(layer, "x", x, "(B, T, width)", {-1, -1, table.dim(1)});
  const Index length = x.dim(1);
  if (start < 0 || start + length > table.dim(0)) {
    throw ShapeError(fmt::format("[{}] needs positions {} to {}, and there are {}", layer, start,
                                 start + length - 1, table.dim(0)));
  }
  return x + slice(table, 0, start, start + length);  // (B, T, width) + (T, width)
}

}  // namespace

LearnedPositions::LearnedPositions(Index most, Index width, Generator& rng, double deviation) {
  check_positive("LearnedPositions", {{"most", most}, {"width", width}});
  weight_ = param("weight", rng.normal({most, width}, 0, deviation));
}

Tensor LearnedPositions::operator()(const Tensor& x, Index start) const {
  return add_rows("LearnedPositions", x, weight_, start);
}

SinusoidalPositions::SinusoidalPositions(Index most, Index width) {
  check_positive("SinusoidalPositions", {{"most", most}});
  if (width < 2 || width % 2 != 0) {
    throw ValueError(
        fmt::format("[SinusoidalPositions] needs an even width >= 2, got {}", width));
  }
  table_ = sinusoids(most, width);
}

Tensor SinusoidalPositions::operator()(const Tensor& x, Index start) const {
  return add_rows("SinusoidalPositions", x, table_, start);
}

Tensor sinusoids(Index length, Index width) {
  if (length < 0 || width < 2 || width % 2 != 0) {
    throw ValueError(fmt::format(
        "[sinusoids] needs length >= 0 and an even width >= 2, got {} and {}", length, width));
  }
  std::vector<Index> places(static_cast<std::size_t>(length));
  std::iota(places.begin(), places.end(), Index{0});
  return sinusoids_at(places, width);
}

Tensor sinusoids_at(const std::vector<Index>& places, Index width) {
  if (width < 2 || width % 2 != 0) {
    throw ValueError(fmt::format("[sinusoids_at] needs an even width >= 2, got {}", width));
  }
  std::vector<Real> table;
  table.reserve(places.size() * static_cast<std::size_t>(width));
  for (const Index t : places) {
    for (Index i = 0; i < width; i += 2) {
      const double exponent = -static_cast<double>(i) / static_cast<double>(width);
      const double angle = static_cast<double>(t) * std::pow(10000.0, exponent);
      table.push_back(static_cast<Real>(std::sin(angle)));
      table.push_back(static_cast<Real>(std::cos(angle)));
    }
  }
  return Tensor({std::ssize(places), width}, table);
}

}  // namespace heed::inline HEED_REAL::nn
