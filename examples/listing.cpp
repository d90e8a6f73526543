#include "examples/listing.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "attention/catalog.h"
#include "examples/compare/plan.h"

namespace heed {
namespace {

std::string tasks_of(const attention::Mechanism& row) {
  std::string names;
  for (const std::string& name : compare::tasks_of(std::string(row.name)))
    names += (names.empty() ? "" : ", ") + name;
  return names;
}

// What its mixer can do; null when it has none.
nlohmann::ordered_json capabilities_of(const attention::Mechanism& row) {
  if (!row.mixer) return nullptr;
  const attention::Capabilities& can = row.mixer->can;
  return {{"causal", can.causal}, {"padding", can.padding}, {"cross", can.cross},
          {"cache", can.cache},   {"map", can.map},         {"variable_length", can.variable},
          {"self", can.self},     {"pools", !can.tokens},   {"by_content", can.content},
          {"order_matters", row.exempt_from("U4") != nullptr}};
}

// Where it may look, with its options as they are: plain, and when it is causal.
nlohmann::ordered_json sees(const attention::Mechanism& row) {
  if (!row.mixer) return nullptr;
  nlohmann::ordered_json patterns{{"plain", row.pattern({.causal = false}).name()}};
  if (row.mixer->can.causal) patterns["causal"] = row.pattern({.causal = true}).name();
  return patterns;
}

nlohmann::ordered_json reductions_of(const attention::Mechanism& row) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const attention::Reduction& reduction : row.reductions) {
    list.push_back({{"to", reduction.to},
                    {"when", reduction.when},
                    {"proof", attention::proof_of(row, reduction)}});
  }
  return list;
}

}  // namespace

std::string list_as_text() {
  std::string text = "the names of the field, and the mechanism that answers to each\n";
  for (const attention::FieldName& field : attention::field_names()) {
    text += fmt::format("{:<18} {}\n", field.name,
                        field.mechanism.empty() ? "not yet" : field.mechanism);
  }
  text += fmt::format("\n{:<18} {:<8} {:<57} {:<51} {}\n", "mechanism", "family", "tasks", "can",
                      "title; paper");
  for (const attention::Mechanism& row : attention::catalog()) {
    text += fmt::format("{:<18} {:<8} {:<57} {:<51} {}; {}\n", row.name, row.family(),
                        tasks_of(row), attention::capabilities(row), row.title, row.paper);
  }
  text += "\ntasks\n";
  for (const study::Task& task : tasks::all()) {
    text +=
        fmt::format("{:<14} {} ({}, level {})\n", task.name, task.title, task.metric, task.level);
  }
  return text;
}

std::string list_as_json() {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const attention::Mechanism& row : attention::catalog()) {
    list.push_back({{"name", row.name},
                    {"title", row.title},
                    {"family", row.family()},
                    {"paper", row.paper},
                    {"file", row.file},
                    {"tasks", compare::tasks_of(std::string(row.name))},
                    {"limit_case", row.limit},
                    {"capabilities", capabilities_of(row)},
                    {"sees", sees(row)},
                    {"becomes", reductions_of(row)}});
  }
  return list.dump(1) + "\n";
}

std::string list_as_markdown() {
  std::string text = "| name | mechanism | paper | can | tasks |\n|---|---|---|---|---|\n";
  for (const attention::Mechanism& row : attention::catalog()) {
    text += fmt::format("| `{}` | [{}]({}) | {} | {} | {} |\n", row.name, row.title, row.file,
                        row.paper, attention::capabilities(row), tasks_of(row));
  }
  return text;
}

}  // namespace heed
