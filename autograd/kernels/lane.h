// Lane: a few numbers that are worked on at once. The one place that knows xsimd and its versions.
//
// A thin type of our own, so that a formula such as `g * (1 - y * y)` finds our functions by its
// argument and means the same over lanes and over tensors.
#pragma once

// g++ 12 warns falsely about its own AVX-512 headers, wherever they are inlined.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <bit>
#include <cmath>
#include <utility>
#include <xsimd/xsimd.hpp>

#include "autograd/real.h"

#ifdef __FAST_MATH__
#error "heed needs IEEE arithmetic: build without -ffast-math"
#endif

namespace heed::inline HEED_REAL {

class LaneMask {
 public:
  using Bits = xsimd::batch_bool<Real>;
  LaneMask(Bits bits) : bits_(bits) {}
  Bits bits() const { return bits_; }
  friend LaneMask operator&(LaneMask a, LaneMask b) { return a.bits_ & b.bits_; }
  friend LaneMask operator|(LaneMask a, LaneMask b) { return a.bits_ | b.bits_; }
  friend LaneMask operator!(LaneMask a) { return ~a.bits_; }

 private:
  Bits bits_;
};

class Lane {
 public:
  using Batch = xsimd::batch<Real>;
  static constexpr Index size = static_cast<Index>(Batch::size);

  Lane() : v_(Real{0}) {}
  Lane(double value) : v_(static_cast<Real>(value)) {}
  Lane(Batch batch) : v_(batch) {}
  static Lane load(const Real* from) { return Batch::load_unaligned(from); }
  // The first `count` numbers; the rest are zero.
  static Lane load_part(const Real* from, Index count) {
    alignas(64) Real part[static_cast<std::size_t>(size)] = {};
    for (Index i = 0; i < count; ++i) part[i] = from[i];
    return Batch::load_aligned(part);
  }
  void store(Real* to) const { v_.store_unaligned(to); }
  void store_part(Real* to, Index count) const {
    alignas(64) Real part[static_cast<std::size_t>(size)];
    v_.store_aligned(part);
    for (Index i = 0; i < count; ++i) to[i] = part[i];
  }
  Batch batch() const { return v_; }

  friend Lane operator+(Lane a, Lane b) { return a.v_ + b.v_; }
  friend Lane operator-(Lane a, Lane b) { return a.v_ - b.v_; }
  friend Lane operator*(Lane a, Lane b) { return a.v_ * b.v_; }
  friend Lane operator/(Lane a, Lane b) { return a.v_ / b.v_; }
  // xsimd 8.1 leaves +0 as it is here on AVX-512; flipping the sign bit is right everywhere.
  friend Lane operator-(Lane a) { return a.v_ ^ Batch(Real{-0.0}); }
  // The size of b.
  friend Lane with_sign_of(Lane a, Lane b) {
    const Batch sign(Real{-0.0});
    return (a.v_ & sign) | xsimd::abs(b.v_);
  }
  Lane& operator+=(Lane b) { return *this = *this + b; }

  friend LaneMask operator>(Lane a, Lane b) { return a.v_ > b.v_; }
  friend LaneMask operator<(Lane a, Lane b) { return a.v_ < b.v_; }
  friend LaneMask operator>=(Lane a, Lane b) { return a.v_ >= b.v_; }
  friend LaneMask operator<=(Lane a, Lane b) { return a.v_ <= b.v_; }
  friend LaneMask operator==(Lane a, Lane b) { return a.v_ == b.v_; }
  // xsimd 8.1 answers false when either side is NaN.
  friend LaneMask operator!=(Lane a, Lane b) { return !(a == b); }
  friend LaneMask isnan(Lane a) { return a != a; }

  friend Lane where(LaneMask condition, Lane a, Lane b) {
    return xsimd::select(condition.bits(), a.v_, b.v_);
  }
  // A NaN of x stays. The instructions give their second number beside a NaN; xsimd 14 exchanged
  // the two.
  friend Lane at_least(double least, Lane x) {
    return xsimd_exchanges ? xsimd::max(x.v_, Lane(least).v_) : xsimd::max(Lane(least).v_, x.v_);
  }
  friend Lane at_most(double most, Lane x) {
    return xsimd_exchanges ? xsimd::min(x.v_, Lane(most).v_) : xsimd::min(Lane(most).v_, x.v_);
  }
  // Beside a NaN either of the two.
  friend Lane larger(Lane a, Lane b) { return xsimd::max(a.v_, b.v_); }
  // NaN in either gives NaN.
  friend Lane maximum(Lane a, Lane b) { return where(isnan(a) | (a > b), a, b); }
  friend Lane minimum(Lane a, Lane b) { return where(isnan(a) | (a < b), a, b); }

  friend Lane fma(Lane a, Lane b, Lane c) { return xsimd::fma(a.v_, b.v_, c.v_); }
  // Within 3 units in the last place of the true value; normal_cdf within 5, and far below 0, where
  // a^2 has lost its last digits, within 100; both it and erf in double within 100.
  friend Lane exp(Lane a);
  friend Lane exp_up_to_88(Lane a);
  friend Lane erf(Lane a);
  friend Lane normal_cdf(Lane a);
  friend Lane log(Lane a);
  friend Lane sqrt(Lane a) { return xsimd::sqrt(a.v_); }
  friend Lane abs(Lane a) { return xsimd::abs(a.v_); }
  friend Lane sin(Lane a) { return xsimd::sin(a.v_); }
  friend Lane cos(Lane a) { return xsimd::cos(a.v_); }
  friend Lane tanh(Lane a) { return xsimd::tanh(a.v_); }
  // Exact in relative terms beside 0 as well, where exp(a) - 1 and log(1 + a) lose every digit.
  friend Lane expm1(Lane a);
  // xsimd 8.1 turns -0 into +0.
  friend Lane log1p(Lane a) { return where(a == Lane(0.0), a, xsimd::log1p(a.v_)); }
  // As the C library has it, number by number: negative bases, 0^0 and what else IEEE 754 lists.
  // A power through exp and log is faster, and wrong in the last digits of large results.
  friend Lane pow(Lane a, Lane b) {
    alignas(64) Real base[static_cast<std::size_t>(size)];
    alignas(64) Real exponent[static_cast<std::size_t>(size)];
    a.v_.store_aligned(base);
    b.v_.store_aligned(exponent);
    for (Index i = 0; i < size; ++i) base[i] = std::pow(base[i], exponent[i]);
    return Batch::load_aligned(base);
  }

  // By the C library, number by number: as exact as it is, where few ask for speed.
  template <class F>
  friend Lane each(Lane a, F f) {
    alignas(64) Real numbers[static_cast<std::size_t>(size)];
    a.v_.store_aligned(numbers);
    for (Index i = 0; i < size; ++i) numbers[i] = f(numbers[i]);
    return Batch::load_aligned(numbers);
  }
  friend Lane tan(Lane a) { return each(a, [](Real x) { return std::tan(x); }); }
  friend Lane asin(Lane a) { return each(a, [](Real x) { return std::asin(x); }); }
  friend Lane acos(Lane a) { return each(a, [](Real x) { return std::acos(x); }); }
  friend Lane sinh(Lane a) { return each(a, [](Real x) { return std::sinh(x); }); }
  friend Lane cosh(Lane a) { return each(a, [](Real x) { return std::cosh(x); }); }
  friend Lane atan(Lane a) { return each(a, [](Real x) { return std::atan(x); }); }
  friend Lane asinh(Lane a) { return each(a, [](Real x) { return std::asinh(x); }); }
  friend Lane acosh(Lane a) { return each(a, [](Real x) { return std::acosh(x); }); }
  friend Lane atanh(Lane a) { return each(a, [](Real x) { return std::atanh(x); }); }
  friend Lane floor(Lane a) { return each(a, [](Real x) { return std::floor(x); }); }
  // To the nearest whole number, halves to the even one.
  friend Lane round(Lane a) { return each(a, [](Real x) { return std::nearbyint(x); }); }

  // The compilers' own vector type, for what xsimd has under changing names or not at all.
  using Numbers [[gnu::vector_size(sizeof(Batch))]] = Real;
  // Number i of the result is number i + `by` of a, counted round.
  template <std::size_t by>
  friend Lane rotated(Lane a) {
    const auto pick = [&]<std::size_t... I>(std::index_sequence<I...>) {
      const auto numbers = std::bit_cast<Numbers>(a.v_);
      return __builtin_shufflevector(numbers, numbers, ((I + by) % Batch::size)...);
    };
    return std::bit_cast<Batch>(pick(std::make_index_sequence<Batch::size>()));
  }
  // The numbers of one lane joined to one, by halves.
  template <class Join, std::size_t width = Batch::size / 2>
  friend Real across(Lane a, Join join) {
    if constexpr (width == 0) {
      return std::bit_cast<Numbers>(a.v_)[0];
    } else {
      return across<Join, width / 2>(join(a, rotated<width>(a)), join);
    }
  }
  friend Real sum_of(Lane a) {
    return across(a, [](Lane x, Lane y) { return x + y; });
  }
  // Beside a NaN any of the numbers.
  friend Real largest_of(Lane a) {
    return across(a, [](Lane x, Lane y) { return larger(x, y); });
  }

 private:
  static constexpr bool xsimd_exchanges = XSIMD_VERSION_MAJOR >= 14;
  Batch v_;
};

}  // namespace heed::inline HEED_REAL
