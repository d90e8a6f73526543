#include "examples/report/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "autograd/errors.h"
#include "examples/report/numbers.h"

namespace heed::inline HEED_REAL::report {
namespace {

using nlohmann::json;

double number(const json& value) { return value.is_number() ? value.get<double>() : absent; }

double number(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? absent : number(*found);
}

// A text as it is, anything else as JSON writes it, null as nothing.
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

std::string words(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? "" : words(*found);
}

// The list under a key; an empty one when it is absent or null.
json list(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return json::array();
  if (!found->is_array()) {
    throw FormatError(fmt::format("[html_report] \"{}\" must be a list", key));
  }
  return *found;
}

std::vector<json> objects(const json& object, const char* key) {
  std::vector<json> found;
  for (const json& item : list(object, key)) {
    if (!item.is_object()) {
      throw FormatError(fmt::format("[html_report] \"{}\" must be a list of objects", key));
    }
    found.push_back(item);
  }
  return found;
}

Run read_run(const json& item) {
  Run run;
  run.mechanism = words(item, "mechanism");
  run.variant = words(item, "variant");
  run.task = words(item, "task");
  run.metric = words(item, "metric");
  run.error = words(item, "error");
  run.higher_is_better = !(item.contains("higher_is_better") && item["higher_is_better"] == false);
  const std::pair<const char*, double Run::*> numbers[] = {
      {"seed", &Run::seed},
      {"lr", &Run::lr},
      {"steps", &Run::steps},
      {"score", &Run::score},
      {"chance", &Run::chance},
      {"floor", &Run::floor},
      {"ceiling", &Run::ceiling},
      {"threshold", &Run::level},
      {"ablated", &Run::ablated},
      {"trained_without", &Run::trained_without},
      {"parameters", &Run::parameters},
      {"macs_per_step", &Run::macs},
      {"peak_bytes", &Run::peak_bytes},
      {"seconds", &Run::seconds},
      {"ms_per_step", &Run::ms},
      {"steps_to_threshold", &Run::steps_to_level}};
  for (const auto& [key, field] : numbers) run.*field = number(item, key);
  if (item.contains("details") && item["details"].is_object()) {
    for (const auto& [key, value] : item["details"].items()) {
      run.details.emplace_back(key, number(value));
    }
  }
  for (const json& miss : list(item, "misses")) run.misses.push_back(words(miss));
  for (const json& point : list(item, "loss")) {
    if (point.is_array() && point.size() == 2 && point[0].is_number()) {
      run.loss.push_back({number(point[0]), number(point[1])});
    }
  }
  return run;
}

Map read_map(const json& item) {
  Map map;
  map.mechanism = words(item, "mechanism");
  map.task = words(item, "task");
  map.title = words(item, "title");
  map.kind = words(item, "kind");
  for (const json& label : list(item, "rows")) map.rows.push_back(words(label));
  for (const json& label : list(item, "cols")) map.cols.push_back(words(label));
  for (const json& row : list(item, "values")) {
    map.values.emplace_back();
    if (!row.is_array()) throw FormatError("[html_report] \"values\" must be a list of lists");
    for (const json& value : row) map.values.back().push_back(number(value));
  }
  return map;
}

std::vector<Words> read_words(const json& results, const char* key) {
  std::vector<Words> all;
  for (const json& item : objects(results, key)) {
    all.push_back({words(item, "name"), words(item, "title"), words(item, "paper"),
                   words(item, "file"), words(item, "what")});
  }
  return all;
}

Facts read_facts(const json& results, const char* key) {
  Facts facts;
  const auto found = results.find(key);
  if (found == results.end() || !found->is_object()) return facts;
  for (const auto& [name, value] : found->items()) facts.emplace_back(name, words(value));
  return facts;
}

std::string label(const Run& run, bool several_rates) {
  std::string name = run.mechanism;
  if (!run.variant.empty()) name += ", " + run.variant;
  if (several_rates) name += fmt::format(", lr {}", significant(run.lr));
  return name;
}

void capitalise(std::string& title) {
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') title[0] += 'A' - 'a';
}

// The element of `all` for which `same` holds; a new one when there is none.
template <class T, class Same>
T& found_or_new(std::vector<T>& all, const Same& same) {
  const auto found = std::ranges::find_if(all, same);
  return found == all.end() ? all.emplace_back() : *found;
}

std::vector<TaskResults> grouped(const std::vector<Run>& runs, const std::vector<Words>& words) {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> rates;
  for (const Run& run : runs) rates[{run.task, label(run, false)}].insert(significant(run.lr));
  std::vector<TaskResults> tasks;
  for (const Run& run : runs) {
    auto& task = found_or_new(tasks, [&](const auto& t) { return t.words.name == run.task; });
    if (task.groups.empty()) {
      const auto described = std::ranges::find(words, run.task, &Words::name);
      task.words = described != words.end() ? *described : Words{run.task, "", "", "", ""};
      if (task.words.title.empty()) task.words.title = run.task;
      capitalise(task.words.title);
    }
    const std::string name = label(run, rates[{run.task, label(run, false)}].size() > 1);
    auto& group = found_or_new(task.groups, [&](const Group& g) { return g.label == name; });
    group.label = name;
    group.runs.push_back(run);
  }
  return tasks;
}

const Words* named(const std::vector<Words>& all, const std::string& name) {
  const auto found = std::ranges::find(all, name, &Words::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

const Words* Results::mechanism(const std::string& name) const { return named(mechanisms, name); }

const Words* Results::task(const std::string& name) const {
  const auto found = std::ranges::find(tasks, name, [](const auto& t) { return t.words.name; });
  return found == tasks.end() ? nullptr : &found->words;
}

Results read_results(const json& input) {
  if (!input.is_object()) throw FormatError("[html_report] results must be an object");
  Results results;
  results.version = words(input, "heed");
  results.machine = read_facts(input, "machine");
  results.protocol = read_facts(input, "protocol");
  results.mechanisms = read_words(input, "mechanisms");
  std::vector<Run> runs;
  for (const json& item : objects(input, "runs")) runs.push_back(read_run(item));
  results.tasks = grouped(runs, read_words(input, "tasks"));
  assign_colours(results.tasks);
  for (const json& item : objects(input, "maps")) results.maps.push_back(read_map(item));
  return results;
}

}  // namespace heed::inline HEED_REAL::report
