#include "examples/compare/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "examples/command_line.h"

namespace heed::compare {
namespace {

using study::Listed;
using study::Task;

// What --mode says: the names as the catalog writes them.
struct Modes {
  std::vector<std::string> names;
  bool all = false;  // "all"
  bool has(const std::string& name) const {
    return (names.empty() && !all) || std::ranges::find(names, name) != names.end();
  }
};

Modes modes_of(const Options& options) {
  Modes modes;
  for (const std::string& mode : options.modes) {
    if (mode == "all") {
      modes.all = true;
      continue;
    }
    const std::string name(attention::find(mode).name);
    if (std::ranges::find(modes.names, name) == modes.names.end()) modes.names.push_back(name);
  }
  return modes;
}

bool lists(const Task& task, const std::string& mechanism) {
  const auto among = [&](const std::vector<Listed>& runs) {
    return std::ranges::any_of(
        runs, [&](const Listed& one) { return attention::find(one.mechanism).name == mechanism; });
  };
  return among(task.runs) || among(task.beside);
}

// What the record lists for these mechanisms.
void add_listed(const Task& task, const Modes& modes, std::vector<Entry>& entries) {
  const auto add = [&](const std::vector<Listed>& runs, bool judged) {
    for (Listed one : runs) {
      one.mechanism = attention::find(one.mechanism).name;
      if (modes.all || modes.has(one.mechanism)) entries.push_back({&task, one, judged});
    }
  };
  add(task.runs, true);
  add(task.beside, false);
}

// What it does not list, but the user names.
void add_named(const Task& task, const Modes& modes, Plan& plan) {
  for (const std::string& name : modes.names) {
    if (lists(task, name)) continue;
    const std::string why = study::why_not(task, name);
    if (!why.empty()) {
      throw ValueError(fmt::format("[{}] cannot run on {}: {}", name, task.name, why));
    }
    plan.entries.push_back({&task, {.mechanism = name}, false});
  }
  if (!modes.all) return;
  for (const auto& row : attention::catalog()) {
    const std::string name(row.name);
    if (lists(task, name) || std::ranges::find(modes.names, name) != modes.names.end()) continue;
    const std::string why = study::why_not(task, name);
    if (why.empty()) {
      plan.entries.push_back({&task, {.mechanism = name}, false});
    } else {
      plan.refused.push_back(fmt::format("{} on {}: {}", name, task.name, why));
    }
  }
}

bool is_task(const std::string& name) {
  return std::ranges::find(tasks::all(), name, &Task::name) != tasks::all().end();
}

// Its value: of an option that is a choice, by name. `mechanism` is "" for a setting of a task.
std::string written(const NamedNumber& change, const std::string& mechanism) {
  if (mechanism.empty()) return fmt::format("{:g}", change.value);
  return attention::find(mechanism).option(change.name).written(change.value);
}

void carry_out(const NamedNumber& change, std::vector<Entry>& entries) {
  const bool of_task = is_task(change.of);
  const std::string mechanism(of_task ? std::string() : attention::find(change.of).name);
  bool used = false;
  for (Entry& entry : entries) {
    Listed& listed = entry.listed;
    if (of_task ? entry.task->name != change.of : listed.mechanism != mechanism) continue;
    (of_task ? listed.settings : listed.options)[change.name] = change.value;
    if (!listed.label.empty()) listed.label += ", ";
    listed.label += fmt::format("{}={}", change.name, written(change, mechanism));
    entry.judged = false;  // the record says nothing about it
    used = true;
    study::trial_of(*entry.task, listed);  // refuses names that do not exist
  }
  if (!used) throw ValueError(fmt::format("[set] no run uses {}.{}", change.of, change.name));
}

void refuse_unlisted(const Modes& modes, const std::vector<Entry>& entries) {
  for (const std::string& name : modes.names) {
    const auto has = [&](const Entry& entry) { return entry.listed.mechanism == name; };
    if (std::ranges::any_of(entries, has)) continue;
    std::vector<std::string> able;
    for (const Task& task : tasks::all()) {
      if (study::why_not(task, name).empty()) able.push_back(task.name);
    }
    throw ValueError(fmt::format("[plan] no task lists {}\nhint: name one with --task: {}", name,
                                 able.empty() ? "none can take it"
                                              : fmt::format("{}", fmt::join(able, ", "))));
  }
}

// Does it take a model without the mechanism to see what the entry's runs are worth?
bool wants_one_without(const std::vector<Entry>& entries, std::size_t entry) {
  const study::Expect expect = entries[entry].listed.expect;
  if (!entries[entry].judged) return false;
  return expect == study::Expect::solves || expect == study::Expect::ceiling;
}

// The first of those that share it trains it.
bool trains_one_without(const std::vector<Entry>& entries, std::size_t entry) {
  if (!wants_one_without(entries, entry)) return false;
  for (std::size_t before = 0; before < entry; ++before) {
    if (!wants_one_without(entries, before)) continue;
    if (same_without(entries[before], entries[entry])) return false;
  }
  return true;
}

}  // namespace

bool same_without(const Entry& one, const Entry& other) {
  if (one.task != other.task || one.listed.settings != other.listed.settings) return false;
  return one.task->ablation != study::Ablation::own ||
         (one.listed.mechanism == other.listed.mechanism &&
          one.listed.options == other.listed.options);
}

Plan plan(const Options& options) {
  const Modes modes = modes_of(options);
  std::vector<const Task*> chosen;
  for (const std::string& name : options.tasks) {
    const Task* task = &tasks::find(name);
    if (std::ranges::find(chosen, task) == chosen.end()) chosen.push_back(task);
  }
  const bool named = !chosen.empty();
  if (!named) {
    for (const Task& task : tasks::all()) chosen.push_back(&task);
  }
  Plan made;
  for (const Task* task : chosen) {
    add_listed(*task, modes, made.entries);
    if (named) add_named(*task, modes, made);
  }
  refuse_unlisted(modes, made.entries);
  for (const NamedNumber& change : named_numbers(options.set, attention::choices)) {
    if (options.steps > 0 && change.name == "steps" && is_task(change.of)) {
      throw ValueError(fmt::format("[set] --steps and {}.steps both say how long to train\nhint: "
                                   "leave one of them out", change.of));
    }
    carry_out(change, made.entries);
  }
  return made;
}

std::vector<PlannedTrial> trials_of(const std::vector<Entry>& entries, const Options& options) {
  std::vector<PlannedTrial> planned;
  for (int seed = 0; seed < options.seeds; ++seed) {
    for (std::size_t entry = 0; entry < entries.size(); ++entry) {
      study::Trial trial = study::trial_of(*entries[entry].task, entries[entry].listed);
      trial.seed = options.seed + static_cast<std::uint64_t>(seed);
      trial.data_dir = options.data_dir;
      if (options.steps > 0) trial.settings.steps = options.steps;
      planned.push_back({entry, trial});
      if (!trains_one_without(entries, entry)) continue;
      trial.without = true;
      planned.push_back({entry, std::move(trial)});
    }
  }
  // The longest first, so that no core waits for a late starter.
  std::ranges::stable_sort(planned, std::greater<>(), [&](const PlannedTrial& one) {
    return entries[one.entry].task->seconds;
  });
  return planned;
}

std::vector<std::string> tasks_of(const std::string& mechanism) {
  std::vector<std::string> names;
  for (const Task& task : tasks::all()) {
    if (lists(task, mechanism)) names.push_back(task.name);
  }
  return names;
}

}  // namespace heed::compare
