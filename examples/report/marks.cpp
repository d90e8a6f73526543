#include "examples/report/marks.h"

namespace heed::report {
namespace {

Markup line(const std::string& x, const char* from, const char* to, const char* css,
            const std::string& title) {
  return element("line", {{"x1", x}, {"x2", x}, {"y1", from}, {"y2", to}, {"class", css}},
                 element("title", {}, title));
}

Markup circle(const std::string& x, const char* css, const std::string& title) {
  return element("circle", {{"cx", x}, {"cy", "14"}, {"r", "5"}, {"class", css}},
                 element("title", {}, title));
}

// A path of pixels around the point (x, 14): an svg of its own, since a path knows no percentages.
Markup path(const std::string& x, const char* shape, const char* css, const std::string& title) {
  return element("svg", {{"x", x}, {"y", "14"}, {"overflow", "visible"}},
                 element("path", {{"d", shape}, {"class", css}}, element("title", {}, title)));
}

Markup zone(const std::string& from, const std::string& width, const char* css,
            const std::string& title) {
  return element("rect",
                 {{"x", from}, {"width", width}, {"y", "5"}, {"height", "18"}, {"class", css}},
                 element("title", {}, title));
}

}  // namespace

Markup mark(Mark kind, const std::string& x, const std::string& title) {
  switch (kind) {
    case Mark::score:
      return circle(x, "score", title);
    case Mark::chance:
      return line(x, "7", "21", "chance", title);
    case Mark::level: {
      Markup flag = line(x, "1", "27", "level", title);
      return flag.add(path(x, "M0,-13 l-7,3.5 l7,3.5 z", "flag", title));
    }
    case Mark::ablated:
      return circle(x, "ablated", title);
    case Mark::trained_without:
      return path(x, "M0,-6 l6,6 l-6,6 l-6,-6 z", "without", title);
  }
  return {};
}

Markup floor_zone(const std::string& from, const std::string& width) {
  return zone(from, width, "floor", "up to the floor");
}

Markup ceiling_zone(const std::string& from, const std::string& width) {
  return zone(from, width, "ceiling", "beyond the ceiling");
}

}  // namespace heed::report
