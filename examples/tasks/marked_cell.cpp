#include "examples/tasks/marked_cell.h"

#include <algorithm>

namespace heed::inline HEED_REAL::tasks {

CellBatch draw_cells(Index batch, const data::Digits& digits, Generator& rng) {
  constexpr Index side = data::Digits::side, pixels = data::Digits::pixels;
  constexpr Index corners[] = {0, side - 1, pixels - side, pixels - 1};
  std::vector<Real> cells(static_cast<std::size_t>(batch * marked_cells * pixels));
  std::vector<std::int32_t> marked, labels;
  auto cell = cells.begin();
  for (Index b = 0; b < batch; ++b) {
    marked.push_back(rng.below(static_cast<std::int32_t>(marked_cells)));
    for (std::int32_t c = 0; c < static_cast<std::int32_t>(marked_cells); ++c, cell += pixels) {
      const Index which = rng.below(static_cast<std::int32_t>(digits.size()));
      std::ranges::copy(digits.image(which), cell);
      if (c != marked.back()) continue;
      for (const Index corner : corners) cell[corner] = 1;
      labels.push_back(digits.labels[static_cast<std::size_t>(which)]);
    }
  }
  return {Tensor({batch, marked_cells, pixels}, cells), Indices(std::move(marked)),
          Indices(std::move(labels))};
}

}  // namespace heed::inline HEED_REAL::tasks
