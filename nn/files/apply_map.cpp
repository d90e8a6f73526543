#include "nn/files/apply_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace heed::inline HEED_REAL::nn {
namespace {

using Tensors = std::vector<StoredParts>;

StoredParts* named(Tensors& tensors, const std::string& name) {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [&](const StoredParts& t) { return t.name() == name; });
  return found == tensors.end() ? nullptr : &*found;
}

// Every tensor that the rule names, replaced by what `change` makes of it.
template <class Change>
void change_each(const NameRule& rule, Tensors& tensors, Change&& change) {
  Tensors changed;
  for (StoredParts& tensor : tensors) {
    const auto texts = match(rule.from[0], tensor.name());
    if (!texts) {
      changed.push_back(std::move(tensor));
      continue;
    }
    Tensors made = change(tensor);
    for (std::size_t i = 0; i < made.size(); ++i) {
      made[i].rename(filled(rule.to[i], *texts));
      changed.push_back(std::move(made[i]));
    }
  }
  tensors = std::move(changed);
}

// The parts that belong to these texts; nothing when one is missing that must be there.
std::optional<Tensors> parts_of(const NameRule& rule, Tensors& tensors,
                                const std::vector<std::string>& texts) {
  std::vector<const StoredParts*> found;
  const StoredParts* some = nullptr;
  for (const std::string& from : rule.from) {
    found.push_back(named(tensors, filled(from, texts)));
    if (found.back()) some = found.back();
    if (!found.back() && rule.absent == Absent::refuse) return std::nullopt;
  }
  Tensors parts;
  for (const StoredParts* part : found) {
    parts.push_back(part ? *part : StoredParts::zeros(some->shape()));
  }
  return parts;
}

void join(const NameRule& rule, Tensors& tensors) {
  // By what the * stand for: a set of parts each.
  std::set<std::vector<std::string>> sets;
  for (const std::string& from : rule.from) {
    for (const StoredParts& tensor : tensors) {
      if (const auto texts = match(from, tensor.name())) sets.insert(*texts);
    }
  }
  Tensors made;
  for (const std::vector<std::string>& texts : sets) {
    const auto parts = parts_of(rule, tensors, texts);
    if (!parts) continue;  // they stay, and are listed as not met
    made.push_back(StoredParts::joined(*parts, rule.axis));
    made.back().rename(filled(rule.to[0], texts));
    for (const std::string& from : rule.from) {
      const std::string gone = filled(from, texts);
      std::erase_if(tensors, [&](const StoredParts& t) { return t.name() == gone; });
    }
  }
  for (StoredParts& tensor : made) tensors.push_back(std::move(tensor));
}

void check_unique(const Tensors& tensors) {
  std::map<std::string, int> times;
  for (const StoredParts& tensor : tensors) {
    if (++times[tensor.name()] > 1) {
      throw FormatError(
          fmt::format("[load] two tensors of the file come to the name '{}'", tensor.name()));
    }
  }
}

}  // namespace

Tensors apply(const NameMap& map, Tensors tensors) {
  for (const NameRule& rule : map.rules()) {
    switch (rule.kind) {
      case NameRule::Kind::rename:
        change_each(rule, tensors, [](const StoredParts& t) { return Tensors{t}; });
        break;
      case NameRule::Kind::transpose:
        change_each(rule, tensors, [](const StoredParts& t) { return Tensors{t.transposed()}; });
        break;
      case NameRule::Kind::split:
        change_each(rule, tensors, [&](const StoredParts& t) {
          return t.split(rule.to.size(), rule.axis);
        });
        break;
      case NameRule::Kind::join:
        join(rule, tensors);
        break;
    }
  }
  check_unique(tensors);
  return tensors;
}

}  // namespace heed::inline HEED_REAL::nn
