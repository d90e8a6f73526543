// The catalog: every mechanism there is. The command line, the laws, the tasks, the README and the
// report all read it. A new mechanism is a file pair, whose .cpp holds its entry, and one line in
// catalog.cpp; a program of one's own adds its mechanisms with add().
#pragma once

#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "attention/mechanism.h"

namespace heed::inline HEED_REAL::attention {

// Every mechanism, in the order of all lists. References stay good when others are added.
const std::deque<Mechanism>& catalog();
// By name or alias; '_' counts as '-'. Throws ValueError naming the nearest right name.
const Mechanism& find(std::string_view name);
// Puts one behind the others, for the rest of the program. Throws ValueError when its name or an
// alias is taken, or when a mixer part lacks its pattern or its make.
void add(Mechanism mechanism);

// The names of the values of an option; empty where it is a number, or there is no such option.
std::vector<std::string> choices(const std::string& mechanism, const std::string& option);

// The names under which the field speaks of attention, and the mechanism that answers to each; ""
// for those that are not there yet.
struct FieldName {
  std::string_view name;       // "soft"
  std::string_view mechanism;  // "additive"
};
std::span<const FieldName> field_names();

}  // namespace heed::inline HEED_REAL::attention
