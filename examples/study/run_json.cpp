#include "examples/study/run_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "autograd/errors.h"

namespace heed::study {

using nlohmann::json;

namespace {

// Whole numbers without a point; what is no number is null.
json written(double value) {
  if (!std::isfinite(value)) return nullptr;
  constexpr double exact = 9007199254740992.0;  // 2^53
  if (value == std::floor(value) && std::abs(value) < exact) return static_cast<long long>(value);
  return value;
}
json written(const std::vector<std::vector<double>>& values) {
  json rows = json::array();
  for (const auto& row : values) {
    rows.push_back(json::array());
    for (const double value : row) rows.back().push_back(written(value));
  }
  return rows;
}
json written(const std::vector<Point>& points) {
  json list = json::array();
  for (const Point& point : points) list.push_back({written(point.step), written(point.value)});
  return list;
}
json written(const Changes& numbers) {
  json object = json::object();
  for (const auto& [name, value] : numbers) object[name] = written(value);
  return object;
}
template <class T>
json written(const T& value) {
  return value;
}

const json* found(const json& object, const char* name) {
  const auto at = object.find(name);
  return at == object.end() || at->is_null() ? nullptr : &*at;
}

const json& as_list(const json& value, const char* name) {
  if (!value.is_array()) throw FormatError(fmt::format("[results] \"{}\" must be a list", name));
  return value;
}

double number(const json& value) { return value.is_number() ? value.get<double>() : absent; }

void read(const json& value, const char*, std::string& field) { field = words(value); }
void read(const json& value, const char*, double& field) { field = number(value); }
void read(const json& value, const char*, bool& field) {
  if (value.is_boolean()) field = value.get<bool>();
}
void read(const json& value, const char*, std::uint64_t& field) {
  if (value.is_number_unsigned()) field = value.get<std::uint64_t>();
}
void read(const json& value, const char*, Changes& field) {
  if (!value.is_object()) return;
  for (const auto& [name, one] : value.items()) field[name] = number(one);
}
void read(const json& value, const char* name, std::vector<std::string>& field) {
  for (const json& one : as_list(value, name)) field.push_back(words(one));
}
void read(const json& value, const char* name, std::vector<Point>& field) {
  for (const json& one : as_list(value, name)) {
    if (!one.is_array() || one.size() != 2 || !one[0].is_number()) continue;
    field.push_back({number(one[0]), number(one[1])});
  }
}
void read(const json& value, const char* name, std::vector<std::vector<double>>& field) {
  for (const json& row : as_list(value, name)) {
    field.emplace_back();
    for (const json& one : as_list(row, name)) field.back().push_back(number(one));
  }
}

// Fields that must all be there, as they were written.
template <class Field>
void read_strictly(const json& object, const char* name, Field& field) {
  object.at(name).get_to(field);
}

}  // namespace

std::string words(const json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array() &&
      std::ranges::none_of(value, [](const json& v) { return v.is_structured(); })) {
    std::string list;
    for (const json& v : value) list += (list.empty() ? "" : ", ") + words(v);
    return list;
  }
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string to_json_line(const Trial& trial) {
  json line;
  for_each_trial_field(trial, [&](const char* name, const auto& field) { line[name] = field; });
  json& settings = line["settings"];
  for_each_setting(trial.settings, [&](const char* name, const auto& field) {
    settings[name] = field;
  });
  return line.dump();
}

Trial trial_of(const std::string& line) {
  try {
    const json read = json::parse(line);
    Trial trial;
    for_each_trial_field(
        trial, [&](const char* name, auto& field) { read_strictly(read, name, field); });
    const json& settings = read.at("settings");
    for_each_setting(trial.settings, [&](const char* name, auto& field) {
      read_strictly(settings, name, field);
    });
    return trial;
  } catch (const json::exception& error) {
    throw ValueError(std::string("[worker] is for the program's own use: ") + error.what());
  }
}

json to_json(const Run& run) {
  json object;
  for_each_field(run, [&](const char* name, const auto& field) { object[name] = written(field); });
  return object;
}

json to_json(const DrawnMap& map) {
  json object;
  for_each_map_field(
      map, [&](const char* name, const auto& field) { object[name] = written(field); });
  return object;
}

Run run_of(const json& object) {
  Run run;
  for_each_field(run, [&](const char* name, auto& field) {
    if (const json* value = found(object, name)) read(*value, name, field);
  });
  return run;
}

DrawnMap map_of(const json& object) {
  DrawnMap map;
  for_each_map_field(map, [&](const char* name, auto& field) {
    if (const json* value = found(object, name)) read(*value, name, field);
  });
  return map;
}

std::string to_json_line(const Found& found) {
  json line = to_json(found.run);
  json& maps = line["maps"] = json::array();
  for (const DrawnMap& map : found.maps) maps.push_back(to_json(map));
  return line.dump();
}

Found found_of(const std::string& line) {
  const json read = json::parse(line, nullptr, false);
  if (!read.is_object()) throw FormatError("[worker] a result that cannot be read");
  Found found{run_of(read), {}};
  for_each_field(found.run, [&](const char* name, const auto&) {
    if (read.contains(name)) return;
    throw FormatError(fmt::format("[worker] a result without \"{}\"", name));
  });
  const auto maps = read.find("maps");
  if (maps == read.end() || !maps->is_array()) throw FormatError("[worker] a result without maps");
  for (const json& map : *maps) {
    if (!map.is_object()) throw FormatError("[worker] a map that cannot be read");
    found.maps.push_back(map_of(map));
  }
  return found;
}

}  // namespace heed::study
