// Every law over the whole catalog, its negative control, and the planted faults.
#include "tests/attention/laws.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "attention/mutants.h"
#include "tests/attention/hard_checks.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

using heed::attention::Mutant;
using heed::attention::Row;
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

Verdict measure(const Law& law, const Row& row) {
  return guarded([&] { return law.measure(row, law.bar); });
}

void must_hold(const Law& law, const Row& row) {
  const Verdict verdict = measure(law, row);
  expect(verdict.holds, fmt::format("{} ({}) fails for {}: measured {:.3g}, bar {:.3g}; {}", law.id,
                                    law.title, row.name, verdict.measured, law.bar, verdict.note));
}

void must_break(const Law& law, const Row& row) {
  expect(!measure(law, row).holds,
         fmt::format("{} does not break {} ({})", row.name, law.id, law.title));
}

// The law that has to notice each fault, as the bug was or should have been found.
struct Expected {
  Mutant mutant;
  const char* law;
};
constexpr std::array expected{
    Expected{Mutant::causal_dropped_with_mask, "U5"},
    Expected{Mutant::causal_dropped_when_recording, "U5"},
    Expected{Mutant::causal_aligned_top_left, "U13"},
    Expected{Mutant::window_left_bound_only, "U6"},
    Expected{Mutant::window_or_causal, "U6"},
    Expected{Mutant::padding_in_normaliser, "U7b"},
    Expected{Mutant::mask_after_softmax, "U2"},
    Expected{Mutant::mask_inverted, "U5"},
    Expected{Mutant::masked_row_nan, "U8"},
    Expected{Mutant::hard_ships_soft, "hard: one value a draw"},
    Expected{Mutant::hard_scores_detached, "hard: estimate against enumeration"},
    Expected{Mutant::contributes_nothing, "U6"},
};

// Every law and row check that notices what is planted now.
std::vector<std::string> killers() {
  std::vector<std::string> found;
  for (const Law& law : heed::laws::laws()) {
    for (const Row& row : heed::attention::catalog()) {
      if (!law.applies(row) || measure(law, row).holds) continue;
      found.emplace_back(law.id);
      break;
    }
  }
  for (const auto& check : heed::laws::hard_checks()) {
    if (!guarded(check.measure).holds) found.emplace_back(check.name);
  }
  return found;
}

void must_be_killed(const heed::attention::NamedMutant& named) {
  heed::attention::plant(named.mutant);
  const std::vector<std::string> found = killers();
  heed::attention::plant(Mutant::none);
  std::printf("mutant %-30s killed by %s\n", named.name,
              fmt::format("{}", fmt::join(found, ", ")).c_str());
  const auto wanted = std::find_if(expected.begin(), expected.end(), [&](const Expected& entry) {
    return entry.mutant == named.mutant;
  });
  expect(wanted != expected.end(), fmt::format("{} is not in the table above", named.name));
  if (wanted == expected.end()) return;
  expect(std::find(found.begin(), found.end(), wanted->law) != found.end(),
         fmt::format("{} does not notice {}", wanted->law, named.name));
}

// The laws and checks all hold again once nothing is planted: a fault must not stay behind.
void nothing_is_planted() { expect(killers().empty(), "something fails with no fault planted"); }

const Generated cases([] {
  for (const Law& law : heed::laws::laws()) {
    for (const Row& row : heed::attention::catalog()) {
      if (!law.applies(row)) continue;
      add_case(fmt::format("laws/{}/{}", law.id, row.name), [&law, &row] { must_hold(law, row); });
    }
    for (const Row& row : law.violators()) {
      add_case(fmt::format("controls/{}/{}", law.id, row.name),
               [&law, row] { must_break(law, row); });
    }
  }
  for (const auto& named : heed::attention::mutants()) {
    add_case(fmt::format("mutants/{}", named.name), [named] { must_be_killed(named); });
  }
  add_case("mutants/none", nothing_is_planted);
});

}  // namespace
}  // namespace heed_test
