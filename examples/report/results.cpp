#include "examples/report/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "autograd/errors.h"
#include "examples/report/numbers.h"
#include "examples/study/run_json.h"

namespace heed::report {
namespace {

using nlohmann::json;

using study::words;

std::string words(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? "" : words(*found);
}

// NaN when it is absent or no number.
double number(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : absent;
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

std::vector<std::string> names(const json& object, const char* key) {
  std::vector<std::string> found;
  for (const json& item : list(object, key)) found.push_back(words(item));
  return found;
}

std::vector<Words> read_words(const json& results, const char* key) {
  std::vector<Words> all;
  for (const json& item : objects(results, key)) {
    all.push_back({words(item, "name"), words(item, "title"), words(item, "paper"),
                   words(item, "file"), words(item, "what"), words(item, "training"),
                   words(item, "ablation"), names(item, "shown")});
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
  if (!run.label.empty()) name += ", " + run.label;
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
      task.words = described != words.end() ? *described : Words{.name = run.task};
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
  for (const json& item : objects(input, "runs")) runs.push_back(study::run_of(item));
  results.tasks = grouped(runs, read_words(input, "tasks"));
  assign_colours(results.tasks);
  for (const json& item : objects(input, "maps")) results.maps.push_back(study::map_of(item));
  for (const json& item : objects(input, "reductions")) {
    results.reductions.push_back({words(item, "from"), words(item, "to"), words(item, "when"),
                                  words(item, "reason"), words(item, "proof")});
  }
  for (const json& item : objects(input, "score_gradients")) {
    results.score_gradients.push_back(
        {number(item, "size"), number(item, "plain"), number(item, "scaled")});
  }
  for (const json& item : objects(input, "choice_gradients")) {
    results.choice_gradients.push_back({words(item, "name"), number(item, "bias"),
                                        number(item, "error"), number(item, "noise")});
  }
  return results;
}

}  // namespace heed::report
