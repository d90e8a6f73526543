#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

using Part = Tensor (*)(const Tensor&, Index);

// Row and column in the last two axes.
Index row_of(const Position& p) { return p[p.size() - 2]; }
Index column_of(const Position& p) { return p[p.size() - 1]; }

Refusal too_few_axes(const std::string& op, Part call) {
  return {.label = "rank",
          .call = [call] { call(Tensor::ones({3}), 0); },
          .text = "[" + op + "] needs at least 2 axes, got a tensor of shape (3)"};
}

Row part_row(const std::string& op, const std::string& variant, Part call, Index offset) {
  const bool lower = op == "tril";
  return {.name = op + "_" + variant,
          .op = op + "(Tensor, Index)",
          .call = [=](const Tensors& x) { return call(x[0], offset); },
          .formula =
              [=](const Plains& x) {
                return build(x[0].shape, [&](const Position& p) {
                  const Index above = column_of(p) - row_of(p) - offset;
                  return (lower ? above <= 0 : above >= 0) ? x[0](p) : 0;
                });
              },
          .shapes = {{3, 4}},
          .more = {{{2, 5, 3}}, {{19, 37}}, {{2, 1, 3, 3}}},
          .without = {{{0, 3, 2}}, {{2, 0, 2}}, {{3, 0}}},
          .large = {{30, 90, 101}},
          .refusals = {too_few_axes(op, call)},
          .drawn = Drawn{.least_rank = 2}};
}

Row diagonal_row(const std::string& variant, Index offset) {
  const auto length = [offset](Index rows, Index columns) {
    Index count = 0;
    for (Index i = 0; i < rows; ++i) count += i + offset >= 0 && i + offset < columns;
    return count;
  };
  return {.name = "diagonal_" + variant,
          .op = "diagonal(Tensor, Index)",
          .call = [=](const Tensors& x) { return heed::diagonal(x[0], offset); },
          .formula =
              [=](const Plains& x) {
                const Shape& from = x[0].shape;
                const Shape shape = from.erased(-1).with(-1, length(from[-2], from[-1]));
                return build(shape, [&](Position p) {
                  const Index i = p.back();
                  p.back() = offset < 0 ? i - offset : i;
                  p.push_back(offset < 0 ? i : i + offset);
                  return x[0](p);
                });
              },
          .shapes = {{3, 4}},
          .more = {{{2, 5, 3}}, {{19, 37}}, {{2, 3, 4, 4}}},
          .without = {{{0, 3, 2}}, {{2, 0, 2}}, {{3, 0}}},
          .large = {{40'000, 3, 4}},
          .refusals = {too_few_axes("diagonal", heed::diagonal)},
          .drawn = Drawn{.least_rank = 2}};
}

Row diag_embed_row(const std::string& variant, Index offset) {
  const Index more = offset < 0 ? -offset : offset;
  return {.name = "diag_embed_" + variant,
          .op = "diag_embed(Tensor, Index)",
          .call = [=](const Tensors& x) { return heed::diag_embed(x[0], offset); },
          .formula =
              [=](const Plains& x) {
                const Shape& from = x[0].shape;
                const Index side = from[-1] + more;
                const Shape shape = from.with(-1, side).inserted(from.rank(), side);
                return build(shape, [&](const Position& p) {
                  if (column_of(p) - row_of(p) != offset) return 0.0;
                  Position source(p.begin(), p.end() - 1);
                  source.back() = std::min(row_of(p), column_of(p));
                  return x[0](source);
                });
              },
          .shapes = {{2, 3}},
          .more = {{{4}}, {{2, 3, 5}}, {{3, 19}}},
          .without = {{{0, 3}}, {{2, 0}}},
          .large = {{9'000, 6}},
          .refusals = {{.label = "rank",
                        .call = [] { heed::diag_embed(Tensor::scalar(1)); },
                        .text = "[diag_embed] needs at least 1 axis, got a tensor of shape ()"}},
          .drawn = Drawn{.least_rank = 1}};
}

}  // namespace

std::vector<Row> triangle_rows() {
  return {
      part_row("tril", "main", heed::tril, 0),
      part_row("tril", "above", heed::tril, 1),
      part_row("tril", "below", heed::tril, -2),
      part_row("tril", "nothing", heed::tril, -50),
      part_row("triu", "main", heed::triu, 0),
      part_row("triu", "above", heed::triu, 2),
      part_row("triu", "below", heed::triu, -1),
      part_row("triu", "everything", heed::triu, -50),
      diagonal_row("main", 0),
      diagonal_row("above", 1),
      diagonal_row("below", -2),
      diag_embed_row("main", 0),
      diag_embed_row("above", 2),
      diag_embed_row("below", -1),
  };
}

}  // namespace heed_test
