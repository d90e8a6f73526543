// What the tasks on nine cells draw.
#include <algorithm>
#include <vector>

#include "examples/tasks/pictures/marked_cell.h"

namespace heed::tasks {
namespace {

constexpr Index side = data::Digits::side, pixels = data::Digits::pixels;

using Cell = std::vector<Real>::iterator;

// Nine random digits a sample; `treat(cell, asked)` may change each.
template <class Treat>
CellBatch draw_nine(Index batch, const data::Digits& digits, Generator& rng, Treat treat) {
  std::vector<Real> cells(static_cast<std::size_t>(batch * marked_cells * pixels));
  std::vector<std::int32_t> marked, labels;
  Cell cell = cells.begin();
  for (Index b = 0; b < batch; ++b) {
    marked.push_back(rng.below(static_cast<std::int32_t>(marked_cells)));
    for (std::int32_t c = 0; c < static_cast<std::int32_t>(marked_cells); ++c, cell += pixels) {
      const Index which = rng.below(static_cast<std::int32_t>(digits.size()));
      std::ranges::copy(digits.image(which), cell);
      treat(cell, c == marked.back());
      if (c == marked.back()) labels.push_back(digits.labels[static_cast<std::size_t>(which)]);
    }
  }
  return {Tensor({batch, marked_cells, pixels}, cells), Indices(std::move(marked)),
          Indices(std::move(labels))};
}

// Puts the quarters of an image elsewhere.
void shuffle_quarters(Cell cell, Generator& rng) {
  std::vector<std::int32_t> order{0, 1, 2, 3};
  while (std::ranges::is_sorted(order)) order = rng.permutation(4);
  const std::vector<Real> whole(cell, cell + pixels);
  constexpr Index half = side / 2;
  const auto corner = [](std::int32_t quarter) {
    return quarter / 2 * half * side + quarter % 2 * half;
  };
  for (std::int32_t quarter = 0; quarter < 4; ++quarter) {
    const Index from = corner(order[static_cast<std::size_t>(quarter)]), to = corner(quarter);
    for (Index row = 0; row < half; ++row) {
      std::copy_n(whole.begin() + from + row * side, half, cell + to + row * side);
    }
  }
}

}  // namespace

CellBatch draw_cells(Index batch, const data::Digits& digits, Generator& rng) {
  return draw_nine(batch, digits, rng, [](Cell cell, bool asked) {
    if (!asked) return;
    for (const Index corner : {Index{0}, side - 1, pixels - side, pixels - 1}) cell[corner] = 1;
  });
}

CellBatch draw_cluttered_cells(Index batch, const data::Digits& digits, Generator& rng) {
  return draw_nine(batch, digits, rng, [&rng](Cell cell, bool asked) {
    if (!asked) shuffle_quarters(cell, rng);
  });
}

}  // namespace heed::tasks
