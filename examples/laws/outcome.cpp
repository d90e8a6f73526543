#include "examples/laws/outcome.h"

#include <fmt/format.h>

#include "examples/laws/reductions.h"
#include "examples/laws/rounding.h"

namespace heed::inline HEED_REAL::laws {

using attention::Mechanism;

std::string shown(double measured) {
  return measured == 0 ? std::string("0") : fmt::format("{:.0e}", measured);
}

Outcome outcome_of(const Law& law, const Mechanism& mechanism) {
  const std::string* reason = mechanism.exempt_from(law.id);
  if (!law.applies(mechanism)) return {.word = "-", .remark = "does not apply"};
  const Verdict verdict = law.measure(mechanism);
  if (reason == nullptr) {
    if (verdict.holds) return {.word = shown(verdict.measured), .remark = "holds"};
    return {.word = "BROKEN",
            .remark = fmt::format("measured {}, bar {}; {}", shown(verdict.measured),
                                  shown(bar_of(law, mechanism)), verdict.note),
            .as_wanted = false};
  }
  if (!verdict.holds) return {.word = "exempt", .remark = *reason};
  return {.word = "HOLDS", .remark = "exempt, but it holds: " + *reason, .as_wanted = false};
}

Outcome outcome_of(const Mechanism& from, const attention::Reduction& reduction) {
  if (!reduction.test.empty()) return {.word = "test", .remark = reduction.test};
  const Verdict verdict = measure_reduction(from, reduction);
  if (verdict.holds) return {.word = shown(verdict.measured), .remark = "ok"};
  return {.word = "BROKEN",
          .remark = fmt::format("measured {}, bar {}; {}", shown(verdict.measured),
                                shown(reduction_bar), verdict.note),
          .as_wanted = false};
}

}  // namespace heed::inline HEED_REAL::laws
