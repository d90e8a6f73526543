#include "examples/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "attention/catalog.h"
#include "examples/exit_codes.h"

namespace heed::inline HEED_REAL {
namespace {

// An option or a word that does not exist: the nearest one that does. Of "--mod self", which are
// both not understood, the option is the one that is wrong.
std::string suggestion(const CLI::App& app) {
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) known.push_back(option->get_name());
  const std::vector<std::string> extra = app.remaining();
  const auto is_option = [](const std::string& word) { return word.starts_with('-'); };
  const auto option = std::find_if(extra.begin(), extra.end(), is_option);
  const std::string& word = option == extra.end() ? extra.front() : *option;
  const std::string name = word.substr(0, word.find('='));  // of --name=value
  return fmt::format("hint: did you mean '{}'?", attention::nearest(name, known));
}

}  // namespace

int parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return -1;
  } catch (const CLI::ExtrasError& error) {
    fmt::print(stderr, "{}\n{}\n", error.what(), suggestion(app));
    return ExitCode::wrong_usage;
  } catch (const CLI::FileError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return ExitCode::bad_file;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ExitCode::ok : ExitCode::wrong_usage;
  }
}

}  // namespace heed::inline HEED_REAL
