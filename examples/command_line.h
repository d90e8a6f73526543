// How a program reads its command line: what is not understood gets the nearest option that there
// is.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "autograd/real.h"

namespace CLI {
class App;
class Option;
}

namespace heed::inline HEED_REAL {

// Returns -1 to go on, else the exit code: 0 after --help, 2 after a usage error, 3 when a file
// that is named cannot be read. The error is explained on the standard error output.
// `words` may have been meant, beside the options: what stood there, and what to write for it.
int parse(CLI::App& app, int argc, char** argv,
          const std::map<std::string, std::string>& words = {});

// Adds an option that takes NAME or NAME,NAME and may come several times. An empty name is refused.
CLI::Option* add_names(CLI::App& app, const std::string& flag, std::vector<std::string>& field,
                       const std::string& help);

// "local.window=5": a number for something named of something else that is named.
struct NamedNumber {
  std::string of, name;
  double value = 0;
};
// The names of 0, 1, ... where something named of something named is a choice; empty: it is a
// number.
using Choices = std::function<std::vector<std::string>(const std::string& of,
                                                       const std::string& name)>;
// One a text. Throws ValueError on any other text, on a number that is not finite, on a name that
// is no choice, and on two for the same.
std::vector<NamedNumber> named_numbers(const std::vector<std::string>& texts,
                                       const Choices& choices = {});

}  // namespace heed::inline HEED_REAL
