#include "examples/compare/plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace heed::inline HEED_REAL::compare {
namespace {

// Which mechanism is trained on which task, the first of them its default.
struct On {
  std::string_view mechanism, task;
};
constexpr On trained_on[] = {
    {"multihead", "heads"},         {"multihead", "reverse"},
    {"multihead", "recall"},        {"multihead", "shifted-copy"},
    {"self", "recall"},             {"self", "reverse"},
    {"self", "short-copy"},         {"cross", "translation"},
    {"causal", "free-running"},     {"scaled-dot", "recall"},
    {"dot", "dates"},               {"multi-query", "recall"},
    {"grouped", "heads"},           {"doubly-stochastic", "translation"},
    {"additive", "dates"},          {"local", "reverse"},
    {"local", "short-copy"},        {"local-p", "dates"},
    {"hard", "marked-cell"},        {"gumbel", "marked-cell"},
    {"straight-through", "marked-cell"}, {"pooling", "bags"},
    {"pma", "bags"},
};

// Runs that are shown beside the judged ones.
struct Beside {
  std::string_view mechanism, task, variant;
};
constexpr Beside beside[] = {
    {"multihead", "heads", "heads=1"},
    {"multihead", "heads", "heads=2"},
    {"causal", "free-running", "unmasked"},
    {"scaled-dot", "recall", "wide"},
    {"dot", "recall", "wide"},
};

std::vector<const attention::Mechanism*> chosen_rows(const std::vector<std::string>& modes) {
  std::vector<const attention::Mechanism*> rows;
  const auto add = [&](const attention::Mechanism& row) {
    if (std::ranges::find(rows, &row) == rows.end()) rows.push_back(&row);
  };
  for (const std::string& mode : modes) add(attention::find(mode));
  if (modes.empty()) {
    for (const attention::Mechanism& row : attention::catalog()) add(row);
  }
  return rows;
}

}  // namespace

std::vector<std::string> tasks_of(const attention::Mechanism& row) {
  std::vector<std::string> names;
  for (const On& on : trained_on) {
    if (on.mechanism == row.name) names.emplace_back(on.task);
  }
  for (const std::string& name : names) {
    if (tasks::find_task(name).accepts(row.as_mixer().can)) continue;
    throw ValueError(fmt::format("[plan] task {} is not for {} ({})", name, row.name,
                                 attention::capabilities(row)));
  }
  return names;
}

std::vector<Entry> plan(const Options& options) {
  std::vector<Entry> entries;
  for (const attention::Mechanism* row : chosen_rows(options.modes)) {
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
