// A graph without much in the way of cycles as a picture: nodes in columns, each to the left of all
// that it leads to. After Sugiyama, Tagawa, Toda 1981, "Methods for visual understanding of
// hierarchical system structures": columns by the longest way to an end, edges over several columns
// pass through places of their own, and within a column everything stands near what it leads to.
#pragma once

#include <string>
#include <vector>

#include "examples/report/markup.h"

namespace heed::report {

struct Edge {
  std::string from, to;
  std::string label;  // on the edge
  std::string title;  // said where one points at it
};

// An svg element with its own colours; `caption` for those who do not see it. Empty without edges.
Markup layered_picture(const std::vector<Edge>& edges, const std::string& caption);

}  // namespace heed::report
