#include "autograd/ops.h"
#include "tests/autograd/einsum_loop.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

// Of positive numbers: what is summed before it is multiplied meets inf - inf elsewhere than a sum
// of products does.
Row einsum_row(const std::string& name, const std::string& equation,
               const std::vector<Shape>& shapes, std::vector<std::vector<Shape>> more = {},
               std::vector<std::vector<Shape>> without = {}, std::vector<Shape> large = {}) {
  return {.name = "einsum_" + name,
          .op = "einsum(std::string, std::vector<Tensor>)",
          .call = [equation](const Tensors& x) { return heed::einsum(equation, x); },
          .formula = [equation](const Plains& x) { return einsum_loop(equation, x); },
          .shapes = shapes,
          .domains = std::vector<Domain>(shapes.size(), positive),
          .more = std::move(more),
          .without = std::move(without),
          .large = std::move(large)};
}

Refusal refusal(const std::string& label, const std::string& equation,
                const std::vector<Shape>& shapes, const std::string& text) {
  return {.label = label,
          .call =
              [=] {
                Tensors operands;
                for (const Shape& shape : shapes) operands.push_back(Tensor::ones(shape));
                heed::einsum(equation, operands);
              },
          .text = "[einsum] " + text};
}

std::vector<Refusal> refusals() {
  const Shape v{3}, m{2, 3};
  return {
      refusal("character", "ij->i1", {m},
              "'ij->i1' at position 5: expected a letter, ',', '->' or "
              "'...'"),
      refusal("dot", "i.j", {m}, "'i.j' at position 1: expected a letter, ',', '->' or '...'"),
      refusal("arrow", "ij->i->j", {m}, "'ij->i->j' at position 5: a second '->'"),
      refusal("comma", "ij->i,j", {m}, "'ij->i,j' at position 5: the output is one term"),
      refusal("dots", "...i...", {m}, "'...i...' at position 4: a second '...' in one term"),
      refusal("unknown", "ij -> ik", {m}, "'ij -> ik' at position 7: 'k' is in no operand"),
      refusal("twice", "ij->jj", {m}, "'ij->jj' at position 5: 'j' is in the output twice"),
      refusal("count", "ij,jk", {m}, "'ij,jk' has 2 operands, 1 were given"),
      refusal("none", "", {}, "'' has 1 operands, 0 were given"),
      refusal("rank", "ijk->i", {m}, "operand 0 of shape (2, 3) has 2 axes, 'ijk->i' names 3"),
      refusal("rank of dots", "...,...ij", {m, v},
              "operand 1 of shape (3) has 1 axes, '...,...ij' "
              "names 2"),
      refusal("extent", "ij,jk", {m, m},
              "'j' of 'ij,jk' is 2 in operand 1 of shape (2, 3), but 3 "
              "before"),
      refusal("square", "ii", {m}, "'i' of 'ii' is 3 in operand 0 of shape (2, 3), but 2 before"),
      refusal("square of one", "ii", {{1, 3}},
              "'i' of 'ii' is 3 in operand 0 of shape (1, 3), but "
              "1 before"),
      refusal("dotted extent", "...,...", {m, {2}},
              "'...' of '...,...' is 2 in operand 1 of shape "
              "(2), but 3 before"),
      refusal("axes", "abcde,fghij", {{1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}},
              "a product on the way has 10 axes; a tensor has at most 8\n"
              "hint: another order of the operands may sum some of them earlier"),
  };
}

}  // namespace

std::vector<Row> einsum_rows() {
  std::vector<Row> rows = {
      einsum_row("scores", "bhqd,bhkd->bhqk", {{2, 1, 2, 3}, {2, 1, 3, 3}},
                 {{{1, 2, 3, 5}, {1, 2, 4, 5}}},
                 {{{2, 1, 2, 0}, {2, 1, 3, 0}}, {{0, 1, 2, 3}, {0, 1, 3, 3}}},
                 {{4, 2, 60, 40}, {4, 2, 50, 40}}),
      einsum_row("combine", "bhqk,bhkd->bqhd", {{2, 2, 2, 3}, {2, 2, 3, 1}}, {},
                 {{{2, 2, 0, 3}, {2, 2, 3, 1}}}, {{4, 2, 60, 40}, {4, 2, 40, 50}}),
      einsum_row("turned", "kbi,jbk->bij", {{2, 2, 3}, {2, 2, 2}}, {{{5, 3, 4}, {2, 3, 5}}}),
      einsum_row("turned_left", "bki,bkj->bij", {{2, 3, 2}, {2, 3, 2}}),
      einsum_row("implicit", "cb,ba", {{2, 3}, {3, 2}}, {}, {{{2, 0}, {0, 2}}}),
      einsum_row("capitals", "bA,Ba->", {{2, 3}, {3, 2}}),
      einsum_row("bilinear", "bi,oij,bj->bo", {{2, 3}, {2, 3, 2}, {2, 2}}, {},
                 {{{2, 0}, {2, 0, 2}, {2, 2}}}),
      einsum_row("trace", "ii", {{3, 3}}, {{{1, 1}}, {{19, 19}}}, {{{0, 0}}}),
      einsum_row("diagonal", "iji->ji", {{3, 2, 3}}, {}, {{{3, 0, 3}}, {{0, 2, 0}}}),
      einsum_row("diagonals", "iijj,j->i", {{2, 2, 3, 3}, {3}}),
      einsum_row("thrice", "iii->i", {{3, 3, 3}}),
      einsum_row("summed", "aij,jk->k", {{2, 2, 3}, {3, 2}}, {}, {{{0, 2, 3}, {3, 2}}}),
      einsum_row("permuted", "ijk->kij", {{2, 3, 2}}, {}, {{{2, 0, 3}}}, {{90, 60, 80}}),
      einsum_row("outer", "i,jk->kij", {{2}, {2, 3}}, {}, {{{0}, {2, 3}}}),
      einsum_row("elementwise", "ij,ji->ij", {{2, 3}, {3, 2}}, {{{5, 19}, {19, 5}}},
                 {{{0, 2}, {2, 0}}}),
      einsum_row("dot", "i,i", {{5}, {5}}, {{{37}, {37}}}, {{{0}, {0}}}),
      einsum_row("rows", "bi,bi->b", {{3, 2}, {3, 2}}, {}, {{{3, 0}, {3, 0}}}),
      einsum_row("dots", "...ij,...jk", {{2, 2, 3}, {3, 2}},
                 {{{2, 1, 2, 3}, {3, 3, 2}}, {{2, 3}, {3, 2}}}),
      einsum_row("dots_summed", "...i,i->", {{2, 3}, {3}}, {{{2, 2, 3}, {3}}}),
      einsum_row("dots_inside", "a...b,b...->...a", {{2, 3, 2}, {2, 3}},
                 {{{2, 1, 3, 2}, {2, 4, 1}}}),
      einsum_row("stretched", "ij,ij->ij", {{1, 3}, {2, 3}}, {{{1, 1}, {2, 1}}, {{2, 1}, {1, 3}}}),
      einsum_row("stretched_sum", "ij,ij->i", {{2, 1}, {2, 3}}, {{{1, 3}, {2, 1}}}),
      einsum_row("scalars", ",i,->i", {{}, {3}, {}}),
      einsum_row("chain", "ab,bc,cd,da->", {{2, 3}, {3, 2}, {2, 2}, {2, 2}}),
      einsum_row("identity", "ij->ij", {{2, 3}}),
  };
  rows.front().refusals = refusals();
  return rows;
}

}  // namespace heed_test
