// The words around the figures.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "examples/report/marks.h"
#include "examples/report/numbers.h"
#include "examples/report/sections.h"

namespace heed::report {
namespace {

Markup legend_mark(const Markup& drawn) {
  return element("svg",
                 {{"class", "strip"},
                  {"width", "30"},
                  {"height", std::to_string(strip_height)},
                  {"aria-hidden", "true"}},
                 drawn);
}

Markup entry(const Markup& drawn, std::string_view name, std::string_view meaning) {
  return element("div", {}, element("dt", {}, legend_mark(drawn), element("span", {}, name)),
                 element("dd", {}, meaning));
}

std::string run_name(const Group& group, const Run& run) {
  return fmt::format("{} on {}, seed {}", group.label, run.task, run.seed);
}

// What is wrong with a run by itself; nothing when all is well. Run::misses speaks of levels.
std::string trouble(const Run& run) {
  if (!run.error.empty()) return run.error;
  if (!std::isfinite(run.score)) return "no score";
  const bool diverged =
      std::ranges::any_of(run.loss, [](const Point& point) { return !std::isfinite(point.value); });
  if (diverged)
    return fmt::format("score {}, but its loss was no number at times", fixed(run.score, 3));
  return "";
}

Markup facts_list(const Facts& facts) {
  Markup list;
  for (const auto& [name, value] : facts) {
    list.add(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  }
  return element("dl", {{"class", "facts"}}, list);
}

std::string plural(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::string standing_of(const Group& group) {
  const std::string& standing = group.first().standing;
  for (const char* known : {"good", "doubtful", "bad"}) {
    if (standing == known) return standing;
  }
  return group.finite(&Run::score).empty() ? "bad" : "compared";
}

std::string title_of(const Results& results, const Group& group) {
  const Words* words = results.mechanism(group.first().mechanism);
  return words && !words->title.empty() ? words->title : group.label;
}

Markup headline(const Results& results) {
  std::set<std::string> mechanisms;
  std::map<std::string, std::size_t> count;
  std::size_t groups = 0, runs = 0;
  for (const TaskResults& task : results.tasks) {
    for (const Group& group : task.groups) {
      mechanisms.insert(group.first().mechanism);
      ++count[standing_of(group)];
      ++groups;
      runs += group.runs.size();
    }
  }
  if (runs == 0) return element("p", {{"class", "lead"}}, "There are no runs in these results.");
  Markup tiles;
  const auto tile = [&](const std::string& standing, const char* words) {
    tiles.add(element("li", {{"class", standing}},
                      element("b", {}, std::to_string(count[standing])), " ", words));
  };
  tile("good", "do what is expected of them");
  if (count["doubtful"] > 0) tile("doubtful", "do, but so does a model without");
  if (count["compared"] > 0) tile("compared", "for comparison");
  tile("bad", "fall short or fail");
  return element("p", {{"class", "lead"}},
                 fmt::format("{} trained from scratch on {}: {}, of which",
                             plural(mechanisms.size(), "attention mechanism"),
                             plural(results.tasks.size(), "task"), plural(groups, "pairing")))
      .add(element("ul", {{"class", "tiles"}}, tiles))
      .add(
          element("p", {},
                  "Each mechanism is put into a small model, trained on a task that is made to "
                  "need it and tested on data that it never saw. Then it is taken out, to see what "
                  "the model can do without."))
      .add(element("p", {{"class", "note"}},
                   fmt::format("{} in all: each pairing is trained once a seed, and every seed "
                               "counts, failed ones too.",
                               plural(runs, "run"))));
}

Markup how_to_read() {
  return element(
      "dl", {{"class", "key"}},
      entry(mark(Mark::score, "50%", "score"), "score",
            "One dot a seed: the trained model on test data that it never saw."),
      entry(mark(Mark::level, "60%", "level"), "level",
            "What a mechanism that solves the task reaches in every seed."),
      entry(mark(Mark::chance, "50%", "chance"), "chance", "Guessing."),
      entry(floor_zone("10%", "80%"), "floor",
            "The best that was possible without choosing where to look, computed or trained. A "
            "score in the grey zone is no sign of attention."),
      entry(ceiling_zone("10%", "80%"), "ceiling",
            "The hatched zone is beyond what this mechanism can reach, by arithmetic: a "
            "window of three cannot see the far end."),
      entry(mark(Mark::ablated, "50%", "taken out"), "taken out",
            "The same trained model with something plain in the mechanism's place; each task says "
            "what. It should fall to the floor, or the mechanism did not do the work."),
      entry(mark(Mark::trained_without, "50%", "trained without"), "trained without",
            "A model that had the same in its place from the first step on, trained as long. If it "
            "does as well, the task does not need attention."));
}

Markup failures(const Results& results) {
  Markup items;
  const auto add = [&](const std::string& who, const std::string& what) {
    items.add(element("li", {}, element("strong", {}, who), ": ", what));
  };
  for (const TaskResults& task : results.tasks) {
    for (const Group& group : task.groups) {
      for (const Run& run : group.runs) {
        const std::string what = trouble(run);
        if (!what.empty()) add(run_name(group, run), what);
      }
      for (const std::string& miss : group.first().misses) {
        add(fmt::format("{} on {}", group.label, task.words.name), miss);
      }
    }
  }
  if (results.tasks.empty()) return {};
  if (items.empty()) {
    return element("p", {}, "Nothing: every run ended with a score, and none is below its level.");
  }
  return element("ul", {{"class", "failures"}}, items);
}

Markup mechanisms_table(const Results& results) {
  Markup rows;
  for (const Words& words : results.mechanisms) {
    Markup about = text(words.what);
    if (!words.what.empty()) about.add(" ");
    about.add(element("span", {{"class", "paper"}}, words.paper));
    if (!words.file.empty()) about.add(element("span", {{"class", "tag"}}, words.file));
    rows.add(element("div", {}, element("dt", {}, words.title.empty() ? words.name : words.title),
                     element("dd", {}, about)));
  }
  if (rows.empty()) return {};
  return element("dl", {{"class", "facts"}}, rows);
}

Markup protocol(const Results& results) {
  Markup parts;
  if (!results.protocol.empty()) parts.add(facts_list(results.protocol));
  if (!results.machine.empty()) {
    parts.add(element("h3", {}, "Machine")).add(facts_list(results.machine));
  }
  return parts;
}

}  // namespace heed::report
