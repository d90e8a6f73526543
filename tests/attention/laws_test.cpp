// Every law over the whole catalog, and what must break it: each exemption of the catalog, and
// mechanisms made wrong on purpose.
#include "examples/laws/laws.h"

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "tests/attention/hard_checks.h"
#include "tests/attention/violators.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

using heed::attention::Exemption;
using heed::attention::Mechanism;
using heed::laws::Law;
using heed::laws::Verdict;
using heed::laws::Violator;

void must_hold(const Law& law, const Mechanism& mechanism) {
  const Verdict verdict = law.measure(mechanism);
  expect(verdict.holds,
         fmt::format("{} ({}) fails for {}: measured {:.3g}, bar {:.3g}; {}", law.id, law.title,
                     mechanism.name, verdict.measured, law.bar, verdict.note));
}

// By what it computes: an exception would show nothing.
void must_break(const Law& law, const Mechanism& mechanism) {
  expect(!law.measured(mechanism, law.bar).holds,
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

void every_law_is_broken_by_something() {
  for (const Law& law : heed::laws::laws()) {
    bool found = false;
    for (const Violator& violator : heed::laws::violators()) found |= violator.law == law.id;
    expect(found, fmt::format("nothing is made to break {}", law.id));
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
  add_case("catalog/controls", every_law_is_broken_by_something);
});

}  // namespace
}  // namespace heed_test
