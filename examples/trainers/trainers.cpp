#include "examples/trainers/trainers.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "attention/catalog.h"
#include "autograd/nearest.h"
#include "autograd/threads.h"
#include "examples/command_line.h"
#include "examples/exit_codes.h"
#include "examples/trainers/run.h"

namespace heed::trainers {

const std::deque<Trainer>& all() {
  static const std::deque<Trainer> table{
      gpt(),
      papers(),
  };
  return table;
}

int train_with(const Trainer& trainer, int argc, char** argv, std::ostream& out) {
  RunSettings run = trainer.run;
  RunOptions options;
  options.out = "out/" + trainer.name;
  Settings settings;
  const MakeStudy make = trainer.options(settings);
  run.list(settings);
  options.list(settings);
  CLI::App app(fmt::format("Trains {}.", trainer.what), argv[0]);
  settings.offer(app);
  const int code = parse(app, argc, argv);
  if (code >= 0) return code;
  for (const auto& [name, text] : settings.texts()) {
    if (app.count("--" + name) > 0) options.given.push_back(name);
  }

  set_threads(static_cast<int>(options.threads));
  ProgressLine line(out, terminal_of(STDOUT_FILENO));
  Run training({trainer.name, run, options, settings, make}, line);
  if (!training.train()) {
    line.print(fmt::format("interrupted: saved in {}; --resume goes on from there", options.out));
    return ExitCode::interrupted;
  }
  training.finish();
  return ExitCode::ok;
}

int train(int argc, char** argv, std::ostream& out) {
  const std::string_view asked = argc > 1 ? argv[1] : "";
  if (asked.empty() || asked == "--help" || asked == "-h") {
    out << "heed train NAME [options], or heed train NAME --help\n\n";
    for (const Trainer& trainer : all()) {
      out << fmt::format("  {:<10} {}\n", trainer.name, trainer.what);
    }
    return ExitCode::ok;
  }
  std::vector<std::string> names;
  for (const Trainer& trainer : all()) {
    names.push_back(trainer.name);
    if (trainer.name != asked) continue;
    std::string name = fmt::format("heed train {}", asked);
    argv[1] = name.data();
    return train_with(trainer, argc - 1, argv + 1, out);
  }
  throw ValueError(fmt::format("[train] no trainer named '{}'{}", asked, name_hint(asked, names)));
}

}  // namespace heed::trainers
