#include "examples/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "attention/catalog.h"
#include "autograd/nearest.h"
#include "examples/exit_codes.h"

namespace heed::inline HEED_REAL {
namespace {

// An option or a word that does not exist: the nearest one that does. Of "--mod self", which are
// both not understood, the option is the one that is wrong.
std::string suggestion(const CLI::App& app, std::vector<std::string> known) {
  for (const CLI::Option* option : app.get_options()) known.push_back(option->get_name());
  const std::vector<std::string> extra = app.remaining();
  const auto is_option = [](const std::string& word) { return word.starts_with('-'); };
  const auto option = std::find_if(extra.begin(), extra.end(), is_option);
  const std::string& word = option == extra.end() ? extra.front() : *option;
  const std::string name = word.substr(0, word.find('='));  // of --name=value
  return fmt::format("hint: did you mean '{}'?", nearest(name, known));
}

}  // namespace

int parse(CLI::App& app, int argc, char** argv, const std::vector<std::string>& words) {
  try {
    app.parse(argc, argv);
    return -1;
  } catch (const CLI::ExtrasError& error) {
    fmt::print(stderr, "{}\n{}\n", error.what(), suggestion(app, words));
    return ExitCode::wrong_usage;
  } catch (const CLI::FileError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return ExitCode::bad_file;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ExitCode::ok : ExitCode::wrong_usage;
  }
}

CLI::Option* add_names(CLI::App& app, const std::string& flag, std::vector<std::string>& field,
                       const std::string& help) {
  const auto take = [flag, &field](const std::vector<std::string>& texts) {
    field.clear();
    for (const std::string& text : texts) {
      for (const std::string& name : CLI::detail::split(text, ',')) {
        if (name.empty()) {
          throw CLI::ValidationError(flag, fmt::format("'{}' has an empty name in it", text));
        }
        field.push_back(name);
      }
    }
  };
  // One word at a time: with CLI11's own delimiter a lone comma would be no word, and the next
  // option taken for one.
  return app.add_option_function<std::vector<std::string>>(flag, take, help)
      ->expected(1)
      ->take_all();
}

namespace {

NamedNumber named_number(const std::string& text) {
  const std::size_t dot = text.find('.'), equals = text.find('=');
  NamedNumber read;
  if (dot != std::string::npos && equals != std::string::npos && dot < equals) {
    read.of = text.substr(0, dot);
    read.name = text.substr(dot + 1, equals - dot - 1);
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + equals + 1, end, read.value);
    if (parsed.ec == std::errc() && parsed.ptr == end && std::isfinite(read.value)) return read;
  }
  throw ValueError(fmt::format("[set] '{}' is not NAME.OPTION=NUMBER\nhint: as in local.window=5",
                               text));
}

}  // namespace

std::vector<NamedNumber> named_numbers(const std::vector<std::string>& texts) {
  std::vector<NamedNumber> all;
  for (const std::string& text : texts) {
    const NamedNumber read = named_number(text);
    for (const NamedNumber& other : all) {
      if (other.of != read.of || other.name != read.name) continue;
      throw ValueError(fmt::format("[set] {}.{} is given twice: {:g} and {:g}", read.of, read.name,
                                   other.value, read.value));
    }
    all.push_back(read);
  }
  return all;
}

}  // namespace heed::inline HEED_REAL
