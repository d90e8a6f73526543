// How a head is cut into tiles, and what of a tile is hidden. Internal.
#pragma once

#include <algorithm>
#include <cstdint>

#include "autograd/kernels/attention.h"
#include "autograd/kernels/attention_bias.h"
#include "autograd/kernels/rows.h"

namespace heed::inline HEED_REAL {

struct TileSizes {
  Index queries, keys;
};
// Small blocks of queries skip more of what causality and windows hide, large ones make better
// matrix products. Tiles end where OpenBLAS would begin to pack its factors: up to a million
// multiply-adds its kernels for AVX-512 read them as they lie, and are a fifth faster.
inline TileSizes tile_sizes(const AttentionPlan& plan) {
  constexpr Index unpacked = 1'000'000;
  Index queries = plan.causal && plan.keys <= 512 ? 16 : 64;
  if (plan.window >= 0) queries = std::clamp<Index>(plan.window, 8, queries);
  if (plan.tile_queries > 0) queries = plan.tile_queries;
  queries = std::max<Index>(1, std::min(queries, plan.queries));
  const Index fitting = unpacked / (queries * std::max(plan.size, plan.value_size));
  Index keys = std::clamp<Index>(fitting / 64 * 64, 64, 512);
  if (plan.tile_keys > 0) keys = plan.tile_keys;
  return {queries, std::max<Index>(1, std::min(keys, plan.keys))};
}

// Some queries of a head, and a run of keys inside one tile.
struct Tile {
  Index query, queries;
  Index key, keys;
};

// One head: which tiles it is worked on in, and what is hidden in them.
class Head {
 public:
  // When `careful`, queries are taken one by one and keys that they do not see are never touched: a
  // hidden weight of 0 would still make NaN of a hidden NaN. A bias of -inf hides as a mask does.
  Head(const AttentionPlan& plan, const TileSizes& sizes, const ScoreRows<const Real>& bias,
       Index b, Index h, bool careful)
      : plan_(plan),
        sizes_(sizes),
        bias_(bias.at(b, h)),
        batch_(b),
        first_row_((b * plan.heads + h) * plan.queries),
        careful_(careful) {}

  const AttentionPlan& plan() const { return plan_; }

  // Of query 0 among all rows of scores, (B, H, Tq).
  Index first_row() const { return first_row_; }

  // work(first, count) for blocks of queries.
  template <class Work>
  void for_blocks(Work work) const {
    const Index step = careful_ ? 1 : sizes_.queries;
    for (Index first = 0; first < plan_.queries; first += step) {
      work(first, std::min(step, plan_.queries - first));
    }
  }

  // work(tile) for the tiles in which any of these queries sees a key.
  template <class Work>
  void for_tiles(Index first, Index count, Work work) const {
    const KeyRange keys{plan_.range(batch_, first).first,
                        plan_.range(batch_, first + count - 1).last};
    const auto in_tiles = [&](KeyRange run) {
      while (run.size() > 0) {
        const Index end = std::min(run.last, (run.first / sizes_.keys + 1) * sizes_.keys);
        work(Tile{first, count, run.first, end - run.first});
        run.first = end;
      }
    };
    if (careful_ && (plan_.mask || bias_.data)) {
      for_visible_runs(first, keys, in_tiles);
    } else {
      in_tiles(keys);
    }
  }

  // Adds the bias to the scores (queries, keys) of a tile.
  void add_bias(const Tile& tile, Real* scores) const {
    if (!bias_.data) return;
    for (Index r = 0; r < tile.queries; ++r) {
      add_bias_row(bias_, tile.query + r, tile.key, tile.keys, scores + r * tile.keys);
    }
  }

  // Puts `hidden` where a query of the tile does not see, into a matrix (queries, keys).
  void hide(const Tile& tile, Real hidden, Real* matrix) const {
    if (!plan_.bounded() && !plan_.mask) return;
    for (Index r = 0; r < tile.queries; ++r) {
      Real* row = matrix + r * tile.keys;
      const KeyRange seen = plan_.range(batch_, tile.query + r);
      const Index from = std::clamp<Index>(seen.first - tile.key, 0, tile.keys);
      const Index to = std::clamp<Index>(seen.last - tile.key, 0, tile.keys);
      std::fill(row, row + from, hidden);
      std::fill(row + to, row + tile.keys, hidden);
      if (plan_.mask) {
        hide_row(plan_.mask->row(first_row_ + tile.query + r) + tile.key, row, hidden, row,
                 tile.keys);
      }
    }
  }

 private:
  template <class Work>
  void for_visible_runs(Index query, const KeyRange& keys, Work work) const {
    const std::uint8_t* visible = plan_.mask ? plan_.mask->row(first_row_ + query) : nullptr;
    const Real* bias = bias_.data ? bias_.row(query) : nullptr;
    KeyRange run{keys.first, keys.first};
    for (Index j = keys.first; j < keys.last; ++j) {
      const bool hidden =
          (visible && !visible[j]) || (bias && bias[j * bias_.key] == minus_infinity);
      if (!hidden) {
        run.last = j + 1;
        continue;
      }
      work(run);
      run = {j + 1, j + 1};
    }
    work(run);
  }

  const AttentionPlan& plan_;
  TileSizes sizes_;
  ScoreRows<const Real> bias_;
  Index batch_;
  Index first_row_;
  bool careful_;
};

}  // namespace heed::inline HEED_REAL
