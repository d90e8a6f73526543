// Every law over the whole catalog, and its negative controls.
#include "tests/attention/laws.h"

#include <exception>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tests/attention/hard_checks.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

using heed::attention::Mechanism;
using heed::laws::Law;
using heed::laws::Verdict;

// A mechanism that throws where it should work breaks the law as well.
template <class Measure>
Verdict guarded(const Measure& measure) {
  try {
    return measure();
  } catch (const std::exception& error) {
    return {.holds = false, .note = error.what()};
  }
}

Verdict measure(const Law& law, const Mechanism& row) {
  return guarded([&] { return law.measure(row, law.bar); });
}

void must_hold(const Law& law, const Mechanism& row) {
  const Verdict verdict = measure(law, row);
  expect(verdict.holds, fmt::format("{} ({}) fails for {}: measured {:.3g}, bar {:.3g}; {}", law.id,
                                    law.title, row.name, verdict.measured, law.bar, verdict.note));
}

void must_break(const Law& law, const Mechanism& row) {
  expect(!measure(law, row).holds,
         fmt::format("{} does not break {} ({})", row.name, law.id, law.title));
}

const Generated cases([] {
  for (const Law& law : heed::laws::laws()) {
    for (const Mechanism& row : heed::attention::catalog()) {
      if (!law.applies(row)) continue;
      add_case(fmt::format("laws/{}/{}", law.id, row.name), [&law, &row] { must_hold(law, row); });
    }
    bool controlled = false;
    const auto control = [&](const Mechanism& row) {
      controlled = true;
      add_case(fmt::format("controls/{}/{}", law.id, row.name),
               [&law, row] { must_break(law, row); });
    };
    for (const Mechanism& row : heed::attention::catalog()) {
      if (row.exempt_from(law.id) != nullptr) control(row);
    }
    if (law.violators != nullptr) {
      for (const Mechanism& row : law.violators()) control(row);
    }
    add_case(fmt::format("controls/{}/there_is_one", law.id),
             [controlled] { expect(controlled, "nothing breaks this law"); });
  }
  for (const auto& check : heed::laws::hard_checks()) {
    add_case(fmt::format("hard/{}", check.name), [&check] {
      const Verdict verdict = guarded(check.measure);
      expect(verdict.holds, fmt::format("measured {:.3g}; {}", verdict.measured, verdict.note));
    });
  }
});

}  // namespace
}  // namespace heed_test
