#include "examples/laws/laws_program.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "examples/exit_codes.h"
#include "examples/laws/laws.h"
#include "examples/laws/outcome.h"
#include "examples/laws/reductions.h"
#include "examples/laws/rounding.h"
#include "examples/laws/subject.h"
#include "examples/process.h"

namespace heed::inline HEED_REAL {
namespace {

using attention::Mechanism;
using attention::Reduction;
using laws::Law;
using laws::Outcome;
using laws::outcome_of;
using laws::shown;

constexpr std::size_t columns = 8;  // mechanisms side by side

// "local (window >= T - 1) == multihead: 2e-16 ok". Returns how many do not hold.
int print_reductions(const Mechanism& from) {
  int broken = 0;
  for (const Reduction& reduction : from.reductions) {
    const Outcome outcome = outcome_of(from, reduction);
    fmt::print(std::cout, "  {}: {} {}\n", laws::words(from, reduction), outcome.word,
               outcome.remark);
    std::fflush(stdout);
    broken += outcome.as_wanted ? 0 : 1;
  }
  return broken;
}

// One mechanism, a line a law. Returns how many laws are not as wanted.
int print_mechanism(const Mechanism& mechanism) {
  fmt::print(std::cout, "{}: {}\n{}\n", mechanism.name, mechanism.title, mechanism.paper);
  if (!mechanism.mixer) {
    fmt::print(std::cout, "no mixer, so no law applies; limit case: {}\n\n", mechanism.limit);
    return print_reductions(mechanism);
  }
  fmt::print(std::cout, "can: {}; limit case: {}\n\n", attention::capabilities(mechanism),
             mechanism.limit);
  int broken = 0;
  for (const Law& law : laws::laws()) {
    const Outcome outcome = outcome_of(law, mechanism);
    fmt::print(std::cout, "  {:<4} {:<40} {:>6} <= {:<6} {}\n", law.id, law.title, outcome.word,
               shown(laws::bar_of(law, mechanism)), outcome.remark);
    std::fflush(stdout);
    broken += outcome.as_wanted ? 0 : 1;
  }
  broken += print_reductions(mechanism);
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
  int broken = static_cast<int>(complaints.size());
  fmt::print(std::cout, "\nwhat each becomes, bar {}\n", shown(laws::reduction_bar));
  for (const Mechanism& mechanism : attention::catalog()) broken += print_reductions(mechanism);
  return broken;
}

int run(const std::vector<std::string>& names) {
  std::vector<const Mechanism*> chosen;
  for (const std::string& name : names) {
    if (name == "--help" || name == "-h") {
      fmt::print(
          std::cout,
          "heed_laws [NAME...]: the laws each mechanism keeps and what it becomes, with the "
          "measured difference\n"
          "heed_laws --dot: what becomes what, for graphviz\n");
      return ExitCode::ok;
    }
    if (name == "--dot") {
      fmt::print(std::cout, "{}", laws::reductions_as_dot());
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
