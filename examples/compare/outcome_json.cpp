#include "examples/compare/outcome_json.h"

#include <nlohmann/json.hpp>

namespace heed::inline HEED_REAL::compare {

using nlohmann::json;

namespace {

// The one list of fields, for both directions.
template <class Outcome, class Visit>
void for_each_field(Outcome& o, Visit&& visit) {
  visit("batch", o.settings.batch);
  visit("steps", o.settings.steps);
  visit("lr", o.settings.lr);
  visit("width", o.settings.width);
  visit("layers", o.settings.layers);
  visit("heads", o.settings.heads);
  visit("weight_decay", o.settings.weight_decay);
  visit("score", o.score);
  visit("ablated", o.ablated);
  visit("ceiling", o.ceiling);
  visit("details", o.details);
  visit("parameters", o.parameters);
  visit("macs_per_step", o.macs_per_step);
  visit("peak_bytes", o.peak_bytes);
  visit("seconds", o.seconds);
  visit("ms_per_step", o.ms_per_step);
  visit("test_samples", o.test_samples);
  visit("overlap", o.overlap);
  visit("steps_to_threshold", o.steps_to_threshold);
  visit("loss", o.loss);
}

template <class Map, class Visit>
void for_each_map_field(Map& map, Visit&& visit) {
  visit("title", map.title);
  visit("kind", map.kind);
  visit("rows", map.rows);
  visit("cols", map.columns);
  visit("values", map.values);
}

}  // namespace

std::string to_json_line(const tasks::Outcome& outcome) {
  json written;
  for_each_field(outcome, [&](const char* name, const auto& field) { written[name] = field; });
  written["maps"] = json::array();
  for (const tasks::DrawnMap& map : outcome.maps) {
    json one;
    for_each_map_field(map, [&](const char* name, const auto& field) { one[name] = field; });
    written["maps"].push_back(std::move(one));
  }
  return written.dump();
}

tasks::Outcome from_json_line(const std::string& line) {
  try {
    const json read = json::parse(line);
    tasks::Outcome outcome;
    for_each_field(outcome, [&](const char* name, auto& field) { read.at(name).get_to(field); });
    for (const json& one : read.at("maps")) {
      tasks::DrawnMap& map = outcome.maps.emplace_back();
      for_each_map_field(map, [&](const char* name, auto& field) { one.at(name).get_to(field); });
    }
    return outcome;
  } catch (const json::exception& error) {
    throw FormatError(std::string("[worker] a result that cannot be read: ") + error.what());
  }
}

}  // namespace heed::inline HEED_REAL::compare
