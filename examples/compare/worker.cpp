#include "examples/compare/worker.h"

#include <fmt/format.h>

#include <csignal>
#include <iostream>

#include "autograd/threads.h"
#include "examples/compare/worker_pool.h"
#include "examples/exit_codes.h"
#include "examples/study/train.h"
#include "examples/tasks/tasks.h"

namespace heed::compare {

std::vector<std::string> worker_arguments(const study::Trial& trial) {
  return {"worker", study::to_json_line(trial)};
}

int run_worker(const std::vector<std::string>& arguments) {
  std::signal(SIGPIPE, SIG_DFL);  // whoever asked for the run is gone: nobody needs it
  try {
    set_threads(1);
    if (arguments.size() != 2) throw ValueError("[worker] is for the program's own use");
    const study::Trial trial = study::trial_of(arguments[1]);
    const auto progress = [](Index step, Index steps) {
      const Index every = steps < 100 ? 1 : steps / 100;
      if (step % every != 0) return;
      std::cout << fmt::format("{} {} {}\n", says_progress, step, steps) << std::flush;
    };
    const study::Found found = study::train(tasks::find(trial.task), trial, progress);
    std::cout << fmt::format("{} {}\n", says_result, study::to_json_line(found));
    return ExitCode::ok;
  } catch (const std::exception& error) {
    std::cout << error.what() << '\n';
    return exit_code_for(error);
  }
}

}  // namespace heed::compare
