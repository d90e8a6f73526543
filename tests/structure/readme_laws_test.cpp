// The attention that the README shows is under all of the laws, as its entry says.
#include <fmt/format.h>

#include "examples/laws/laws.h"
#include "tests/framework/generated.h"

namespace heed::inline HEED_REAL::attention {

Mechanism recency_entry();

}  // namespace heed::inline HEED_REAL::attention

namespace heed_test {
namespace {

using heed::laws::Law;
using heed::laws::Verdict;

const Generated cases([] {
  const auto recency = heed::attention::recency_entry();
  for (const Law& law : heed::laws::laws()) {
    if (!law.applies(recency)) continue;
    add_case(fmt::format("readme_laws/{}", law.id), [&law, recency] {
      const bool exempt = recency.exempt_from(law.id) != nullptr;
      const Verdict verdict = law.measure(recency);
      expect(verdict.holds != exempt, fmt::format("{} ({}): measured {:.3g}; {}", law.id, law.title,
                                                  verdict.measured, verdict.note));
    });
  }
});

}  // namespace
}  // namespace heed_test
