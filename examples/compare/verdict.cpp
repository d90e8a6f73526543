#include "examples/compare/verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace heed::compare {
namespace {

using study::Expect;
using study::Run;
using study::Task;
using Runs = std::vector<const Run*>;

// How far a score may be from a computed ceiling (the noise of the test set, upwards a leak), and
// how far a model without its mechanism may be above its baseline; of the range of the metric.
constexpr double ceiling_margin = 0.02, baseline_margin = 0.05;

double range(const Task& task) {
  return task.better == study::Better::higher ? 1 : std::abs(task.perfect() - task.chance);
}
double sign(const Task& task) { return task.better == study::Better::higher ? 1 : -1; }
// How much better a is than b.
double above(const Task& task, double a, double b) { return sign(task) * (a - b); }

bool has_low_ceiling(const Task& task, const Run& run) {
  return above(task, task.level, run.ceiling) > 0;
}

std::vector<double> finite(const Runs& runs, double Run::*field) {
  std::vector<double> values;
  for (const Run* run : runs) {
    if (std::isfinite(run->*field)) values.push_back(run->*field);
  }
  return values;
}

double mean(const std::vector<double>& values) {
  if (values.empty()) return study::absent;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::string seeds(std::size_t count, std::size_t all) {
  return fmt::format("{} of {} seed{}", count, all, all == 1 ? "" : "s");
}

// What a seed misses of a level or a ceiling, and of falling without its mechanism.
void miss_level(const Task& task, const Run& run, std::vector<std::string>& missed) {
  const auto miss = [&](const std::string& what) {
    missed.push_back(fmt::format("seed {}: {}", run.seed, what));
  };
  const char* const worse = task.better == study::Better::higher ? "below" : "above";
  const char* const better = task.better == study::Better::higher ? "above" : "below";
  const double least = threshold(task, run);
  if (!task.as_good(run.score, least)) {
    miss(fmt::format("{:.4f} is {} {:.4f}", run.score, worse, least));
  }
  if (has_low_ceiling(task, run) &&
      above(task, run.score, run.ceiling) > ceiling_margin * range(task)) {
    miss(fmt::format("{:.4f} is {} the ceiling {:.4f}: a leak", run.score, better, run.ceiling));
  }
  double baseline = task.floor;
  if (std::isfinite(run.trained_without)) baseline = task.best_of(baseline, run.trained_without);
  const double allowed = baseline + sign(task) * baseline_margin * range(task);
  if (above(task, run.ablated, allowed) > 0 || !std::isfinite(run.ablated)) {
    miss(fmt::format("still {:.4f} with the mechanism taken out (at {} {:.4f})", run.ablated,
                     task.better == study::Better::higher ? "most" : "least", allowed));
  }
}

void miss_shortfall(const Task& task, Expect expect, const Run& run,
                    std::vector<std::string>& missed) {
  const double floor = std::isfinite(run.floor) ? run.floor : task.floor;
  const double half_way = (floor + task.level) / 2;
  const bool too_good = expect == Expect::fails ? above(task, run.score, half_way) > 0
                                                : above(task, run.score, task.level) >= 0;
  const bool too_bad = expect == Expect::partly && above(task, run.score, floor) <= 0;
  if (too_good) {
    missed.push_back(
        fmt::format("seed {}: should miss the level, and reaches {:.4f}", run.seed, run.score));
  }
  if (too_bad) {
    missed.push_back(
        fmt::format("seed {}: should be above the floor, and is {:.4f}", run.seed, run.score));
  }
}

void miss_bars(const Task& task, const Runs& runs, std::vector<std::string>& missed) {
  for (const study::Bar& bar : task.bars) {
    std::vector<double> values;
    for (const Run* run : runs) {
      const auto found = run->details.find(bar.detail);
      if (found != run->details.end()) values.push_back(found->second);
    }
    if (values.empty()) continue;
    const double middle = median(values);
    if (bar.at_most ? middle <= bar.limit : middle >= bar.limit) continue;
    missed.push_back(fmt::format("{}: {:.4f} is {} {:.4f}", bar.detail, middle,
                                 bar.at_most ? "above" : "below", bar.limit));
  }
}

std::vector<std::string> misses(const Task& task, Expect expect, const Runs& runs) {
  std::vector<std::string> missed;
  if (runs.empty()) missed.emplace_back("did not run");
  for (const Run* run : runs) {
    if (!std::isfinite(run->score)) {
      missed.push_back(fmt::format("seed {} failed", run->seed));
    } else if (expect == Expect::solves || expect == Expect::ceiling) {
      miss_level(task, *run, missed);
    } else {
      miss_shortfall(task, expect, *run, missed);
    }
  }
  if (expect == Expect::solves || expect == Expect::ceiling) miss_bars(task, runs, missed);
  return missed;
}

bool reached(const Task& task, const Run& run) {
  return task.as_good(run.score, threshold(task, run)) &&
         (!has_low_ceiling(task, run) ||
          above(task, run.score, run.ceiling) <= ceiling_margin * range(task));
}

// How the runs stand to their level.
std::string standing_words(const Task& task, std::optional<Expect> expect, const Runs& runs) {
  const std::size_t all = runs.size();
  if (!expect) return fmt::format("For comparison ({} seed{}).", all, all == 1 ? "" : "s");
  const double middle = median(finite(runs, &Run::score));
  if (*expect == Expect::partly) {
    return fmt::format("Expected to get part of the way: {:.3f} in the median.", middle);
  }
  if (*expect == Expect::fails) {
    return fmt::format("Expected to fail: {:.3f} in the median.", middle);
  }
  const auto count = static_cast<std::size_t>(
      std::ranges::count_if(runs, [&](const Run* run) { return reached(task, *run); }));
  if (count < all) return fmt::format("Misses its level in {}.", seeds(all - count, all));
  if (has_low_ceiling(task, *runs.front())) {
    return fmt::format("At its ceiling in {}: {:.3f} is all it can reach.", seeds(all, all),
                       runs.front()->ceiling);
  }
  return fmt::format("Reaches its level in {}.", seeds(all, all));
}

// What is left without the mechanism, on a scale where 1 is from guessing to the score.
std::string without_words(const Task& task, const Runs& runs, bool& doubtful) {
  const double score = mean(finite(runs, &Run::score));
  double unit = std::abs(score - task.best_of(task.floor, task.chance));
  if (!(unit > 0)) unit = 1;
  std::string words;
  const double ablated = mean(finite(runs, &Run::ablated));
  const double floor = mean(finite(runs, &Run::floor));
  if (std::isfinite(ablated)) {
    if (above(task, score, ablated) / unit < tie) {
      words += " Taking it out changes nothing.";
    } else if (std::isfinite(floor) &&
               above(task, ablated, floor) <= baseline_margin * range(task)) {
      words += fmt::format(" Taken out, the score falls to the floor ({:.3f}).", ablated);
    } else {
      words += fmt::format(" Taken out, {:.3f} is left.", ablated);
    }
  }
  const double without = mean(finite(runs, &Run::trained_without));
  doubtful = std::isfinite(without) && above(task, score, without) / unit < tie;
  if (doubtful) words += " A model trained without it does as well: the task does not need it.";
  return words;
}

}  // namespace

Verdict judge(const Task& task, std::optional<Expect> expect, const Runs& runs) {
  Verdict verdict{.standing = "compared"};
  if (expect) verdict.misses = misses(task, *expect, runs);
  if (finite(runs, &Run::score).empty()) {
    verdict.standing = "bad";
    verdict.words =
        runs.empty() ? "It did not run."
                     : fmt::format("No score: it failed in {}.", seeds(runs.size(), runs.size()));
    return verdict;
  }
  verdict.words = standing_words(task, expect, runs);
  bool doubtful = false;
  const std::string without = without_words(task, runs, doubtful);
  if (expect) verdict.standing = verdict.misses.empty() ? "good" : "bad";
  if (verdict.standing == "bad" && !verdict.words.starts_with("Misses")) {
    verdict.words += fmt::format(" But it misses {}.", fmt::join(verdict.misses, "; "));
  }
  const bool falls_short = expect == Expect::partly || expect == Expect::fails;
  if (doubtful && verdict.standing == "good" && !falls_short) verdict.standing = "doubtful";
  if (!falls_short) verdict.words += without;
  return verdict;
}

double threshold(const Task& task, const Run& run) {
  if (!has_low_ceiling(task, run)) return task.level;
  return run.ceiling - sign(task) * ceiling_margin * range(task);
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace heed::compare
