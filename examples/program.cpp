#include "examples/program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <thread>

#include "attention/catalog.h"
#include "autograd/cpu_check.h"
#include "examples/command_line.h"
#include "examples/compare/compare.h"
#include "examples/compare/machine.h"
#include "examples/compare/worker.h"
#include "examples/exit_codes.h"
#include "examples/listing.h"
#include "examples/process.h"
#include "examples/tasks/tasks.h"
#include "examples/trainers/trainers.h"

namespace heed {
namespace {

struct CommandLine {
  compare::Options options;
  bool list = false, json = false, markdown = false, quick = false;
};

void add_options(CLI::App& app, CommandLine& line) {
  compare::Options& options = line.options;
  const unsigned cores = std::thread::hardware_concurrency();
  options.threads = cores == 0 ? 1 : static_cast<int>(std::min(cores, 64U));
  add_names(app, "--mode", options.modes,
            "only these mechanisms: NAME or NAME,NAME; repeatable; all: with --task every one that "
            "can");
  add_names(app, "--task", options.tasks, "only these tasks: NAME or NAME,NAME; repeatable");
  add_names(app, "--set", options.set,
            "changes an option of a mechanism or a setting of a task: local.window=5, "
            "recall.width=64; repeatable");
  auto* list = app.add_flag("--list", line.list, "show the catalog and the tasks");
  auto* json = app.add_flag("--json", line.json, "with --list: for machines")->needs(list);
  app.add_flag("--markdown", line.markdown, "with --list: the table of the README")
      ->needs(list)
      ->excludes(json);
  app.add_flag("--quick", line.quick, "one seed");
  auto* seeds = app.add_option("--seeds", options.seeds, "runs of each kind, with different seeds")
                    ->check(CLI::Range(1, 1000))
                    ->capture_default_str();
  app.get_option("--quick")->excludes(seeds);
  app.add_option("--seed", options.seed, "the first seed")
      ->check(CLI::Range(0.0, 9e15))
      ->capture_default_str();
  app.add_option("--steps", options.steps, "training steps instead of each task's own; 0: its own")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "runs side by side")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--data-dir", options.data_dir, "where to look for data first");
  app.add_option("--out", options.out, "folder for report.html, results.json and results.csv")
      ->capture_default_str();
  app.set_config("--config", "", "read options from a file: lines like steps=100");
  app.set_version_flag("--version", "heed " + compare::version());
  app.footer(
      "heed train NAME ... trains on real data; heed train lists the trainers.\n"
      "Exit codes: 0 ok, 1 a level was missed or a run failed, 2 wrong usage, 3 bad file or "
      "folder,\n"
      "4 numbers that are not finite, 130 interrupted (what was finished is written).");
}

// What may stand where an option belongs: names of the catalog and of tasks, and commands.
std::map<std::string, std::string> words() {
  std::map<std::string, std::string> known{{"train", "train"}};
  for (const char* command : {"laws", "listen", "look", "test", "sanitize", "fuzz", "coverage",
                              "docs", "pages", "bench", "build", "help"}) {
    known.emplace(command, fmt::format("./heed {}", command));
  }
  for (const study::Task& task : tasks::all()) known.emplace(task.name, "--task " + task.name);
  for (const attention::Mechanism& mechanism : attention::catalog()) {
    known.emplace(mechanism.name, fmt::format("--mode {}", mechanism.name));
  }
  return known;
}

int compare_mechanisms(int argc, char** argv) {
  CLI::App app(
      "Trains attention mechanisms on tasks that show what they are for, and writes a report.",
      "heed");
  CommandLine line;
  add_options(app, line);
  if (const int code = parse(app, argc, argv, words()); code >= 0) return code;
  if (line.list) {
    std::cout << (line.json ? list_as_json() : line.markdown ? list_as_markdown() : list_as_text());
    return ExitCode::ok;
  }
  if (line.quick) line.options.seeds = 1;
  return compare::run_comparison(line.options, std::cout, terminal_of(STDOUT_FILENO));
}

int run(int argc, char** argv) {
  check_cpu();
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "worker") return compare::run_worker({argv + 1, argv + argc});
  if (command == "train") return trainers::train(argc - 1, argv + 1, std::cout);
  return compare_mechanisms(argc, argv);
}

}  // namespace

int program(int argc, char** argv) {
  return run_process([&] { return run(argc, argv); });
}

}  // namespace heed
