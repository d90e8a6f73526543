// Axial attention: the tokens are the cells of a grid, row by row, and each attends along its row
// and along its column instead of to all cells.
// Ho, Kalchbrenner, Weissenborn, Salimans 2019, "Axial attention in multidimensional transformers",
// arXiv 1912.12180; Wang et al. 2020, "Axial-DeepLab", arXiv 2003.07853.
//
//   row(x)_i = sum_{j in the row of i} softmax_j(q_i . k_j / sqrt(D)) v_j W_o, column(x) likewise
//   y = r + column(x + r),  r = row(x)     as two residual layers would (or both read x: summed)
//
// Shapes   x (B, T, C) -> y (B, T, C); T cells, W columns, R = T / W rows; H heads of size
//          D = C / H. Each pass has projections of its own.
// Cost     T W scores a head along rows and T R along columns, T (R + W) instead of T^2, and twice
//          that times C multiply-adds; 4 T C^2 for the projections of a pass. The fused kernel
//          keeps H T numbers a pass.
// Differs  from full attention: one pass sees one line, and only both see all cells, through the
//          cell where row and column cross. Not for what has no grid; and what lies on one diagonal
//          needs a detour.
// Limit    the row pass over a grid of one row is full attention
//          (axial_over_one_row_is_full_attention).
//
// The last row may be incomplete: the missing cells are hidden. A mask may hide cells, as (B, 1, 1,
// T). `axes` says which passes are made, in their order.
#pragma once

#include <vector>

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

// Along the cells of a row, or of a column.
enum class Along { rows, columns };

// The cells of a grid of `columns` columns that a pass along `axis` sees. Throws ValueError unless
// there is at least one column.
Pattern along(Along axis, Index columns);

struct AxialOptions {
  Index width = 0;
  Index heads = 1;
  Index columns = 1;  // W
  std::vector<Along> axes = {Along::rows, Along::columns};
  bool summed = false;  // every pass reads x, and the results are added
};

// One pass along one axis: multi-head attention within each line of the grid.
class AxialPass : public nn::Module {
 public:
  AxialPass(const AxialOptions& options, Along axis, Generator& rng);
  // (B, T, C), and cells to hide as (B, T) or undefined -> (B, T, C).
  Tensor operator()(const Tensor& x, const Mask& cells) const;

 private:
  AxialOptions options_;
  Along axis_;
  Projections& project_;
};

class Axial : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width, there is a column, and an axis.
  Axial(const AxialOptions& options, Generator& rng);
  Mixed mix(const MixerInput& input) const override;

 private:
  AxialOptions options_;
  std::vector<AxialPass*> passes_;
};

}  // namespace heed::inline HEED_REAL::attention
