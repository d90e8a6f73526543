#include "examples/compare/worker.h"

#include <fmt/format.h>

#include <cstdio>

#include "autograd/threads.h"
#include "examples/compare/outcome_json.h"
#include "examples/compare/worker_pool.h"
#include "examples/exit_codes.h"

namespace heed::inline HEED_REAL::compare {

std::vector<std::string> worker_arguments(const tasks::Trial& trial) {
  return {"worker",
          trial.mechanism,
          trial.task,
          trial.variant,
          fmt::format("{}", trial.seed),
          fmt::format("{}", trial.steps),
          fmt::format("{}", trial.lr),
          trial.data_dir,
          trial.timing ? "timing" : "training"};
}

tasks::Trial trial_of(const std::vector<std::string>& arguments) {
  if (arguments.size() != 9) throw ValueError("[worker] is for the program's own use");
  tasks::Trial trial;
  trial.mechanism = arguments[1];
  trial.task = arguments[2];
  trial.variant = arguments[3];
  try {
    trial.seed = std::stoull(arguments[4]);
    trial.steps = std::stol(arguments[5]);
    trial.lr = std::stod(arguments[6]);
  } catch (const std::logic_error&) {
    throw ValueError("[worker] is for the program's own use");
  }
  trial.data_dir = arguments[7];
  trial.timing = arguments[8] == "timing";
  return trial;
}

int run_worker(const std::vector<std::string>& arguments) {
  try {
    set_threads(1);
    tasks::Trial trial = trial_of(arguments);
    trial.progress = [](Index step, Index steps, double) {
      const Index every = steps < 100 ? 1 : steps / 100;
      if (step % every != 0) return;
      fmt::print("{} {} {}\n", says_progress, step, steps);
      std::fflush(stdout);
    };
    const tasks::Task& task = tasks::find_task(trial.task);
    const tasks::Outcome outcome = task.run(task, trial);
    fmt::print("{} {}\n", says_result, to_json_line(outcome));
    return std::fflush(stdout) == 0 ? ExitCode::ok : ExitCode::failed;
  } catch (const std::exception& error) {
    fmt::print("{}\n", error.what());
    return exit_code_for(error);
  }
}

}  // namespace heed::inline HEED_REAL::compare
