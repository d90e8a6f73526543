#include "nn/files/weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

namespace heed::inline HEED_REAL::nn {
namespace {

std::string listed(const char* title, const std::vector<std::string>& names) {
  return names.empty() ? "" : fmt::format("\n{}: {}", title, fmt::join(names, ", "));
}

}  // namespace

void store_parameters(const std::vector<Parameter>& parameters, const std::string& prefix,
                      TensorFile& into) {
  for (const auto& [name, value] : parameters) into.tensors.emplace_back(prefix + name, value);
}

LoadResult load_parameters(const std::vector<Parameter>& parameters, const TensorFile& from,
                           const std::string& prefix, const LoadOptions& options) {
  std::map<std::string, const StoredTensor*> given;
  for (const StoredTensor& tensor : from.tensors) {
    if (tensor.name().starts_with(prefix)) given.emplace(tensor.name(), &tensor);
  }
  LoadResult result;
  std::vector<std::string> misshapen;
  std::vector<std::pair<Tensor, const StoredTensor*>> pairs;
  for (const auto& [name, value] : parameters) {
    const auto found = given.find(prefix + name);
    if (found == given.end()) {
      result.missing.push_back(prefix + name);
      continue;
    }
    const Shape& shape = found->second->shape();
    pairs.emplace_back(value, found->second);
    if (!(shape == value.shape())) {
      misshapen.push_back(
          fmt::format("{} {} for {}", found->first, shape.str(), value.shape().str()));
    }
    given.erase(found);
  }
  for (const auto& [name, tensor] : given) result.unexpected.push_back(name);
  const bool unmet = !result.missing.empty() || !result.unexpected.empty();
  if (!misshapen.empty() || (options.strict && unmet)) {
    throw FormatError(fmt::format("[load] the file does not fit the model{}{}{}",
                                  listed("missing", result.missing),
                                  listed("unexpected", result.unexpected),
                                  listed("of another shape", misshapen)));
  }
  // All are read before the first is written: a wrong type leaves the model as it was.
  std::vector<Tensor> values;
  for (const auto& [value, stored] : pairs) values.push_back(stored->tensor());
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i].first.assign(values[i]);
  return result;
}

void store_weights(const Module& module, const std::string& prefix, TensorFile& into) {
  store_parameters(module.state(), prefix, into);
}

LoadResult load_into(Module& module, const TensorFile& from, const std::string& prefix,
                     const LoadOptions& options) {
  return load_parameters(module.state(), from, prefix, options);
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
