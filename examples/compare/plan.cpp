#include "examples/compare/plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace heed::inline HEED_REAL::compare {
namespace {

// Beyond the default task of the catalog.
struct AlsoOn {
  std::string_view mechanism, task;
};
constexpr AlsoOn also_on[] = {
    {"multihead", "reverse"}, {"multihead", "recall"}, {"multihead", "shifted-copy"},
    {"self", "reverse"},      {"self", "short-copy"},  {"local", "short-copy"},
};

// Runs that are shown beside the judged ones.
struct Beside {
  std::string_view mechanism, task, variant;
};
constexpr Beside beside[] = {
    {"multihead", "heads", "heads=1"},
    {"multihead", "heads", "heads=2"},
    {"causal", "free-running", "unmasked"},
    {"scaled_dot", "recall", "wide"},
    {"dot", "recall", "wide"},
};

std::vector<const attention::Row*> chosen_rows(const std::vector<std::string>& modes) {
  std::vector<const attention::Row*> rows;
  const auto add = [&](const attention::Row& row) {
    if (std::ranges::find(rows, &row) == rows.end()) rows.push_back(&row);
  };
  for (const std::string& mode : modes) add(attention::find(mode));
  if (modes.empty()) {
    for (const attention::Row& row : attention::catalog()) add(row);
  }
  return rows;
}

}  // namespace

std::vector<std::string> tasks_of(const attention::Row& row) {
  std::vector<std::string> names{std::string(tasks::find_task(row.task).name)};
  for (const AlsoOn& also : also_on) {
    if (also.mechanism == row.name && also.task != names[0]) names.emplace_back(also.task);
  }
  for (const std::string& name : names) {
    if (tasks::find_task(name).accepts(row.can)) continue;
    throw ValueError(fmt::format("[plan] task {} is not for {} ({})", name, row.name,
                                 attention::capabilities(row)));
  }
  return names;
}

std::vector<Entry> plan(const Options& options) {
  std::vector<Entry> entries;
  for (const attention::Row* row : chosen_rows(options.modes)) {
    const std::string mechanism(row->name);
    for (const std::string& task : tasks_of(*row)) {
      entries.push_back({mechanism, task, ""});
      entries.push_back({mechanism, task, "without"});
    }
    for (const Beside& one : beside) {
      if (one.mechanism != mechanism) continue;
      entries.push_back({mechanism, std::string(one.task), std::string(one.variant)});
    }
  }
  return entries;
}

std::vector<PlannedTrial> trials_of(const std::vector<Entry>& entries, const Options& options) {
  std::vector<PlannedTrial> planned;
  for (int seed = 0; seed < options.seeds; ++seed) {
    for (std::size_t entry = 0; entry < entries.size(); ++entry) {
      tasks::Trial trial;
      trial.mechanism = entries[entry].mechanism;
      trial.task = entries[entry].task;
      trial.variant = entries[entry].variant;
      trial.seed = options.seed + static_cast<std::uint64_t>(seed);
      trial.steps = options.steps;
      trial.data_dir = options.data_dir;
      planned.push_back({entry, std::move(trial)});
    }
  }
  // The longest first, so that no core waits for a late starter.
  std::ranges::stable_sort(planned, std::greater<>(), [](const PlannedTrial& one) {
    return tasks::find_task(one.trial.task).seconds;
  });
  return planned;
}

}  // namespace heed::inline HEED_REAL::compare
