#include "autograd/cpu_check.h"

namespace heed::inline HEED_REAL {

namespace {

#if defined(__AVX512F__)
constexpr bool built_avx512 = true;
#else
constexpr bool built_avx512 = false;
#endif
#if defined(__AVX2__)
constexpr bool built_avx2 = true;
#else
constexpr bool built_avx2 = false;
#endif
#if defined(__FMA__)
constexpr bool built_fma = true;
#else
constexpr bool built_fma = false;
#endif

bool present_avx512() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return true;
#endif
}

bool present_avx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2");
#else
  return true;
#endif
}

bool present_fma() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("fma");
#else
  return true;
#endif
}

}  // namespace

const char* detail::first_missing(std::initializer_list<InstructionSet> sets) {
  for (const InstructionSet& set : sets) {
    if (set.built && !set.present) return set.complaint;
  }
  return nullptr;
}

// The complaints are literals: composing a text could already use what is missing.
void check_cpu() {
  const char* complaint = detail::first_missing({
      {"[cpu] this build uses AVX-512, which this processor lacks; "
       "hint: build again on this machine, or with -DHEED_ARCH=x86-64-v3",
       built_avx512, present_avx512()},
      {"[cpu] this build uses AVX2, which this processor lacks; "
       "hint: build again on this machine, or with -DHEED_ARCH=baseline",
       built_avx2, present_avx2()},
      {"[cpu] this build uses FMA, which this processor lacks; "
       "hint: build again on this machine, or with -DHEED_ARCH=baseline",
       built_fma, present_fma()},
  });
  if (complaint) throw Error(complaint);
}

}  // namespace heed::inline HEED_REAL
