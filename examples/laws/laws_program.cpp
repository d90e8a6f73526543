#include "examples/laws/laws_program.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "examples/exit_codes.h"
#include "examples/laws/laws.h"
#include "examples/laws/subject.h"
#include "examples/process.h"

namespace heed::inline HEED_REAL {
namespace {

using attention::Mechanism;
using laws::Law;
using laws::Verdict;

constexpr std::size_t columns = 8;  // mechanisms side by side

std::string shown(double measured) {
  return measured == 0 ? std::string("0") : fmt::format("{:.0e}", measured);
}

// What came of one law on one mechanism.
struct Outcome {
  std::string word;       // "3e-16", "exempt", "BROKEN"
  std::string remark;     // why
  bool as_wanted = true;  // it holds; or is exempt, and broken indeed
};

Outcome outcome_of(const Law& law, const Mechanism& mechanism) {
  const std::string* reason = mechanism.exempt_from(law.id);
  if (!law.applies(mechanism)) return {.word = "-", .remark = "does not apply"};
  const Verdict verdict = law.measure(mechanism);
  if (reason == nullptr) {
    if (verdict.holds) return {.word = shown(verdict.measured), .remark = "holds"};
    return {.word = "BROKEN",
            .remark = fmt::format("measured {}, bar {}; {}", shown(verdict.measured),
                                  shown(law.bar), verdict.note),
            .as_wanted = false};
  }
  if (!verdict.holds) return {.word = "exempt", .remark = *reason};
  return {.word = "HOLDS", .remark = "exempt, but it holds: " + *reason, .as_wanted = false};
}

// One mechanism, a line a law. Returns how many laws are not as wanted.
int print_mechanism(const Mechanism& mechanism) {
  fmt::print(std::cout, "{}: {}\n{}\n", mechanism.name, mechanism.title, mechanism.paper);
  if (!mechanism.mixer) {
    fmt::print(std::cout, "no mixer, so no law applies; limit case: {}\n\n", mechanism.limit);
    return 0;
  }
  fmt::print(std::cout, "can: {}; limit case: {}\n\n", attention::capabilities(mechanism),
             mechanism.limit);
  int broken = 0;
  for (const Law& law : laws::laws()) {
    const Outcome outcome = outcome_of(law, mechanism);
    fmt::print(std::cout, "  {:<4} {:<40} {:>6} <= {:<6} {}\n", law.id, law.title, outcome.word,
               shown(law.bar), outcome.remark);
    std::fflush(stdout);
    broken += outcome.as_wanted ? 0 : 1;
  }
  fmt::print(std::cout, "\n");
  return broken;
}

// All mechanisms, a column each, so many side by side. Returns how many laws are not as wanted.
int print_table() {
  std::vector<const Mechanism*> all;
  for (const Mechanism& mechanism : attention::catalog()) {
    if (mechanism.mixer) all.push_back(&mechanism);
  }
  std::vector<std::string> complaints;
  for (std::size_t from = 0; from < all.size(); from += columns) {
    const std::size_t to = std::min(from + columns, all.size());
    fmt::print(std::cout, "{:<4} {:>6}", "law", "bar");
    for (std::size_t at = from; at < to; ++at) fmt::print(std::cout, " {:>17}", all[at]->name);
    fmt::print(std::cout, "\n");
    for (const Law& law : laws::laws()) {
      fmt::print(std::cout, "{:<4} {:>6}", law.id, shown(law.bar));
      for (std::size_t at = from; at < to; ++at) {
        const Outcome outcome = outcome_of(law, *all[at]);
        fmt::print(std::cout, " {:>17}", outcome.word);
        std::fflush(stdout);
        if (outcome.as_wanted) continue;
        complaints.push_back(fmt::format("{} on {}: {}", law.id, all[at]->name, outcome.remark));
      }
      fmt::print(std::cout, "\n");
    }
    fmt::print(std::cout, "\n");
  }
  for (const Law& law : laws::laws()) fmt::print(std::cout, "{:<4} {}\n", law.id, law.title);
  fmt::print(std::cout, "-    does not apply\nexempt: broken by design, see heed_laws NAME\n");
  for (const std::string& complaint : complaints) fmt::print(std::cout, "BROKEN: {}\n", complaint);
  return static_cast<int>(complaints.size());
}

int run(const std::vector<std::string>& names) {
  std::vector<const Mechanism*> chosen;
  for (const std::string& name : names) {
    if (name == "--help" || name == "-h") {
      fmt::print(
          std::cout,
          "heed_laws [NAME...]: the laws each mechanism keeps, with the measured "
          "difference\n");
      return ExitCode::ok;
    }
    chosen.push_back(&attention::find(name));
  }
  fmt::print(std::cout, "in double precision, at width {} with {} heads of size {}\n\n",
             laws::width, laws::heads, laws::width / laws::heads);
  int broken = 0;
  if (chosen.empty()) broken = print_table();
  for (const Mechanism* mechanism : chosen) broken += print_mechanism(*mechanism);
  fmt::print(std::cout, "\n{}\n",
             broken == 0 ? "every law holds" : fmt::format("{} broken", broken));
  return broken == 0 ? ExitCode::ok : ExitCode::failed;
}

}  // namespace

int laws_program(int argc, char* argv[]) {
  return run_process([&] { return run(std::vector<std::string>(argv + 1, argv + argc)); });
}

}  // namespace heed::inline HEED_REAL
