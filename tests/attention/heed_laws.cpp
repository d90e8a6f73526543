// heed_laws: which laws each attention mechanism keeps, with the difference that was measured. In
// double precision.
//
//   heed_laws                    every mechanism, as a table
//   heed_laws local multihead    these, law by law
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "examples/exit_codes.h"
#include "tests/attention/laws.h"
#include "tests/attention/subject.h"

namespace heed::inline HEED_REAL {
namespace {

using attention::Mechanism;
using laws::Law;
using laws::Verdict;

constexpr std::size_t columns = 6;  // mechanisms side by side

Verdict measure(const Law& law, const Mechanism& row) {
  try {
    return law.measure(row, law.bar);
  } catch (const std::exception& error) {
    return {.holds = false, .note = error.what()};
  }
}

std::string shown(double measured) {
  return measured == 0 ? std::string("0") : fmt::format("{:.0e}", measured);
}

// One mechanism, a line a law. Returns how many laws it breaks.
int print_mechanism(const Mechanism& row) {
  fmt::print("{}: {}\n{}\ncan: {}; limit case: {}\n\n", row.name, row.title, row.paper,
             attention::capabilities(row), row.limit);
  int broken = 0;
  for (const Law& law : laws::laws()) {
    if (const std::string* reason = row.exempt_from(law.id)) {
      fmt::print("  {:<4} {:<40} exempt: {}\n", law.id, law.title, *reason);
      continue;
    }
    if (!law.applies(row)) {
      fmt::print("  {:<4} {:<40} does not apply\n", law.id, law.title);
      continue;
    }
    const Verdict verdict = measure(law, row);
    fmt::print("  {:<4} {:<40} {:>6} <= {:<6} {}{}\n", law.id, law.title, shown(verdict.measured),
               shown(law.bar), verdict.holds ? "holds" : "BROKEN: ", verdict.note);
    broken += verdict.holds ? 0 : 1;
  }
  fmt::print("\n");
  return broken;
}

// All mechanisms, a column each, so many side by side. Returns how many laws are broken.
int print_table() {
  std::vector<const Mechanism*> rows;
  for (const Mechanism& row : attention::catalog()) {
    if (row.mixer) rows.push_back(&row);
  }
  std::vector<std::string> complaints;
  for (std::size_t from = 0; from < rows.size(); from += columns) {
    const auto start = rows.begin() + static_cast<std::ptrdiff_t>(from);
    const std::vector<const Mechanism*> part(
        start, start + static_cast<std::ptrdiff_t>(std::min(columns, rows.size() - from)));
    fmt::print("{:<4} {:>6}", "law", "bar");
    for (const Mechanism* row : part) fmt::print(" {:>17}", row->name);
    fmt::print("\n");
    for (const Law& law : laws::laws()) {
      fmt::print("{:<4} {:>6}", law.id, shown(law.bar));
      for (const Mechanism* each : part) {
        const Mechanism& row = *each;
        if (!law.applies(row)) {
          fmt::print(" {:>17}", row.exempt_from(law.id) != nullptr ? "exempt" : "-");
          continue;
        }
        const Verdict verdict = measure(law, row);
        fmt::print(" {:>17}", verdict.holds ? shown(verdict.measured) : "BROKEN");
        if (!verdict.holds) {
          complaints.push_back(fmt::format("{} on {}: measured {}, bar {}; {}", law.id, row.name,
                                           shown(verdict.measured), shown(law.bar), verdict.note));
        }
      }
      fmt::print("\n");
      std::fflush(stdout);
    }
    fmt::print("\n");
  }
  for (const Law& law : laws::laws()) fmt::print("{:<4} {}\n", law.id, law.title);
  fmt::print("-    does not apply; exempt: `heed_laws NAME` says why\n"
             "Measured at width {}, {} heads of size {}\n",
             laws::small_config().width, laws::small_config().heads,
             laws::small_config().width / laws::small_config().heads);
  for (const std::string& complaint : complaints) fmt::print("BROKEN: {}\n", complaint);
  return static_cast<int>(complaints.size());
}

int run(const std::vector<std::string>& names) {
  std::vector<const Mechanism*> chosen;
  for (const std::string& name : names) {
    if (name == "--help" || name == "-h") {
      fmt::print(
          "heed_laws [NAME...]: the laws each mechanism keeps, with the measured "
          "difference\n");
      return ExitCode::ok;
    }
    chosen.push_back(&attention::find(name));
    chosen.back()->as_mixer();
  }
  int broken = 0;
  if (chosen.empty()) broken = print_table();
  for (const Mechanism* row : chosen) broken += print_mechanism(*row);
  fmt::print("\n{}\n", broken == 0 ? "every law holds" : fmt::format("{} broken", broken));
  return broken == 0 ? ExitCode::ok : ExitCode::failed;
}

}  // namespace
}  // namespace heed::inline HEED_REAL

int main(int argc, char* argv[]) {
  try {
    return heed::run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const heed::ValueError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return heed::ExitCode::wrong_usage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return heed::ExitCode::failed;
  }
}
