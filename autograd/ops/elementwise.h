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
#include "autograd/kernels/elementwise.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"

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
Use<A> sinh(Use<A>) {
  return {};
}
template <unsigned A>
Use<A> cosh(Use<A>) {
  return {};
}
template <unsigned A>
Use<A> erf(Use<A>) {
  return {};
}
template <unsigned A>
Use<A> abs(Use<A>) {
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

// ---- the reading over lanes ------------------------------------------------------------------
// How `count` operands are walked under `shape`.
Space plan(const Shape& shape, const Tensor* const* operands, Walk* walks, int count);

// out[i] = f(operands[i]...) over `shape`, operands broadcast. Undefined operands are not read by
// f.
template <class F, std::size_t N>
Tensor map(const Shape& shape, const std::array<const Tensor*, N>& operands, F f) {
  Tensor result = Tensor::empty(shape);
  if (shape.size() == 0) return result;
  std::array<Walk, N> walks;
  const Space space = plan(shape, operands.data(), walks.data(), static_cast<int>(N));
  map_lanes(space, walks, f, result.mutable_data());
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
