// The trained picture of a mechanism, from what a comparison wrote down: how the loss fell, and
// where the mechanism looked on one test example.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "examples/report/markup.h"

namespace heed::pages {

// An SVG file of a few kilobytes from results.json; "" when there is no finished run of the
// mechanism in it. Throws FormatError when it is no results.json.
std::string trained_picture(const nlohmann::json& results, const std::string& mechanism);

// An svg element as a file of its own.
std::string as_file(const report::Markup& svg);

}  // namespace heed::pages
