#include "examples/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "examples/compare/live_table.h"
#include "examples/compare/outcome_json.h"
#include "examples/compare/results.h"
#include "examples/compare/worker.h"
#include "examples/compare/worker_pool.h"
#include "examples/data/digits.h"
#include "examples/exit_codes.h"
#include "examples/interrupt.h"
#include "examples/report/report.h"
#include "nn/files/atomic_file.h"

namespace heed::inline HEED_REAL::compare {
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
  const bool digits = std::ranges::any_of(
      entries, [](const Entry& entry) { return tasks::find_task(entry.task).digits; });
  if (digits) data::load_digits(options.data_dir);
}

Run run_of(const PlannedTrial& planned, const Finished& finished) {
  Run run{planned.entry, planned.trial, std::nullopt, finished.exit_code, ""};
  try {
    if (finished.exit_code != 0) throw Error(finished.message);
    run.outcome = from_json_line(finished.result);
  } catch (const Error& error) {
    run.error = error.what();
    while (run.error.ends_with('\n')) run.error.pop_back();
    if (run.error.empty()) run.error = fmt::format("ended with code {}", finished.exit_code);
  }
  return run;
}

void train_all(const std::vector<PlannedTrial>& planned, int at_once, Comparison& comparison,
               LiveTable& table) {
  std::vector<std::vector<std::string>> jobs;
  for (const PlannedTrial& one : planned) jobs.push_back(worker_arguments(one.trial));
  table.begin(planned);
  run_workers(jobs, at_once,
              {.started = [&](std::size_t job) { table.started(job); },
               .progress = [&](std::size_t job, double done) { table.progress(job, done); },
               .finished =
                   [&](std::size_t job, const Finished& finished) {
                     comparison.runs.push_back(run_of(planned[job], finished));
                     table.finished(job, comparison.runs.back());
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
    const std::vector<const Run*> runs = comparison.runs_of(entry);
    if (comparison.entries[entry].variant == "without" || runs.empty() || !runs[0]->outcome)
      continue;
    const auto found = std::ranges::find(planned, entry, &PlannedTrial::entry);
    tasks::Trial trial = found->trial;
    trial.timing = true;
    trial.steps = timed_steps;
    jobs.push_back(worker_arguments(trial));
    entries.push_back(entry);
  }
  const auto name = [&](std::size_t job) {
    const Entry& entry = comparison.entries[entries[job]];
    return fmt::format("{} on {}", entry.mechanism, entry.task);
  };
  run_workers(jobs, 1,
              {.started = [&](std::size_t job) { table.timing(name(job)); },
               .finished =
                   [&](std::size_t job, const Finished& finished) {
                     if (finished.exit_code != 0) return;
                     comparison.ms_per_step[entries[job]] =
                         from_json_line(finished.result).ms_per_step;
                   },
               .stop = [] { return StopRequest::received(); }});
}

int exit_code_of(const Comparison& comparison, bool judged) {
  if (comparison.interrupted) return ExitCode::interrupted;
  int code = ExitCode::ok;
  for (std::size_t entry = 0; entry < comparison.entries.size(); ++entry) {
    if (judged && comparison.entries[entry].judged() && !misses(comparison, entry).empty()) {
      code = ExitCode::failed;
    }
  }
  for (const Run& run : comparison.runs) {
    if (run.exit_code == ExitCode::non_finite) return ExitCode::non_finite;
    if (!run.outcome) code = ExitCode::failed;
  }
  return code;
}

}  // namespace

int run_comparison(const Options& options, std::ostream& out, const Terminal& terminal) {
  Comparison comparison;
  comparison.entries = plan(options);
  comparison.ms_per_step.assign(comparison.entries.size(), 0);
  check_folder_and_data(options, comparison.entries);
  const std::vector<PlannedTrial> planned = trials_of(comparison.entries, options);

  const StopRequest stop_request;
  LiveTable table(out, terminal);
  train_all(planned, options.threads, comparison, table);
  if (!StopRequest::received()) time_all(planned, comparison, table);
  comparison.interrupted = StopRequest::received();

  // A level belongs to the task's own number of steps.
  const bool judged = options.steps == 0 && !comparison.interrupted;
  table.summary(comparison, judged);
  const std::filesystem::path folder = options.out;
  const nlohmann::json results = results_json(comparison, options);
  write_text(folder / "results.json", text_of(results));
  write_text(folder / "results.csv", results_csv(results));
  write_text(folder / "report.html", report::html_report(results));
  out << "\nwritten: " << (folder / "report.html").string() << ", results.json, results.csv\n";
  if (options.steps > 0) out << "levels were not judged: --steps was given\n";
  return exit_code_of(comparison, judged);
}

}  // namespace heed::inline HEED_REAL::compare
