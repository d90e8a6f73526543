#include "examples/report/verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "examples/report/numbers.h"

namespace heed::inline HEED_REAL::report {
namespace {

bool at_least_as_good(double score, double than, bool higher_is_better) {
  return higher_is_better ? score >= than : score <= than;
}

constexpr double at_ceiling = 0.02;  // the noise of a test set

// Its ceiling is not perfection, and its level is just below the ceiling or out of reach.
bool is_limited(const Run& run) {
  const double perfect = run.higher_is_better ? 1 : 0;
  const double sign = run.higher_is_better ? 1 : -1;
  return std::isfinite(run.ceiling) && sign * (perfect - run.ceiling) > 1e-9 &&
         sign * (run.ceiling - run.level) < at_ceiling + 1e-9;
}

bool good_enough(const Run& run) {
  if (!std::isfinite(run.score) || !std::isfinite(run.level)) return false;
  if (is_limited(run)) return std::abs(run.score - run.ceiling) <= at_ceiling;
  return at_least_as_good(run.score, run.level, run.higher_is_better);
}

// The score that needs no learning of the order: the floor where there is one, or chance.
double baseline(const Group& group) {
  const double floor = group.mean(&Run::floor);
  const double chance = group.mean(&Run::chance);
  if (!std::isfinite(floor)) return chance;
  return at_least_as_good(floor, chance, group.first().higher_is_better) ? floor
         : std::isfinite(chance)                                         ? chance
                                                                         : floor;
}

// Distances on a scale where 1 is from the baseline to the score.
class Distance {
 public:
  explicit Distance(const Group& group)
      : sign_(group.first().higher_is_better ? 1 : -1),
        score_(group.mean(&Run::score)),
        unit_(std::abs(score_ - baseline(group))) {
    if (!(unit_ > 0)) unit_ = 1;
  }
  // How much better the score is than `other`.
  double above(double other) const { return sign_ * (score_ - other) / unit_; }

 private:
  double sign_, score_, unit_;
};

std::string without_it(const Group& group, const Distance& distance) {
  const double ablated = group.mean(&Run::ablated);
  if (!std::isfinite(ablated)) return "";
  if (distance.above(ablated) < tie) return " Taking it out changes nothing.";
  constexpr double near_floor = 0.9;  // of the way down
  const bool down = distance.above(ablated) > near_floor;
  return down ? fmt::format(" Taken out, the score falls to the floor ({}).", fixed(ablated, 3))
              : fmt::format(" Taken out, {} is left.", fixed(ablated, 3));
}

std::string trained_without_it(const Group& group, const Distance& distance) {
  const double other = group.mean(&Run::trained_without);
  if (!std::isfinite(other) || distance.above(other) >= tie) return "";
  return " A model trained without it does as well: the task does not need it.";
}

}  // namespace

const char* css_class(Standing standing) {
  switch (standing) {
    case Standing::good:
      return "good";
    case Standing::doubtful:
      return "doubtful";
    case Standing::compared:
      return "compared";
    case Standing::bad:
      return "bad";
  }
  return "";
}

int at_level(const Group& group) {
  return static_cast<int>(std::ranges::count_if(group.runs, good_enough));
}

Verdict verdict(const Group& group) {
  const int all = static_cast<int>(group.runs.size());
  const std::string seeds = all == 1 ? "1 seed" : fmt::format("{} seeds", all);
  if (group.finite(&Run::score).empty()) {
    return {Standing::bad, fmt::format("No score: it failed in {} of {}.", all, seeds)};
  }
  const Distance distance(group);
  const double level = group.mean(&Run::level);
  const int reached = at_level(group);
  Verdict verdict;
  if (!std::isfinite(level)) {
    verdict.standing = Standing::compared;
    verdict.words = fmt::format("For comparison ({}).", seeds);
  } else if (reached < all) {
    verdict.words = fmt::format("Misses its level in {} of {}.", all - reached, seeds);
  } else {
    verdict.standing = Standing::good;
    verdict.words = is_limited(group.first())
                        ? fmt::format("At its ceiling in {} of {}: {} is all it can reach.", all,
                                      seeds, fixed(group.mean(&Run::ceiling), 3))
                        : fmt::format("Reaches its level in {} of {}.", all, seeds);
  }
  if (!group.first().misses.empty() && verdict.standing == Standing::good) {
    verdict.standing = Standing::bad;
    verdict.words += " But it misses " + fmt::format("{}.", fmt::join(group.first().misses, "; "));
  }
  const std::string tied = trained_without_it(group, distance);
  if (!tied.empty() && verdict.standing == Standing::good) verdict.standing = Standing::doubtful;
  verdict.words += without_it(group, distance) + tied;
  return verdict;
}

}  // namespace heed::inline HEED_REAL::report
