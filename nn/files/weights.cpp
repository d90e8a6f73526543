#include "nn/files/weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "autograd/nearest.h"
#include "autograd/storage.h"
#include "nn/files/apply_map.h"

namespace heed::inline HEED_REAL::nn {
namespace {

// What is to be overwritten, and the names it may have in the file.
struct Target {
  std::string name;  // the model's
  Tensor value;
  std::vector<std::string> names;
};

using Given = std::map<std::string, StoredParts>;

std::string listed(const char* title, const std::vector<std::string>& names) {
  return names.empty() ? "" : fmt::format("\n{}: {}", title, fmt::join(names, ", "));
}

std::string without(const std::string& prefix, const std::string& name) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

bool is_ignored(const LoadOptions& options, const std::string& name) {
  return std::ranges::any_of(options.ignore, [&](const std::string& pattern) {
    return match(pattern, name) || match(pattern, without(options.optional_prefix, name));
  });
}

// The tensors below the prefix under the names of the model.
Given given_by(const TensorFile& file, const std::string& prefix, const LoadOptions& options) {
  std::vector<StoredParts> tensors;
  for (const StoredTensor& tensor : file.tensors) {
    if (!tensor.name().starts_with(prefix)) continue;
    const std::string name = tensor.name().substr(prefix.size());
    if (is_ignored(options, name)) continue;
    tensors.emplace_back(tensor);
    tensors.back().rename(without(options.optional_prefix, name));
  }
  Given given;
  for (StoredParts& tensor : apply(options.map, std::move(tensors))) {
    given.emplace(without(options.optional_prefix, tensor.name()), std::move(tensor));
  }
  return given;
}

std::vector<Target> targets_of(const std::vector<Parameter>& parameters,
                               const LoadOptions& options) {
  std::vector<Target> targets;
  for (const auto& [name, value] : parameters) {
    Target target{name, value, {without(options.optional_prefix, name)}};
    for (const TiedName& tied : options.tied) {
      if (without(options.optional_prefix, tied.parameter) == target.names[0]) {
        target.names.push_back(without(options.optional_prefix, tied.also));
      }
    }
    targets.push_back(std::move(target));
  }
  return targets;
}

// The other names of what several Modules share: each Module below knows its own.
void add_shared_names(const Module& module, const std::string& prefix,
                      std::vector<Target>& targets) {
  std::map<const Node*, Target*> by_leaf;
  for (Target& target : targets) {
    if (target.value.node()) by_leaf[target.value.node().get()] = &target;
  }
  module.visit([&](const std::string& path, const Module& below) {
    for (const auto& [name, value] : below.parameters()) {
      const auto found = by_leaf.find(value.node().get());
      if (found == by_leaf.end()) continue;
      std::vector<std::string>& names = found->second->names;
      const std::string full = without(prefix, path.empty() ? name : path + '.' + name);
      if (std::ranges::find(names, full) == names.end()) names.push_back(full);
    }
  });
}

// The name in the file that was most likely meant, if one is near: the same but for what stands in
// front, or a few letters.
std::string near_name(const std::string& name, const std::vector<std::string>& unmet) {
  constexpr std::size_t most = 1000;  // it is a help, and must not take minutes
  if (unmet.empty() || unmet.size() > most) return "";
  const auto is_tail = [](const std::string& tail, const std::string& all) {
    return all.ends_with("." + tail);
  };
  for (const std::string& other : unmet) {
    if (is_tail(name, other) || is_tail(other, name)) return other;
  }
  const std::string other = nearest(name, unmet);
  return 3 * edits(name, other) <= static_cast<Index>(name.size()) ? other : "";
}

struct Pair {
  Tensor value;
  StoredParts stored;
};

// Takes the tensors of a target out of those given: the first, if there is one. Throws FormatError
// when another does not hold the same.
std::optional<StoredParts> taken(const Target& target, Given& given) {
  std::optional<StoredParts> first;
  for (const std::string& name : target.names) {
    const auto found = given.find(name);
    if (found == given.end()) continue;
    if (first && !same_values(*first, found->second)) {
      throw FormatError(fmt::format("[load] '{}' and '{}' are one parameter of the model, and the "
                                    "file has two different ones",
                                    first->origin(), found->second.origin()));
    }
    if (!first) first = found->second;
    given.erase(found);
  }
  return first;
}

// Pairs the targets with what is given. Throws what load_parameters() says.
std::vector<Pair> paired(const std::vector<Target>& targets, const std::string& prefix, Given given,
                         bool strict, LoadResult& result) {
  std::vector<Pair> pairs;
  std::vector<const Target*> missing;
  std::vector<std::string> misshapen;
  for (const Target& target : targets) {
    const auto stored = taken(target, given);
    if (!stored) {
      missing.push_back(&target);
      continue;
    }
    if (!(stored->shape() == target.value.shape())) {
      misshapen.push_back(fmt::format("{} {} for {}", stored->origin(), stored->shape().str(),
                                      target.value.shape().str()));
    }
    pairs.push_back({target.value, *stored});
  }
  std::vector<std::string> unmet, with_near;
  std::set<std::string> unexpected;
  for (const auto& [name, stored] : given) {
    unmet.push_back(name);
    unexpected.insert(stored.origin());
  }
  result.unexpected.assign(unexpected.begin(), unexpected.end());
  for (const Target* target : missing) {
    const std::string near = near_name(target->names[0], unmet);
    result.missing.push_back(prefix + target->name);
    with_near.push_back(result.missing.back() +
                        (near.empty() ? "" : fmt::format(" (there is {})", prefix + near)));
  }
  const bool none_below = pairs.empty() && given.empty() && !prefix.empty();
  const std::string hint =
      none_below ? fmt::format("\nhint: no name of the file begins with '{}'", prefix) : "";
  const bool unmatched = !result.missing.empty() || !result.unexpected.empty();
  if (!misshapen.empty() || (strict && unmatched)) {
    throw FormatError(fmt::format("[load] the file does not fit the model{}{}{}{}",
                                  listed("missing", with_near),
                                  listed("unexpected", result.unexpected),
                                  listed("of another shape", misshapen), hint));
  }
  return pairs;
}

LoadResult load(const std::vector<Target>& targets, const TensorFile& from,
                const std::string& prefix, const LoadOptions& options) {
  LoadResult result;
  const std::vector<Pair> pairs =
      paired(targets, prefix, given_by(from, prefix, options), options.strict, result);
  // All are proved before the first is written: a wrong type leaves the model as it was.
  for (const auto& [value, stored] : pairs) {
    stored.check_numbers();
    if (!value.is_leaf()) throw GraphError("[load] only leaves can be loaded");
  }
  for (const auto& [value, stored] : pairs) {
    stored.read(value.mutable_data());
    ++value.storage()->version;
  }
  return result;
}

}  // namespace

void store_parameters(const std::vector<Parameter>& parameters, const std::string& prefix,
                      TensorFile& into) {
  for (const auto& [name, value] : parameters) into.tensors.emplace_back(prefix + name, value);
}

LoadResult load_parameters(const std::vector<Parameter>& parameters, const TensorFile& from,
                           const std::string& prefix, const LoadOptions& options) {
  return load(targets_of(parameters, options), from, prefix, options);
}

void store_weights(const Module& module, const std::string& prefix, TensorFile& into) {
  store_parameters(module.state(), prefix, into);
}

LoadResult load_into(Module& module, const TensorFile& from, const std::string& prefix,
                     const LoadOptions& options) {
  std::vector<Target> targets = targets_of(module.state(), options);
  add_shared_names(module, options.optional_prefix, targets);
  return load(targets, from, prefix, options);
}

void save_weights(const std::string& path, const Module& module) {
  TensorFile file;
  store_weights(module, "", file);
  write_safetensors(path, file);
}

LoadResult load_weights(const std::string& path, Module& module, const LoadOptions& options) {
  return load_into(module, read_safetensors(path), "", options);
}

}  // namespace heed::inline HEED_REAL::nn
