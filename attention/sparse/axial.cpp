#include "attention/sparse/axial.h"

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/pooling/key_mask.h"
#include "attention/readable.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "axial";

// A sequence laid out as a grid, and its lines as a batch of sequences.
struct Grid {
  Along axis;
  Index tokens, columns;

  Index rows() const { return (tokens + columns - 1) / columns; }
  Index cells() const { return rows() * columns; }

  // (B, T, C) -> (B R, W, C) or (B W, R, C).
  Tensor lines(const Tensor& x) const {
    const Tensor full = pad(x, 1, 0, cells() - tokens);
    const Index batch = x.dim(0), width = x.dim(2);
    if (axis == Along::rows) return reshape(full, {batch * rows(), columns, width});
    const Tensor grid = reshape(full, {batch, rows(), columns, width});
    return reshape(permute(grid, {0, 2, 1, 3}), {batch * columns, rows(), width});
  }

  // Back to (B, T, C).
  Tensor sequence(const Tensor& lines, Index batch) const {
    const Index width = lines.dim(2);
    Tensor full = lines;
    if (axis == Along::columns) {
      full = permute(reshape(lines, {batch, columns, rows(), width}), {0, 2, 1, 3});
    }
    return slice(reshape(full, {batch, cells(), width}), 1, 0, tokens);
  }

  // Which cells of each line are there and not hidden: (B R, 1, 1, W) or (B W, 1, 1, R); undefined
  // when all are.
  Mask visible(const Mask& given, Index batch) const {
    if (!given.defined() && cells() == tokens) return {};
    std::vector<std::uint8_t> shown;
    shown.reserve(static_cast<std::size_t>(batch * cells()));
    const bool by_row = axis == Along::rows;
    const Index lines = by_row ? rows() : columns, length = by_row ? columns : rows();
    for (Index b = 0; b < batch; ++b) {
      for (Index line = 0; line < lines; ++line) {
        for (Index at = 0; at < length; ++at) {
          const Index cell = by_row ? line * columns + at : at * columns + line;
          shown.push_back(cell < tokens && (!given.defined() || given[b * tokens + cell]));
        }
      }
    }
    return Mask({batch * lines, 1, 1, length}, std::move(shown));
  }
};

}  // namespace

Pattern along(Along axis, Index columns) {
  if (columns < 1) {
    throw ValueError(fmt::format("[{}] a grid has at least one column: {}", name, columns));
  }
  if (axis == Along::rows) {
    return Pattern("row", [columns](Index i, Index j) { return i / columns == j / columns; });
  }
  return Pattern("column", [columns](Index i, Index j) { return i % columns == j % columns; });
}

AxialPass::AxialPass(const AxialOptions& options, Along axis, Generator& rng)
    : options_(options),
      axis_(axis),
      project_(part<Projections>(name,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .context = Context::refused},
                                 rng)) {}

Tensor AxialPass::operator()(const Tensor& x, const Mask& cells) const {
  const Projected at = project_({.x = x});
  const Index batch = x.dim(0), tokens = x.dim(1);
  if (looked_at()) {
    MixerInput input{.x = x};
    if (cells.defined()) input.mask = cells.reshape({batch, 1, 1, tokens});
    const Mask seen = visible(along(axis_, options_.columns), input, tokens);
    return project_.output(readable_attention(name, at, seen));
  }
  const Grid grid{axis_, tokens, options_.columns};
  const Tensor lines = grid.lines(at.q.source);  // q, k and v lie in it side by side
  const auto in_lines = [&](const Heads& heads) {
    return Heads{lines, heads.offset, heads.heads, heads.size};
  };
  const Tensor y = dot_product_attention(in_lines(at.q), in_lines(at.k), in_lines(at.v),
                                         {.visible = grid.visible(cells, batch)});
  return project_.output(grid.sequence(y, batch));
}

Axial::Axial(const AxialOptions& options, Generator& rng) : options_(options) {
  if (options.axes.empty()) throw ValueError("[axial] there must be at least one axis");
  for (std::size_t i = 0; i < options.axes.size(); ++i) {
    along(options.axes[i], options.columns);  // refuses what is no grid
    const std::string at = fmt::format("passes.{}", i);
    passes_.push_back(&child<AxialPass>(at, options, options.axes[i], rng));
  }
}

Mixed Axial::mix(const MixerInput& input) const {
  refuse_context(name, input);
  refuse_state(name, input);
  require_width(name, input, options_.width);
  const Mask cells = key_mask(name, input);
  Tensor y;
  for (const AxialPass* pass : passes_) {
    const bool first = !y.defined();
    const Tensor more = (*pass)(first || options_.summed ? input.x : input.x + y, cells);
    y = first ? more : y + more;
  }
  return {.y = y};
}

namespace {

AxialOptions axial_options(const MixerShape& shape, const OptionValues& options) {
  AxialOptions made{.width = shape.width,
                    .heads = shape.heads,
                    .columns = options.whole("columns"),
                    .axes = {},
                    .summed = options["summed"] != 0};
  for (const char* pass : {"first", "second"}) {
    const Index axis = options.whole(pass);
    if (axis == 0 && !made.axes.empty()) continue;
    if (axis != 1 && axis != 2) {
      throw ValueError(fmt::format("[{}] {} must be 1 (along rows) or 2 (along columns): {}", name,
                                   pass, axis));
    }
    made.axes.push_back(axis == 1 ? Along::rows : Along::columns);
  }
  return made;
}

// Rows and columns, one after the other, reach every cell of a grid whose last row is complete.
Pattern axial_pattern(const MixerShape& shape, const OptionValues& options) {
  const AxialOptions made = axial_options(shape, options);
  Pattern seen = along(made.axes.front(), made.columns);
  if (made.axes.size() == 1 || made.axes[0] == made.axes[1]) return seen;
  return made.summed ? seen | along(made.axes[1], made.columns) : full();
}

}  // namespace

Mechanism axial_entry() {
  return {.name = name,
          .title = "Axial attention",
          .what = "The tokens form a grid; each attends along its row, then along its column.",
          .paper = "Ho et al. 2019, arXiv 1912.12180",
          .file = "attention/sparse/axial.h",
          .limit = "axial_over_one_row_is_full_attention",
          .options = {{"columns", 4, "cells in a row of the grid"},
                      {"first", 1, "1: along rows, 2: along columns"},
                      {"second", 2, "the same; 0: one pass only"},
                      {"summed", 0, "1: both passes read the input and are added"}},
          .mixer = MixerTraits{
              .can = {.padding = true, .map = true, .variable = true},
              .exempt = {{"U2", "a line may be hidden as a whole, where the other is not"},
                         {"U4", "who shares a line depends on the order"},
                         {"U10", "the second pass mixes what the heads of the first one made"},
                         {"U12", "each pass has a mean of its own, over its line"},
                         {"U16", "the second pass reads what the first one made"}},
              .pattern = axial_pattern,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                return std::make_unique<Axial>(axial_options(shape, options), rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "a grid of one row, first pass only",
                          .reason = "the row is the sequence",
                          .options = {{"columns", 9}, {"second", 0}}}}};
}

}  // namespace heed::inline HEED_REAL::attention
