#include "examples/pages/page.h"

#include <fmt/format.h>

#include <regex>
#include <vector>

#include "attention/catalog.h"
#include "examples/laws/outcome.h"
#include "examples/laws/reductions.h"
#include "examples/laws/rounding.h"
#include "examples/laws/subject.h"
#include "examples/pages/sources.h"

namespace heed::pages {
namespace {

using attention::Mechanism;
using attention::Reduction;
using laws::Outcome;

// Text in a cell of a table.
std::string cell(const std::string& text) {
  std::string safe;
  for (const char c : text) safe += c == '|' ? std::string("\\|") : std::string(1, c);
  return safe;
}

std::string heading(const Mechanism& mechanism, const Sources& sources) {
  std::string names;
  for (const std::string& alias : mechanism.aliases) names += fmt::format(", `{}`", alias);
  for (const attention::FieldName& field : attention::field_names()) {
    if (field.mechanism == mechanism.name && field.name != mechanism.name) {
      names += fmt::format(", `{}`", field.name);
    }
  }
  return fmt::format(
      "<!-- Made by `./heed pages` from sources {}: do not edit. -->\n"
      "# {}\n\n{}\n\n"
      "`{}`{} · {} · [header](../../{}) · [code](../../{}) · [all pages](README.md)\n\n",
      sources.fingerprint, mechanism.title, mechanism.what, mechanism.name, names, mechanism.paper,
      mechanism.file, sources.code_file);
}

std::string options_of(const Mechanism& mechanism) {
  if (mechanism.options.empty()) return "";
  std::string text = "## Options\n\n| name | default | what |\n|---|---|---|\n";
  for (const attention::Option& option : mechanism.options) {
    text += fmt::format("| `{}` | {} | {} |\n", option.name, option.written(option.value),
                        cell(option.what));
  }
  return text + '\n';
}

std::string laws_of(const Mechanism& mechanism) {
  std::string text = fmt::format("## Laws\n\nThe limit case is the test `{}`.\n", mechanism.limit);
  if (!mechanism.mixer) {
    return text +
           "It turns no sequence into a sequence: its own tests say what the laws would.\n\n";
  }
  text += fmt::format(
      "It can: {}. In double precision, at width {} with {} heads:\n\n"
      "| law | says | bar | measured | |\n|---|---|---|---|---|\n",
      attention::capabilities(mechanism), laws::width, laws::heads);
  for (const laws::Law& law : laws::laws()) {
    if (!law.applies(mechanism)) continue;
    const Outcome outcome = outcome_of(law, mechanism);
    const std::string bar = laws::shown(laws::bar_of(law, mechanism));
    text += fmt::format("| {} | {} | {} | {} | {} |\n", law.id, law.title, bar, outcome.word,
                        cell(outcome.remark));
  }
  return text + '\n';
}

std::string row(const Mechanism& from, const Reduction& reduction) {
  const Outcome outcome = laws::outcome_of(from, reduction);
  return fmt::format("| {} | {} | {} | `{}` |\n", cell(laws::words(from, reduction)),
                     cell(reduction.reason), outcome.word, attention::proof_of(from, reduction));
}

std::string reductions_of(const Mechanism& mechanism) {
  std::string rows;
  for (const Mechanism& from : attention::catalog()) {
    for (const Reduction& reduction : from.reductions) {
      const bool mine = from.name == mechanism.name, to_me = reduction.to == mechanism.name;
      if (mine || to_me) rows += row(from, reduction);
    }
  }
  if (rows.empty()) return "";
  return "## What becomes what\n\nAll of them: [the picture](../reductions.svg).\n\n"
         "| is | because | measured | proved by |\n|---|---|---|---|\n" +
         rows + '\n';
}

std::string picture_of(const Mechanism& mechanism, const std::filesystem::path& root) {
  const std::string file = mechanism.name + ".svg";
  if (!exists(root / "docs/mechanisms" / file)) return "";
  return fmt::format("## Trained\n\n![what {} learned]({})\n\n", mechanism.name, file);
}

}  // namespace

std::string page_of(const Mechanism& mechanism, const std::filesystem::path& root) {
  const Sources sources = sources_of(mechanism, root);
  std::string page = heading(mechanism, sources) + "```text\n" + sources.note + "```\n\n";
  page += picture_of(mechanism, root);
  if (!sources.code.empty()) page += "## Code\n\n```cpp\n" + sources.code + "```\n\n";
  page += options_of(mechanism) + laws_of(mechanism) + reductions_of(mechanism);
  while (page.ends_with("\n\n")) page.pop_back();
  return page;
}

std::string contents() {
  std::string text =
      "<!-- Made by `./heed pages`: do not edit. -->\n# Mechanisms\n\n"
      "A page each, made from its note, its code and what the laws measure. What becomes what: "
      "[a picture](../reductions.svg).\n\n| name | mechanism | what it does |\n|---|---|---|\n";
  for (const Mechanism& mechanism : attention::catalog()) {
    text += fmt::format("| [`{}`]({}.md) | {} | {} |\n", mechanism.name, mechanism.name,
                        cell(mechanism.title), cell(mechanism.what));
  }
  return text;
}

std::string without_measurements(const std::string& page) {
  static const std::regex measured(R"(\| (0|[0-9]+e[-+][0-9]+) (\| [^|\n]*\|\n))");
  return std::regex_replace(page, measured, "| # $2");
}

}  // namespace heed::pages
