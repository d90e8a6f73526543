#include "examples/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "autograd/errors.h"
#include "autograd/nearest.h"
#include "examples/exit_codes.h"
#include "nn/files/untrusted.h"

namespace heed::inline HEED_REAL {
namespace {

// For an option or a word that does not exist, the nearest one that does. Of "--mod self", which
// are both not understood, the option is the one that is wrong.
std::string suggestion(const CLI::App& app, std::map<std::string, std::string> known) {
  for (const CLI::Option* option : app.get_options()) {
    known.emplace(option->get_name(), option->get_name());
  }
  const std::vector<std::string> extra = app.remaining();
  const auto is_option = [](const std::string& word) { return word.starts_with('-'); };
  const auto option = std::find_if(extra.begin(), extra.end(), is_option);
  const std::string& word = option == extra.end() ? extra.front() : *option;
  const std::string name = word.substr(0, word.find('='));  // of --name=value
  std::vector<std::string> names;
  for (const auto& [meant, written] : known) names.push_back(meant);
  const std::string best = nearest(name, names);
  if (!is_near(name, best)) return "hint: --help lists the options";
  return fmt::format("hint: did you mean '{}'?", known.at(best));
}

// CLI11 says "INI was not able to parse NAME".
std::string unknown_in_file(const CLI::App& app, const CLI::ConfigError& error) {
  const std::string said = error.what(), name = said.substr(said.rfind(' ') + 1);
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    const std::string known = option->get_name();
    if (option->get_configurable() && known.starts_with("--")) names.push_back(known.substr(2));
  }
  return fmt::format("[config] the file names an option that there is not: '{}'{}",
                     nn::shown(name), name_hint(name, names));
}

}  // namespace

int parse(CLI::App& app, int argc, char** argv, const std::map<std::string, std::string>& words) {
  app.allow_config_extras(CLI::config_extras_mode::error);
  try {
    app.parse(argc, argv);
    return -1;
  } catch (const CLI::ExtrasError& error) {
    fmt::print(stderr, "{}\n{}\n", error.what(), suggestion(app, words));
    return ExitCode::wrong_usage;
  } catch (const CLI::RequiredError& error) {
    fmt::print(stderr, "{}\n", error.what());
    const bool extra = !app.remaining().empty();  // most likely what is missing, misspelt
    fmt::print(stderr, "{}\n", extra ? suggestion(app, words) : "hint: --help lists the options");
    return ExitCode::wrong_usage;
  } catch (const CLI::ConfigError& error) {
    fmt::print(stderr, "{}\n", unknown_in_file(app, error));
    return ExitCode::wrong_usage;
  } catch (const CLI::FileError& error) {
    fmt::print(stderr, "[config] {}\n", error.what());
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

// What stands for a number where names do: "rotary".
bool is_named(const std::string& word, const Choices& choices, NamedNumber& change) {
  if (!choices) return false;
  const std::vector<std::string> names = choices(change.of, change.name);
  if (names.empty()) return false;
  const auto found = std::find(names.begin(), names.end(), word);
  if (found == names.end()) {
    throw ValueError(fmt::format("[set] {}.{} is one of {}, not '{}'{}", change.of, change.name,
                                 fmt::join(names, ", "), word, name_hint(word, names)));
  }
  change.value = static_cast<double>(found - names.begin());
  return true;
}

NamedNumber named_number(const std::string& text, const Choices& choices) {
  const std::size_t dot = text.find('.'), equals = text.find('=');
  NamedNumber read;
  if (dot != std::string::npos && equals != std::string::npos && dot < equals) {
    read.of = text.substr(0, dot);
    read.name = text.substr(dot + 1, equals - dot - 1);
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + equals + 1, end, read.value);
    if (parsed.ec == std::errc() && parsed.ptr == end && std::isfinite(read.value)) return read;
    if (parsed.ptr != end && is_named(text.substr(equals + 1), choices, read)) return read;
  }
  throw ValueError(fmt::format("[set] '{}' is not NAME.OPTION=NUMBER\nhint: as in local.window=5",
                               text));
}

}  // namespace

std::vector<NamedNumber> named_numbers(const std::vector<std::string>& texts,
                                       const Choices& choices) {
  std::vector<NamedNumber> all;
  for (const std::string& text : texts) {
    const NamedNumber read = named_number(text, choices);
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
