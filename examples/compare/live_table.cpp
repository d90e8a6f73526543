#include "examples/compare/live_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

namespace heed::compare {
namespace {

constexpr const char* green = "\x1b[32m";
constexpr const char* red = "\x1b[31m";

std::string name_of(const study::Trial& trial) {
  std::string name = fmt::format("{} on {}", trial.mechanism, trial.task);
  if (!trial.label.empty()) name += fmt::format(", {}", trial.label);
  if (trial.without) name += " (without)";
  return name;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// The median over seeds, and the range where there is one: "1.0000" or "0.9100 (0.9000-0.9200)".
std::string with_range(const std::vector<double>& values) {
  if (values.empty()) return "failed";
  const auto [least, most] = std::ranges::minmax(values);
  std::string text = fmt::format("{:.4f}", median(values));
  if (values.size() > 1) text += fmt::format(" ({:.4f}-{:.4f})", least, most);
  return text;
}

std::vector<double> figures(const std::vector<const Done*>& runs, double study::Run::*figure) {
  std::vector<double> values;
  for (const Done* done : runs) {
    if (std::isfinite(done->run.*figure)) values.push_back(done->run.*figure);
  }
  return values;
}

std::string middle_of(const std::vector<double>& values, int digits) {
  return values.empty() ? "-" : fmt::format("{:.{}f}", median(values), digits);
}

// A row of the summary: the first five columns are words, the others numbers.
constexpr std::size_t columns = 10, words = 5;
using Row = std::array<std::string, columns>;

Row summary_row(const Comparison& comparison, std::size_t entry) {
  const Entry& one = comparison.entries[entry];
  const std::vector<const Done*> runs = comparison.runs_of(entry);
  const auto middle = [&](double study::Run::*figure, int digits) {
    return middle_of(figures(runs, figure), digits);
  };
  return {one.listed.mechanism,
          one.task->name,
          one.listed.label,
          one.task->metric,
          with_range(figures(runs, &study::Run::score)),
          middle(&study::Run::chance, 4),
          middle(&study::Run::floor, 4),
          middle(&study::Run::ablated, 4),
          middle(&study::Run::trained_without, 4),
          middle(&study::Run::ms_per_step, 2)};
}

// The rows as lines, each column as wide as its widest text.
std::vector<std::string> laid_out(const std::vector<Row>& rows) {
  std::array<std::size_t, columns> width{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < columns; ++i) width[i] = std::max(width[i], row[i].size());
  }
  std::vector<std::string> lines;
  for (const Row& row : rows) {
    std::string& line = lines.emplace_back();
    for (std::size_t i = 0; i < columns; ++i) {
      if (i > 0) line += "  ";
      line += i < words ? fmt::format("{:<{}}", row[i], width[i])
                        : fmt::format("{:>{}}", row[i], width[i]);
    }
  }
  return lines;
}

// "1.000 (1.000 1.000 0.999)": the mean, and every seed where there are several.
std::string every_seed(const std::vector<const Done*>& runs, const std::string& detail) {
  if (runs.empty()) return "-";
  std::string each;
  double sum = 0;
  for (const Done* done : runs) {
    const auto found = done->run.details.find(detail);
    if (found == done->run.details.end()) return "-";
    sum += found->second;
    each += fmt::format("{}{:.3f}", each.empty() ? "" : " ", found->second);
  }
  if (runs.size() == 1) return each;
  return fmt::format("{:.3f} ({})", sum / static_cast<double>(runs.size()), each);
}

// Of the tasks that want it, a table of their details.
std::vector<std::string> shown_details(const Comparison& comparison) {
  std::vector<std::string> lines;
  const study::Task* last = nullptr;
  for (std::size_t entry = 0; entry < comparison.entries.size(); ++entry) {
    const Entry& one = comparison.entries[entry];
    const std::vector<const Done*> runs = comparison.runs_of(entry);
    if (one.task->shown.empty() || runs.empty()) continue;
    constexpr int wide = 28;
    if (std::exchange(last, one.task) != one.task) {
      std::string head = fmt::format("\n{:<{}}", one.task->name, wide);
      for (const std::string& detail : one.task->shown) {
        head += fmt::format("  {:<{}}", detail, wide);
      }
      lines.push_back(std::move(head));
    }
    const auto add = [&](const std::string& name, const std::vector<const Done*>& of) {
      std::string line = fmt::format("{:<{}}", name, wide);
      for (const std::string& detail : one.task->shown) {
        line += fmt::format("  {:<{}}", every_seed(of, detail), wide);
      }
      lines.push_back(std::move(line));
    };
    add(one.listed.label.empty() ? one.listed.mechanism : one.listed.label, runs);
    const std::vector<const Done*> without = comparison.runs_of(entry, true);
    if (!without.empty()) add("without " + one.listed.mechanism, without);
  }
  return lines;
}

}  // namespace

LiveTable::LiveTable(std::ostream& out, const Terminal& terminal, Clock clock)
    : line_(out, terminal, std::move(clock)) {}

void LiveTable::begin(const std::vector<Entry>& entries, const std::vector<PlannedTrial>& planned) {
  for (const PlannedTrial& one : planned) {
    weights_.push_back(entries[one.entry].task->seconds);
    names_.push_back(name_of(one.trial));
  }
  done_.assign(planned.size(), 0);
  for (const std::string& name : names_) widest_ = std::max(widest_, name.size());
  line_.print(fmt::format("{} runs\n\n{:<{}} {:>4} {:>8} {:>8} {:>8}", planned.size(), "run",
                          widest_, "seed", "score", "ablated", "seconds"));
  redraw();
}

void LiveTable::started(std::size_t run) {
  latest_ = run;
  redraw();
}

void LiveTable::progress(std::size_t run, double done) {
  done_[run] = done;
  latest_ = run;
  redraw();
}

void LiveTable::finished(std::size_t run, const Done& done) {
  done_[run] = 1;
  ++finished_;
  if (done.run.error.empty()) {
    line_.print(fmt::format("{:<{}} {:>4} {:>8.4f} {:>8.4f} {:>8.1f}", names_[run], widest_,
                            done.run.seed, done.run.score, done.run.ablated, done.run.seconds));
  } else {
    line_.print(fmt::format("{:<{}} {:>4} {}", names_[run], widest_, done.run.seed,
                            coloured(red, "failed: " + first_line(done.run.error))));
  }
  redraw();
}

void LiveTable::warn(const std::string& what) {
  if (!std::exchange(warned_, true)) line_.print(coloured(red, "warning: " + what));
}

void LiveTable::timing(const std::string& what) { line_.show(1, "timing " + what); }

void LiveTable::redraw() {
  const double all = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  const double done = std::inner_product(weights_.begin(), weights_.end(), done_.begin(), 0.0) /
                      std::max(all, 1e-9);
  line_.show(done, fmt::format("{}/{}  {}", finished_, names_.size(),
                               latest_ < names_.size() ? names_[latest_] : ""));
}

void LiveTable::summary(const Comparison& comparison) {
  line_.clear();
  std::vector<Row> rows = {{"mechanism", "task", "label", "metric", "score (over seeds)", "chance",
                            "floor", "ablated", "without", "ms/step"}};
  std::vector<std::size_t> shown;  // the entry of each row behind the first
  for (std::size_t entry = 0; entry < comparison.entries.size(); ++entry) {
    if (comparison.runs_of(entry).empty()) continue;
    shown.push_back(entry);
    rows.push_back(summary_row(comparison, entry));
  }
  std::vector<std::string> lines = laid_out(rows), missed;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const Entry& one = comparison.entries[shown[i]];
    if (!comparison.judges(one)) continue;
    const Verdict verdict = verdict_of(comparison, shown[i]);
    lines[i + 1] += verdict.misses.empty() ? coloured(green, "  ok") : coloured(red, "  MISSED");
    for (const std::string& miss : verdict.misses) {
      missed.push_back(fmt::format("{} on {}: {}", one.listed.mechanism, one.task->name, miss));
    }
  }
  line_.print("");
  for (const std::string& line : lines) line_.print(line);
  for (const std::string& line : shown_details(comparison)) line_.print(line);
  line_.print("\nablated: taken out after training; without: from the first step");
  for (const std::string& miss : missed) line_.print(coloured(red, "missed  ") + miss);
}

std::string LiveTable::coloured(const char* colour, const std::string& text) const {
  return line_.terminal().colour ? colour + text + "\x1b[0m" : text;
}

}  // namespace heed::compare
