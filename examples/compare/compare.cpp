#include "examples/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "examples/compare/live_table.h"
#include "examples/compare/output_folder.h"
#include "examples/compare/results.h"
#include "examples/compare/worker.h"
#include "examples/compare/worker_pool.h"
#include "examples/exit_codes.h"
#include "examples/interrupt.h"
#include "examples/study/run_json.h"
#include "examples/study/train.h"

namespace heed::compare {
namespace {

constexpr Index timed_steps = 16;

// What can be known to fail is found out before anything is trained.
void check_data(const Options& options, const std::vector<Entry>& entries) {
  for (const Entry& entry : entries) {
    if (entry.task->check_data != nullptr) entry.task->check_data(options.data_dir);
  }
}

// The same for settings that the user changed; those of a record are tested.
void check_settings(const std::vector<PlannedTrial>& planned, const std::vector<Entry>& entries) {
  for (const PlannedTrial& one : planned) {
    const Entry& entry = entries[one.entry];
    if (!entry.judged && !one.trial.without) study::try_out(*entry.task, one.trial);
  }
}

Done done_of(const PlannedTrial& planned, const Finished& finished) {
  Done done{.entry = planned.entry, .without = planned.trial.without,
            .exit_code = finished.exit_code};
  try {
    if (finished.exit_code != 0) throw Error(finished.message);
    study::Found found = study::found_of(finished.result);
    done.run = std::move(found.run);
    done.maps = std::move(found.maps);
  } catch (const Error& error) {
    std::string& reason = done.run.error = error.what();
    while (reason.ends_with('\n')) reason.pop_back();
    if (reason.empty()) reason = fmt::format("ended with code {}", finished.exit_code);
    done.run.mechanism = planned.trial.mechanism;
    done.run.label = planned.trial.label;
    done.run.task = planned.trial.task;
    done.run.seed = planned.trial.seed;
  }
  return done;
}

// Keeps what is finished; that the disk is full is no reason to stop.
void keep(const OutputFolder& folder, const Comparison& comparison, const Options& options,
          LiveTable& table) {
  try {
    folder.keep(comparison, options);
  } catch (const IoError& error) {
    table.warn(error.what());
  }
}

void train_all(const std::vector<PlannedTrial>& planned, const Options& options,
               const OutputFolder& folder, Comparison& comparison, LiveTable& table) {
  std::vector<std::vector<std::string>> jobs;
  for (const PlannedTrial& one : planned) jobs.push_back(worker_arguments(one.trial));
  table.begin(comparison.entries, planned);
  run_workers(jobs, options.threads,
              {.started = [&](std::size_t job) { table.started(job); },
               .progress = [&](std::size_t job, double done) { table.progress(job, done); },
               .finished =
                   [&](std::size_t job, const Finished& finished) {
                     comparison.done.push_back(done_of(planned[job], finished));
                     keep(folder, comparison, options, table);
                     table.finished(job, comparison.done.back());
                   },
               .stop = [] { return StopRequest::received(); }});
}

// Each entry alone on the machine for a few steps.
void time_all(const std::vector<PlannedTrial>& planned, Comparison& comparison, LiveTable& table) {
  std::vector<std::vector<std::string>> jobs;
  std::vector<std::size_t> entries;
  for (std::size_t entry = 0; entry < comparison.entries.size(); ++entry) {
    const std::vector<const Done*> runs = comparison.runs_of(entry);
    if (runs.empty() || !runs[0]->run.error.empty()) continue;
    study::Trial trial = std::ranges::find(planned, entry, &PlannedTrial::entry)->trial;
    trial.without = false;
    trial.timing = true;
    trial.settings.steps = timed_steps;
    jobs.push_back(worker_arguments(trial));
    entries.push_back(entry);
  }
  const auto name = [&](std::size_t job) {
    const Entry& entry = comparison.entries[entries[job]];
    return fmt::format("{} on {}", entry.listed.mechanism, entry.task->name);
  };
  run_workers(jobs, 1,
              {.started = [&](std::size_t job) { table.timing(name(job)); },
               .finished =
                   [&](std::size_t job, const Finished& finished) {
                     if (finished.exit_code != 0) return;
                     const study::Run run = study::found_of(finished.result).run;
                     comparison.ms_per_step[entries[job]] = run.ms_per_step;
                     comparison.busy[entries[job]] = run.busy;
                   },
               .stop = [] { return StopRequest::received(); }});
}

int exit_code_of(const Comparison& comparison) {
  if (comparison.interrupted) return ExitCode::interrupted;
  int code = ExitCode::ok;
  for (std::size_t entry = 0; entry < comparison.entries.size(); ++entry) {
    if (!verdict_of(comparison, entry).misses.empty()) code = ExitCode::failed;
  }
  for (const Done& done : comparison.done) {
    if (done.exit_code == ExitCode::non_finite) return ExitCode::non_finite;
    if (!done.run.error.empty()) code = ExitCode::failed;
  }
  return code;
}

std::string remarks(const Comparison& comparison) {
  std::string text;
  if (!comparison.not_judged.empty()) {
    text += fmt::format("levels were not judged: {}\n", comparison.not_judged);
  }
  const std::vector<std::string> busy = busy_entries(comparison);
  if (busy.empty()) return text;
  return text + fmt::format(
      "warning: the machine was busy while {} of {} runs were timed; the times a step are of the "
      "processor, and still longer than on a quiet one\n",
      busy.size(), comparison.busy.size());
}

// The files first: whoever listens may be gone, or slow. What cannot be written is at least shown.
void write_and_show(const OutputFolder& folder, const Comparison& comparison,
                    const Options& options, LiveTable& table, std::ostream& out) {
  std::string written;
  try {
    written = folder.write(comparison, options);
  } catch (const IoError&) {
    table.summary(comparison);
    throw;
  }
  table.summary(comparison);
  out << '\n' << written << remarks(comparison);
}

}  // namespace

int run_comparison(const Options& options, std::ostream& out, const Terminal& terminal) {
  Plan made = plan(options);
  for (const std::string& refused : made.refused) out << "left out: " << refused << '\n';
  Comparison comparison;
  comparison.entries = std::move(made.entries);
  comparison.ms_per_step.assign(comparison.entries.size(), 0);
  comparison.busy.assign(comparison.entries.size(), 0);
  check_data(options, comparison.entries);
  const std::vector<PlannedTrial> planned = trials_of(comparison.entries, options);
  check_settings(planned, comparison.entries);
  const OutputFolder folder(options.out);
  // A level belongs to the task's own number of steps.
  if (options.steps > 0) comparison.not_judged = "--steps was given";

  const StopRequest stop_request;
  LiveTable table(out, terminal);
  train_all(planned, options, folder, comparison, table);
  if (!StopRequest::received()) time_all(planned, comparison, table);
  if (StopRequest::received()) comparison.interrupt();
  conclude(comparison);
  write_and_show(folder, comparison, options, table, out);
  return exit_code_of(comparison);
}

}  // namespace heed::compare
