// Figures over the seeds of a group.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "examples/report/results.h"

namespace heed::report {
namespace {

double median_of_sorted(const std::vector<double>& values) {
  if (values.empty()) return absent;
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

}  // namespace

std::vector<double> Group::finite(double Run::*field) const {
  std::vector<double> values;
  for (const Run& run : runs) {
    if (std::isfinite(run.*field)) values.push_back(run.*field);
  }
  std::ranges::sort(values);
  return values;
}

double Group::median(double Run::*field) const {
  const std::vector<double> values = finite(field);
  return median_of_sorted(values);
}

double Group::mean(double Run::*field) const {
  const std::vector<double> values = finite(field);
  if (values.empty()) return absent;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double Group::least(double Run::*field) const {
  const std::vector<double> values = finite(field);
  return values.empty() ? absent : values.front();
}

double Group::most(double Run::*field) const {
  const std::vector<double> values = finite(field);
  return values.empty() ? absent : values.back();
}

std::map<std::string, double> Group::details(Run::Details Run::*field) const {
  std::map<std::string, std::vector<double>> by_name;
  for (const Run& run : runs) {
    for (const auto& [name, value] : run.*field) {
      if (std::isfinite(value)) by_name[name].push_back(value);
    }
  }
  std::map<std::string, double> medians;
  for (auto& [name, values] : by_name) {
    std::ranges::sort(values);
    medians[name] = median_of_sorted(values);
  }
  return medians;
}

}  // namespace heed::report
