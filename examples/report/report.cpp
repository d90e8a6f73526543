#include "examples/report/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "examples/report/sections.h"
#include "examples/report/style.h"

namespace heed::report {
namespace {

struct Part {
  std::string_view id, title, introduction;
  Markup content;
};

std::vector<Part> parts(const Results& results) {
  return {
      {"results", "Where every run ended", "", glance(results)},
      {"scores", "All scores",
       "Means over the seeds; under a score, its range. A dash means: not measured.",
       scores_table(results)},
      {"curves", "How they learned",
       "The loss on the training data. Lines are medians over the seeds, bands reach from the best "
       "to the worst seed.",
       learning_curves(results)},
      {"maps", "Where they looked",
       "One test example after training, which is the same for all mechanisms of a task. Each row "
       "is "
       "a position that asks (a query), each column one that is looked at (a key); darker, or "
       "brighter on black, is more weight.",
       attention_maps(results)},
      {"cost", "What it costs",
       "Medians over the seeds, counted and measured during training; one step is one batch. Bars "
       "compare within a task. Seconds of training are with other runs beside it; ms a step are of "
       "processor time, measured alone.",
       cost_table(results)},
      {"failures", "What went wrong", "", failures(results)},
      {"gradients", "Why scores are divided by the root of their size",
       "The mean length of the gradient of one weight by its 16 scores, for queries and keys of "
       "standard normal numbers, as at the start of training. Scores as they come have the "
       "variance d: the wider a head, the nearer its softmax is to a choice, which lets no "
       "gradient through.",
       score_gradients(results)},
      {"choices", "Gradients through a choice",
       "A choice of one key in five by softmax, paid by what was read, and the gradient of the "
       "mean payment by the scores. With five keys it can be had exactly; all figures are in "
       "lengths of that exact gradient. REINFORCE is right in the mean whatever is taken from the "
       "rewards: what is left is of the size of the standard error of 256,000 draws. Baselines "
       "change its noise alone. Gumbel-softmax and straight-through are quieter, and wrong however "
       "long one draws.",
       choice_gradients(results)},
      {"reductions", "What becomes what",
       "An arrow leads from a mechanism to what it is under the condition on it: a different view "
       "of the same formula. Each is proved by the test that it names; ./heed laws prints the "
       "measured differences.",
       reductions(results)},
      {"mechanisms", "The mechanisms", "", mechanisms_table(results)},
      {"protocol", "How it was measured", "", protocol(results)},
  };
}

// The hatching of what cannot be reached.
Markup patterns() {
  return element(
      "svg", {{"class", "defs"}, {"aria-hidden", "true"}},
      element(
          "defs", {},
          element(
              "pattern",
              {{"id", "hatch"},
               {"width", "5"},
               {"height", "5"},
               {"patternUnits", "userSpaceOnUse"},
               {"patternTransform", "rotate(45)"}},
              element(
                  "line",
                  {{"x1", "0"}, {"x2", "0"}, {"y1", "0"}, {"y2", "5"}, {"class", "hatch-line"}}))));
}

// Everything that the page shows, for programs.
Markup raw_numbers(const nlohmann::json& results) {
  const std::string json = results.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return element("script", {{"type", "application/json"}, {"id", "results-json"}},
                 Markup::trusted(escape_json(json)));
}

}  // namespace

std::string html_report(const nlohmann::json& json) {
  const Results results = read_results(json);
  Markup links, content;
  for (const Part& part : parts(results)) {
    if (part.content.empty()) continue;
    const std::string id(part.id);
    links.add(element("li", {}, element("a", {{"href", "#" + id}}, part.title)));
    Markup introduction;
    if (!part.introduction.empty()) {
      introduction = element("p", {{"class", "note"}}, part.introduction);
    }
    content.add(element("section", {{"id", id}}, element("h2", {}, part.title), introduction,
                        part.content));
  }
  Markup page = page_head("heed: what attention mechanisms learn");
  page.open("body", {});
  page.add(patterns());
  page.add(
      element("header", {}, element("h1", {}, "What attention mechanisms learn"), headline(results),
              element("nav", {{"aria-label", "Parts of this page"}}, element("ul", {}, links))));
  page.add(element(
      "main", {},
      element("section", {{"id", "key"}}, element("h2", {}, "How to read it"), how_to_read()),
      content));
  page.add(element("footer", {},
                   fmt::format("heed {}. This page is complete in itself; the numbers "
                               "in it are also in results.json and results.csv "
                               "beside it.",
                               results.version)));
  page.add(raw_numbers(json));
  return page.close("body").close("html").str() + "\n";
}

}  // namespace heed::report
