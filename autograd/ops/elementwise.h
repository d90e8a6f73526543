// Elementwise ops: each formula is written once and read three times.
//
//   Tensor tanh(const Tensor& x) {
//     return unary("tanh", x, [](const auto& v) { return tanh(v); },
//                  [](const auto& g, const auto&, const auto& y) { return g * (1 - y * y); });
//   }
//
// Over lanes a rule is one fused pass. Over tensors it records a graph, so derivatives of every
// order come from the same line. Over Use, a type that only notes what it is asked for, it says at
// compile time which of input and output it needs: only those are kept.
#pragma once

#include <array>
#include <type_traits>
#include <utility>

#include "autograd/graph.h"
#include "autograd/kernels/lane_functions.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {

// ---- the reading that notes ------------------------------------------------------------------
template <unsigned Bits>
struct Use {
  static constexpr unsigned bits = Bits;
};

template <class T>
constexpr unsigned bits_of = 0;
template <unsigned Bits>
constexpr unsigned bits_of<Use<Bits>> = Bits;

template <class A, class B>
concept OneIsUse =
    (bits_of<A> | bits_of<B>) != 0 || std::is_same_v<A, Use<0>> || std::is_same_v<B, Use<0>>;
template <class A, class B>
using Both = Use<bits_of<A> | bits_of<B>>;

template <class A, class B>
requires OneIsUse<A, B> Both<A, B>
operator+(A, B) { return {}; }
template <class A, class B>
requires OneIsUse<A, B> Both<A, B>
operator-(A, B) { return {}; }
template <class A, class B>
requires OneIsUse<A, B> Both<A, B>
operator*(A, B) { return {}; }
template <class A, class B>
requires OneIsUse<A, B> Both<A, B>
operator/(A, B) { return {}; }
template <class A, class B>
requires OneIsUse<A, B> Both<A, B>
operator>(A, B) { return {}; }
template <class A, class B>
requires OneIsUse<A, B> Both<A, B>
operator<(A, B) { return {}; }
template <class A, class B>
requires OneIsUse<A, B> Both<A, B>
operator>=(A, B) { return {}; }
template <class A, class B>
requires OneIsUse<A, B> Both<A, B>
operator<=(A, B) { return {}; }
template <class A, class B>
requires OneIsUse<A, B> Both<A, B>
operator&(A, B) { return {}; }
template <class A, class B>
requires OneIsUse<A, B> Both<A, B>
operator|(A, B) { return {}; }
template <class A, class B>
requires OneIsUse<A, B> Both<A, B>
eq(A, B) { return {}; }
template <class A, class B>
requires OneIsUse<A, B> Both<A, B>
pow(A, B) { return {}; }
template <unsigned A>
Use<A> operator-(Use<A>) {
  return {};
}
template <unsigned A>
Use<A> operator!(Use<A>) {
  return {};
}
template <unsigned A>
Use<A> exp(Use<A>) {
  return {};
}
template <unsigned A>
Use<A> log(Use<A>) {
  return {};
}
template <unsigned A>
Use<A> sqrt(Use<A>) {
  return {};
}
template <unsigned A>
Use<A> square(Use<A>) {
  return {};
}
template <unsigned A>
Use<A> sin(Use<A>) {
  return {};
}
template <unsigned A>
Use<A> cos(Use<A>) {
  return {};
}
template <unsigned A>
Use<A> erf(Use<A>) {
  return {};
}
template <unsigned A>
Use<A> tanh(Use<A>) {
  return {};
}
template <unsigned A>
Use<A> sigmoid(Use<A>) {
  return {};
}
template <unsigned C, class A, class B>
Use<C | bits_of<A> | bits_of<B>> where(Use<C>, A, B) {
  return {};
}

// Formulas that lanes and tensors share by name.
inline Lane square(Lane x) { return x * x; }
inline LaneMask eq(Lane a, Lane b) { return a == b; }
// Both branches stay below overflow: e^-|x| is at most 1.
inline Lane sigmoid(Lane x) {
  const Lane e = exp_up_to_88(-abs(x));
  return where(x < Lane(0.0), e, Lane(1.0)) / (Lane(1.0) + e);
}

// ---- the reading over lanes ------------------------------------------------------------------
// How an operand is walked while the result is walked in order.
struct Walk {
  const Real* data = nullptr;
  std::array<Index, Shape::max_rank> strides{};
};

// The iteration space with axes merged wherever all operands allow it.
struct Space {
  int rank = 0;
  std::array<Index, Shape::max_rank> extents{};
  Index rows = 1;     // product of all but the last extent
  Index columns = 1;  // the last extent
};

// Sets the strides of the operands against `shape` and merges axes. `count` operands.
Space plan(const Shape& shape, const Tensor* const* operands, Walk* walks, int count);

namespace detail {

constexpr Index tile_elements = Index{1} << 15;

template <std::size_t N>
struct Row {
  std::array<const Real*, N> at;
  std::array<bool, N> moves;
};

template <std::size_t N, class F, std::size_t... I>
void map_row(Real* out, Index n, const Row<N>& row, F& f, std::index_sequence<I...>) {
  const std::array<Lane, N> still{(row.moves[I] ? Lane() : Lane(*row.at[I]))...};
  Index i = 0;
  for (; i + Lane::size <= n; i += Lane::size) {
    f((row.moves[I] ? Lane::load(row.at[I] + i) : still[I])...).store(out + i);
  }
  if (i < n) {
    f((row.moves[I] ? Lane::load_part(row.at[I] + i, n - i) : still[I])...)
        .store_part(out + i, n - i);
  }
}

// Where each operand stands at the start of row `r`.
template <std::size_t N>
Row<N> row_at(const Space& space, const std::array<Walk, N>& walks, Index r) {
  Row<N> row;
  for (std::size_t k = 0; k < N; ++k) {
    row.at[k] = walks[k].data;
    row.moves[k] =
        space.rank > 0 && walks[k].strides[static_cast<std::size_t>(space.rank) - 1] != 0;
  }
  for (int axis = space.rank - 2; axis >= 0; --axis) {
    const auto a = static_cast<std::size_t>(axis);
    const Index here = r % space.extents[a];
    r /= space.extents[a];
    for (std::size_t k = 0; k < N; ++k) row.at[k] += here * walks[k].strides[a];
  }
  return row;
}

}  // namespace detail

// out[i] = f(operands[i]...) over `shape`, operands broadcast. Undefined operands are not read by
// f.
template <class F, std::size_t N>
Tensor map(const Shape& shape, const std::array<const Tensor*, N>& operands, F f) {
  Tensor result = Tensor::empty(shape);
  if (shape.size() == 0) return result;
  std::array<Walk, N> walks;
  const Space space = plan(shape, operands.data(), walks.data(), static_cast<int>(N));
  Real* out = result.mutable_data();
  constexpr auto each = std::make_index_sequence<N>();
  if (space.rows == 1) {  // one long row: cut it
    const Index tiles = (space.columns + detail::tile_elements - 1) / detail::tile_elements;
    parallel_for(tiles, [&](Index tile) {
      const Index from = tile * detail::tile_elements;
      detail::Row<N> row = detail::row_at(space, walks, 0);
      for (std::size_t k = 0; k < N; ++k) row.at[k] += row.moves[k] ? from : 0;
      detail::map_row(out + from, std::min(detail::tile_elements, space.columns - from), row, f,
                      each);
    });
  } else {
    const Index rows = std::max<Index>(1, detail::tile_elements / space.columns);
    parallel_for((space.rows + rows - 1) / rows, [&](Index tile) {
      const Index stop = std::min(space.rows, (tile + 1) * rows);
      for (Index r = tile * rows; r < stop; ++r) {
        const detail::Row<N> row = detail::row_at(space, walks, r);
        detail::map_row(out + r * space.columns, space.columns, row, f, each);
      }
    });
  }
  count_cost(0, static_cast<std::uint64_t>(shape.size()) * sizeof(Real) * (N + 1));
  return result;
}

// ---- ops -------------------------------------------------------------------------------------
namespace detail {

struct NotKept {
  const Tensor& operator()() const {
    static const Tensor none;
    return none;
  }
};
template <bool Needed>
auto keep_if(const Tensor& x) {
  if constexpr (Needed) {
    return Kept(x);
  } else {
    return NotKept{};
  }
}

// A rule is read over tensors while it is recorded itself, else over lanes. The operands it does
// not use are undefined.
template <class Rule, std::size_t N, std::size_t... I>
Tensor read(const Rule& rule, const Shape& shape, const std::array<const Tensor*, N>& operands,
            std::index_sequence<I...>) {
  if (grad_enabled()) return rule(*operands[I]...);
  return map(shape, operands, rule);
}
template <class Rule, class... Operands>
Tensor read(const Rule& rule, const Operands&... operands) {
  const std::array<const Tensor*, sizeof...(Operands)> list{&operands...};
  return read(rule, list[0]->shape(), list, std::index_sequence_for<Operands...>());
}

}  // namespace detail

// y = formula(x); dx = rule(g, x, y).
template <class Formula, class Rule>
Tensor unary(const char* name, const Tensor& x, Formula formula, Rule rule) {
  constexpr unsigned used = decltype(rule(Use<1>(), Use<2>(), Use<4>()))::bits;
  Tensor y = map(x.shape(), std::array{&x}, formula);
  const auto kept = detail::keep_if<(used & 2) != 0>(x);
  if constexpr ((used & 4) != 0) {
    return differentiable(name, std::move(y),
                          wrt(x, [kept, rule](const Tensor& g, const Tensor& out) {
                            return detail::read(rule, g, kept(), out);
                          }));
  } else {
    return differentiable(name, std::move(y), wrt(x, [kept, rule](const Tensor& g) {
                            return detail::read(rule, g, kept(), Tensor());
                          }));
  }
}

// y = formula(a, b) with broadcasting; da = rule_a(g, a, b, y), db = rule_b(g, a, b, y).
template <class Formula, class RuleA, class RuleB>
Tensor binary(const char* name, const Tensor& a, const Tensor& b, Formula formula, RuleA rule_a,
              RuleB rule_b) {
  Tensor y = map(broadcast(a.shape(), b.shape(), name), std::array{&a, &b}, formula);
  const auto side = [](const Tensor& x, const Tensor& u, const Tensor& v, auto rule) {
    constexpr unsigned used = decltype(rule(Use<1>(), Use<2>(), Use<4>(), Use<8>()))::bits;
    const auto ku = detail::keep_if<(used & 2) != 0>(u);
    const auto kv = detail::keep_if<(used & 4) != 0>(v);
    if constexpr ((used & 8) != 0) {
      return wrt(x, [ku, kv, rule, shape = x.shape()](const Tensor& g, const Tensor& out) {
        return sum_to(detail::read(rule, g, ku(), kv(), out), shape);
      });
    } else {
      return wrt(x, [ku, kv, rule, shape = x.shape()](const Tensor& g) {
        return sum_to(detail::read(rule, g, ku(), kv(), Tensor()), shape);
      });
    }
  };
  return differentiable(name, std::move(y), side(a, a, b, rule_a), side(b, a, b, rule_b));
}

}  // namespace heed::inline HEED_REAL
