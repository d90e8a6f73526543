#include "examples/gpt/train_gpt.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <iostream>

#include "autograd/threads.h"
#include "examples/data/shakespeare.h"
#include "examples/exit_codes.h"
#include "examples/gpt/options.h"
#include "examples/gpt/run.h"
#include "examples/progress.h"

namespace heed::inline HEED_REAL {
namespace {

int run(const TrainOptions& options) {
  set_threads(options.threads);
  const data::CharCorpus corpus = data::load_shakespeare(options.data_dir);
  ProgressLine line(std::cout, terminal_of(STDOUT_FILENO));
  GptRun gpt(options, corpus, line);
  if (!gpt.train()) {
    line.print(fmt::format("interrupted: saved in {}; --resume goes on from there", options.out));
    return ExitCode::interrupted;
  }
  gpt.finish();
  return ExitCode::ok;
}

}  // namespace

int train_gpt(int argc, char** argv) {
  TrainOptions options;
  const int code = parse_train_options(argc, argv, options);
  if (code >= 0) return code;
  try {
    return run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_code_for(error);
  }
}

}  // namespace heed::inline HEED_REAL
