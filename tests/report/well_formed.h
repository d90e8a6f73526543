// A small, strict checker of HTML as this project writes it.
#pragma once

#include <string>
#include <string_view>

namespace heed_test {

// The first thing that is wrong, or nothing: every element closed in order, attributes quoted and
// named once an element, & only in front of a character reference, ids used once, links within the
// page answered by an id, no bare < or >.
std::string not_well_formed(std::string_view html);

}  // namespace heed_test
