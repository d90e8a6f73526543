#include "examples/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "examples/compare/live_table.h"
#include "examples/compare/results.h"
#include "examples/compare/worker.h"
#include "examples/compare/worker_pool.h"
#include "examples/exit_codes.h"
#include "examples/interrupt.h"
#include "examples/report/report.h"
#include "examples/study/run_json.h"
#include "nn/files/atomic_file.h"

namespace heed::compare {
namespace {

constexpr Index timed_steps = 30;

void write_text(const std::filesystem::path& file, const std::string& text) {
  nn::write_atomically(file.string(), std::as_bytes(std::span(text)));
}

// What can be known to fail is found out before anything is trained.
void check_folder_and_data(const Options& options, const std::vector<Entry>& entries) {
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  if (error) {
    throw IoError(
        fmt::format("[out] cannot make the folder {}: {}\nhint: choose another with --out",
                    options.out, error.message()));
  }
  const std::filesystem::path trial = std::filesystem::path(options.out) / ".heed-can-write";
  write_text(trial, "");
  std::filesystem::remove(trial, error);
  for (const Entry& entry : entries) {
    if (entry.task->check_data != nullptr) entry.task->check_data(options.data_dir);
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

void train_all(const std::vector<PlannedTrial>& planned, int at_once, Comparison& comparison,
               LiveTable& table) {
  std::vector<std::vector<std::string>> jobs;
  for (const PlannedTrial& one : planned) jobs.push_back(worker_arguments(one.trial));
  table.begin(comparison.entries, planned);
  run_workers(jobs, at_once,
              {.started = [&](std::size_t job) { table.started(job); },
               .progress = [&](std::size_t job, double done) { table.progress(job, done); },
               .finished =
                   [&](std::size_t job, const Finished& finished) {
                     comparison.done.push_back(done_of(planned[job], finished));
                     table.finished(job, comparison.done.back());
                   },
               .stop = [] { return StopRequest::received(); }});
}

// One line a run or map, so that the file can be read and compared by eye.
std::string text_of(const nlohmann::json& results) {
  std::string text = "{";
  for (const auto& [name, part] : results.items()) {
    text += fmt::format("{}\n \"{}\": ", text.size() > 1 ? "," : "", name);
    if (!part.is_array()) {
      text += part.dump();
      continue;
    }
    std::string separator = "[\n  ";
    for (const nlohmann::json& element : part) {
      text += std::exchange(separator, ",\n  ") + element.dump();
    }
    text += part.empty() ? "[]" : "\n ]";
  }
  return text + "\n}\n";
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

void write_all(const Comparison& comparison, const Options& options, std::ostream& out) {
  const std::filesystem::path folder = options.out;
  const nlohmann::json results = results_json(comparison, options);
  write_text(folder / "results.json", text_of(results));
  write_text(folder / "results.csv", results_csv(results));
  write_text(folder / "report.html", report::html_report(results));
  out << "\nwritten: " << (folder / "report.html").string() << ", results.json, results.csv\n";
  if (options.steps > 0) out << "levels were not judged: --steps was given\n";
  const std::vector<std::string> busy = busy_entries(comparison);
  if (busy.empty()) return;
  out << fmt::format(
      "warning: the machine was busy while {} of {} runs were timed; the times a step are of the "
      "processor, and still longer than on a quiet one\n",
      busy.size(), comparison.busy.size());
}

}  // namespace

int run_comparison(const Options& options, std::ostream& out, const Terminal& terminal) {
  Plan made = plan(options);
  for (const std::string& refused : made.refused) out << "left out: " << refused << '\n';
  Comparison comparison;
  comparison.entries = std::move(made.entries);
  comparison.ms_per_step.assign(comparison.entries.size(), 0);
  comparison.busy.assign(comparison.entries.size(), 0);
  check_folder_and_data(options, comparison.entries);
  const std::vector<PlannedTrial> planned = trials_of(comparison.entries, options);

  const StopRequest stop_request;
  LiveTable table(out, terminal);
  train_all(planned, options.threads, comparison, table);
  if (!StopRequest::received()) time_all(planned, comparison, table);
  comparison.interrupted = StopRequest::received();
  // A level belongs to the task's own number of steps.
  comparison.judged = options.steps == 0 && !comparison.interrupted;
  conclude(comparison);
  table.summary(comparison);
  write_all(comparison, options, out);
  return exit_code_of(comparison);
}

}  // namespace heed::compare
