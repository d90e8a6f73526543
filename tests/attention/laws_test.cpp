// Every law over the whole catalog, and what must break it: each exemption of the catalog, and
// mechanisms made wrong on purpose.
#include "examples/laws/laws.h"

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "examples/laws/reductions.h"
#include "examples/laws/rounding.h"
#include "tests/attention/hard_checks.h"
#include "tests/attention/violators.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

using heed::attention::Exemption;
using heed::attention::Mechanism;
using heed::attention::Reduction;
using heed::laws::bar_of;
using heed::laws::Law;
using heed::laws::measure_reduction;
using heed::laws::rounding_of;
using heed::laws::Verdict;
using heed::laws::Violator;
using heed::laws::without_each_condition;
using heed::laws::words;

void must_hold(const Law& law, const Mechanism& mechanism) {
  const Verdict verdict = law.measure(mechanism);
  expect(verdict.holds,
         fmt::format("{} ({}) fails for {}: measured {:.3g}, bar {:.3g}; {}", law.id, law.title,
                     mechanism.name, verdict.measured, bar_of(law, mechanism), verdict.note));
}

// By what it computes: an exception would show nothing.
void must_break(const Law& law, const Mechanism& mechanism) {
  expect(!law.measured(mechanism, bar_of(law, mechanism)).holds,
         fmt::format("{} does not break {} ({})", mechanism.name, law.id, law.title));
}

const Law* find_law(std::string_view id) {
  for (const Law& law : heed::laws::laws()) {
    if (law.id == id) return &law;
  }
  return nullptr;
}

// No exemption from a law that is not there, or is not asked of the mechanism; none without words.
void exemptions_are_of_laws() {
  for (const Mechanism& mechanism : heed::attention::catalog()) {
    if (!mechanism.mixer) continue;
    for (const Exemption& exemption : mechanism.mixer->exempt) {
      const Law* law = find_law(exemption.law);
      expect(law != nullptr && law->applies(mechanism) && !exemption.reason.empty(),
             fmt::format("{} is exempt from {}: no such law, or no reason", mechanism.name,
                         exemption.law));
    }
  }
}

// Rounding that is declared is little, and there: without it something sees the future.
void rounding_is_needed(const Mechanism& mechanism) {
  const double allowed = rounding_of(mechanism);
  expect(!find_law("U5")->measured(mechanism, 0).holds,
         fmt::format("{} needs no rounding", mechanism.name));
  expect(allowed <= 1e-12, fmt::format("{} calls {:.3g} rounding", mechanism.name, allowed));
}

void every_law_is_broken_by_something() {
  for (const Law& law : heed::laws::laws()) {
    bool found = false;
    for (const Violator& violator : heed::laws::violators()) found |= violator.law == law.id;
    expect(found, fmt::format("nothing is made to break {}", law.id));
  }
}

void must_become(const Mechanism& from, const Reduction& reduction) {
  const Verdict verdict = measure_reduction(from, reduction);
  expect(verdict.holds, fmt::format("{} fails: measured {:.3g}; {}", words(from, reduction),
                                    verdict.measured, verdict.note));
}

// A condition without which nothing changes is none.
void needs_its_conditions(const Mechanism& from, const Reduction& reduction) {
  for (const auto& [name, weaker] : without_each_condition(reduction)) {
    const Verdict verdict = measure_reduction(from, weaker);
    expect(!verdict.holds && verdict.measured > 1e-6,
           fmt::format("{} needs no '{}'", words(from, reduction), name));
  }
}

// They lead to what is there, or name a test; each is there once, with a reason.
void reductions_lead_somewhere() {
  for (const Mechanism& from : heed::attention::catalog()) {
    for (const Reduction& reduction : from.reductions) {
      expect(!reduction.reason.empty(), words(from, reduction) + ": no reason");
      int alike = 0, there = 0;
      for (const Reduction& other : from.reductions) alike += other.to == reduction.to ? 1 : 0;
      for (const Mechanism& to : heed::attention::catalog()) {
        there += to.name == reduction.to && to.mixer && from.mixer ? 1 : 0;
      }
      expect(alike == 1, words(from, reduction) + ": twice");
      expect(there == 1 || !reduction.test.empty(), words(from, reduction) + ": leads nowhere");
    }
  }
}

const Generated cases([] {
  for (const Law& law : heed::laws::laws()) {
    for (const Mechanism& mechanism : heed::attention::catalog()) {
      if (!law.applies(mechanism)) continue;
      if (mechanism.exempt_from(law.id) == nullptr) {
        add_case(fmt::format("laws/{}/{}", law.id, mechanism.name),
                 [&law, &mechanism] { must_hold(law, mechanism); });
      } else {
        add_case(fmt::format("exempt/{}/{}", law.id, mechanism.name),
                 [&law, &mechanism] { must_break(law, mechanism); });
      }
    }
  }
  for (const Mechanism& mechanism : heed::attention::catalog()) {
    if (rounding_of(mechanism) == 0) continue;
    add_case(fmt::format("rounding/{}", mechanism.name),
             [&mechanism] { rounding_is_needed(mechanism); });
  }
  for (const Mechanism& from : heed::attention::catalog()) {
    for (const Reduction& reduction : from.reductions) {
      if (!reduction.test.empty()) continue;
      const std::string edge = from.name + '/' + reduction.to;
      add_case("reductions/" + edge, [&from, reduction] { must_become(from, reduction); });
      add_case("conditions/" + edge, [&from, reduction] { needs_its_conditions(from, reduction); });
    }
  }
  for (const heed::laws::FalseReduction& none : heed::laws::false_reductions()) {
    add_case(fmt::format("none/{}/{}", none.from.name, none.reduction.to), [none] {
      expect(!measure_reduction(none.from, none.reduction).holds, words(none.from, none.reduction));
    });
  }
  for (const Violator& violator : heed::laws::violators()) {
    add_case(fmt::format("controls/{}/{}", violator.law, violator.mechanism.name), [violator] {
      const Law* law = find_law(violator.law);
      expect(law != nullptr, "there is no law " + violator.law);
      if (law != nullptr) must_break(*law, violator.mechanism);
    });
  }
  for (const auto& check : heed::laws::hard_checks()) {
    add_case(fmt::format("checks/{}", check.name), [check] {
      const Verdict verdict = check.measure();
      expect(verdict.holds, fmt::format("measured {:.3g}; {}", verdict.measured, verdict.note));
    });
  }
  add_case("catalog/exemptions", exemptions_are_of_laws);
  add_case("catalog/reductions", reductions_lead_somewhere);
  add_case("catalog/controls", every_law_is_broken_by_something);
});

}  // namespace
}  // namespace heed_test
