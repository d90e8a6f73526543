#include "examples/study/settings.h"

#include <fmt/format.h>

#include <cmath>
#include <type_traits>
#include <vector>

#include "attention/catalog.h"
#include "autograd/errors.h"
#include "autograd/nearest.h"

namespace heed::study {
namespace {

template <class Field>
void set(Field& field, double value, const std::string& who, const std::string& name) {
  const auto refuse = [&](const char* what) {
    throw ValueError(fmt::format("[{}] {} must be {}, not {}", who, name, what, value));
  };
  if (!(value >= 0) || !std::isfinite(value)) refuse("a number of at least 0");
  if constexpr (std::is_same_v<Field, bool>) {
    if (value != 0 && value != 1) refuse("0 or 1");
    field = value == 1;
  } else if constexpr (std::is_integral_v<Field>) {
    if (value != std::floor(value) || value < 1 || value > 1e9) {
      refuse("a whole number of at least 1");
    }
    field = static_cast<Field>(value);
  } else {
    field = value;
  }
}

}  // namespace

Settings changed(const Settings& settings, const Changes& changes, const std::string& who) {
  Settings result = settings;
  for (const auto& [name, value] : changes) {
    std::vector<std::string> names;
    bool found = false;
    for_each_setting(result, [&, &name = name, &value = value](const char* known, auto& field) {
      names.emplace_back(known);
      if (name != known) return;
      set(field, value, who, name);
      found = true;
    });
    if (found) continue;
    throw ValueError(
        fmt::format("[{}] no setting named '{}'{}", who, name, name_hint(name, names)));
  }
  return result;
}

std::string words(const Settings& s) {
  return fmt::format(
      "{} steps of {} samples; AdamW ({:g}, {:g}) with weight decay {:g}; warmup over {} steps to "
      "a rate of {:g}, then a cosine; gradients clipped to norm {:g}; tested on {} samples",
      s.steps, s.batch, s.beta1, s.beta2, s.weight_decay, s.warmup, s.lr, s.clip, s.test_samples);
}

}  // namespace heed::study
