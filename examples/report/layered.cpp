#include "examples/report/layered.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace heed::report {
namespace {

// In units of the viewBox.
constexpr double letter = 6.4, small_letter = 5.4;  // widths
constexpr double line_height = 22, between = 12, margin = 10;
constexpr double bend = 70;  // room in which an edge turns to its end

// A node, or a place in a column through which an edge passes.
struct Place {
  std::string name = {};  // "": an edge passes
  int column = 0;         // counted from the ends
  std::vector<std::size_t> next = {};
  double width = 0, height = line_height;
  double x = 0, y = 0;  // of its upper left corner

  double middle() const { return y + height / 2; }
};

// What is drawn of an edge: where it starts, passes and ends.
struct Route {
  const Edge* edge;
  std::vector<std::size_t> places;
  std::size_t port = 0;  // of those that leave its node, from above
};

struct Graph {
  std::vector<Place> places;
  std::vector<Route> routes;
  int columns = 0;
};

// The longest way from a node to an end. An edge that closes a cycle does not count.
int column_of(const std::string& name, const std::vector<Edge>& edges, std::set<std::string>& open,
              std::map<std::string, int>& known) {
  if (const auto found = known.find(name); found != known.end()) return found->second;
  open.insert(name);
  int column = 0;
  for (const Edge& edge : edges) {
    if (edge.from != name || open.contains(edge.to)) continue;
    column = std::max(column, column_of(edge.to, edges, open, known) + 1);
  }
  open.erase(name);
  return known[name] = column;
}

Graph placed_in_columns(const std::vector<Edge>& edges) {
  Graph graph;
  std::map<std::string, int> columns;
  std::map<std::string, std::size_t> index, leaving;
  std::set<std::string> open;
  const auto add = [&](const std::string& name) {
    if (index.contains(name)) return;
    index[name] = graph.places.size();
    const int column = column_of(name, edges, open, columns);
    graph.columns = std::max(graph.columns, column + 1);
    graph.places.push_back({.name = name,
                            .column = column,
                            .width = letter * static_cast<double>(name.size()) + 16});
  };
  for (const Edge& edge : edges) {
    add(edge.from);
    add(edge.to);
  }
  for (const Edge& edge : edges) {
    Route route{&edge, {index[edge.from]}, leaving[edge.from]++};
    for (int column = columns[edge.from] - 1; column > columns[edge.to]; --column) {
      route.places.push_back(graph.places.size());
      graph.places.push_back({.column = column, .height = line_height / 2});
    }
    route.places.push_back(index[edge.to]);
    for (std::size_t i = 0; i + 1 < route.places.size(); ++i) {
      graph.places[route.places[i]].next.push_back(route.places[i + 1]);
    }
    graph.routes.push_back(route);
  }
  for (const auto& [name, count] : leaving) {
    graph.places[index[name]].height = line_height * static_cast<double>(std::max<std::size_t>(
                                                         count, 1));
  }
  return graph;
}

std::vector<std::vector<std::size_t>> by_column(const Graph& graph) {
  std::vector<std::vector<std::size_t>> columns(static_cast<std::size_t>(graph.columns));
  for (std::size_t i = 0; i < graph.places.size(); ++i) {
    columns[static_cast<std::size_t>(graph.places[i].column)].push_back(i);
  }
  return columns;
}

// Stacks a column from the top in the order of what its places lead to, and moves it down as a
// whole to stand beside that.
void stack(Graph& graph, std::vector<std::size_t>& column) {
  std::map<std::size_t, double> wanted;
  for (const std::size_t i : column) {
    const Place& place = graph.places[i];
    double sum = 0;
    for (const std::size_t next : place.next) sum += graph.places[next].middle();
    wanted[i] = place.next.empty() ? 1e9 : sum / static_cast<double>(place.next.size());
  }
  std::ranges::stable_sort(column, {}, [&](std::size_t i) { return wanted[i]; });
  double y = 0, off = 0;
  std::size_t leading = 0;
  for (const std::size_t i : column) {
    Place& place = graph.places[i];
    place.y = y;
    y += place.height + between;
    if (place.next.empty()) continue;
    off += wanted[i] - place.middle();
    ++leading;
  }
  const double shift = leading == 0 ? 0 : off / static_cast<double>(leading);
  for (const std::size_t i : column) graph.places[i].y += shift;
}

// The room that a column needs: its widest node, and the labels of the edges that leave it.
double room_of(const Graph& graph, const std::vector<std::size_t>& column, double& nodes) {
  double labels = 0;
  nodes = 0;
  for (const std::size_t i : column) nodes = std::max(nodes, graph.places[i].width);
  for (const Route& route : graph.routes) {
    const bool leaves = std::ranges::find(column, route.places.front()) != column.end();
    if (!leaves) continue;
    labels = std::max(labels, small_letter * static_cast<double>(route.edge->label.size()) + 16);
  }
  return nodes + labels + bend;
}

struct Size {
  double width = 0, height = 0;
};

Size arrange(Graph& graph) {
  std::vector<std::vector<std::size_t>> columns = by_column(graph);
  for (std::vector<std::size_t>& column : columns) stack(graph, column);
  double top = 0, bottom = 0;
  for (const Place& place : graph.places) {
    top = std::min(top, place.y);
    bottom = std::max(bottom, place.y + place.height);
  }
  double x = margin;
  for (auto column = columns.rbegin(); column != columns.rend(); ++column) {
    double nodes = 0;
    const double room = room_of(graph, *column, nodes);
    for (const std::size_t i : *column) {
      Place& place = graph.places[i];
      place.x = x;
      place.y += margin - top;
      if (place.name.empty()) place.width = nodes;
    }
    x += column + 1 == columns.rend() ? nodes + margin : room;
  }
  return {x, bottom - top + 2 * margin};
}

// From the side of its node straight on under its label, then in curves from place to place.
Markup drawn(const Graph& graph, const Route& route, double labels_end) {
  const Place& start = graph.places[route.places.front()];
  const double x = start.x + start.width;
  const double y = start.y + line_height * (static_cast<double>(route.port) + .5);
  double from_x = std::max(labels_end, x), from_y = y;
  std::string path = fmt::format("M{:.1f},{:.1f}H{:.1f}", x, y, from_x);
  for (std::size_t i = 1; i < route.places.size(); ++i) {
    const Place& place = graph.places[route.places[i]];
    const double half = (place.x + from_x) / 2;
    path += fmt::format("C{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}", half, from_y, half,
                        place.middle(), place.x, place.middle());
    from_x = place.x + place.width;
    from_y = place.middle();
    if (place.name.empty()) path += fmt::format("H{:.1f}", from_x);
  }
  const Markup title = element("title", {}, route.edge->title);
  Markup svg = element("path",
                       {{"d", path},
                        {"fill", "none"},
                        {"stroke", "#7a8694"},
                        {"marker-end", "url(#tip)"}},
                       title);
  if (route.edge->label.empty()) return svg;
  return svg.add(element("text",
                         {{"x", fmt::format("{:.1f}", x + 8)},
                          {"y", fmt::format("{:.1f}", y - 4)},
                          {"style", "font-size:10px;fill:#7a8694"}},
                         route.edge->label, title));
}

Markup box(const Place& place) {
  return element("rect", {{"x", fmt::format("{:.1f}", place.x)},
                          {"y", fmt::format("{:.1f}", place.y)},
                          {"width", fmt::format("{:.1f}", place.width)},
                          {"height", fmt::format("{:.1f}", place.height)},
                          {"rx", "4"},
                          {"fill", "#0067ac"},
                          {"fill-opacity", ".12"},
                          {"stroke", "#2f86c4"}})
      .add(element("text",
                   {{"x", fmt::format("{:.1f}", place.x + place.width / 2)},
                    {"y", fmt::format("{:.1f}", place.middle() + 4)},
                    {"text-anchor", "middle"},
                    {"style", "font-size:12px;fill:#2f86c4"}},
                   place.name));
}

}  // namespace

Markup layered_picture(const std::vector<Edge>& edges, const std::string& caption) {
  if (edges.empty()) return {};
  Graph graph = placed_in_columns(edges);
  const Size size = arrange(graph);
  Markup svg = element(
      "defs", {},
      element("marker",
              {{"id", "tip"},
               {"viewBox", "0 0 8 8"},
               {"refX", "8"},
               {"refY", "4"},
               {"markerWidth", "7"},
               {"markerHeight", "7"},
               {"orient", "auto"}},
              element("path", {{"d", "M0,0L8,4L0,8z"}, {"fill", "#7a8694"}})));
  for (const Route& route : graph.routes) {
    const Place& start = graph.places[route.places.front()];
    const double label = small_letter * static_cast<double>(route.edge->label.size()) + 16;
    svg.add(drawn(graph, route, start.x + start.width + label));
  }
  for (const Place& place : graph.places) {
    if (!place.name.empty()) svg.add(box(place));
  }
  return element("svg",
                 {{"viewBox", fmt::format("0 0 {:.0f} {:.0f}", size.width, size.height)},
                  {"font-family", "system-ui, sans-serif"},
                  {"role", "img"},
                  {"aria-label", caption}},
                 svg);
}

}  // namespace heed::report
