// `heed --list`: the catalog for people, for machines and for the README.
#pragma once

#include <string>

namespace heed {

std::string list_as_text();
std::string list_as_json();
std::string list_as_markdown();

}  // namespace heed
