// The weights of a Module to and from safetensors files, under PyTorch's names.
//
//   nn::save_weights("model.safetensors", model);
//   nn::load_weights("model.safetensors", model);
//
// A parameter that two Modules share is stored once, under its first name, as the files of others
// do. Half-precision weights are widened on reading.
#pragma once

#include <string>
#include <vector>

#include "nn/files/safetensors.h"
#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

struct LoadOptions {
  // Names that do not meet are an error. Tensors of another shape always are.
  bool strict = true;
};

// The names that did not meet; both empty after a strict load.
struct LoadResult {
  std::vector<std::string> missing;     // of the model, not in the file
  std::vector<std::string> unexpected;  // in the file, below the prefix, not of the model
};

// Adds the parameters to the file, each name with `prefix` in front.
void store_parameters(const std::vector<Parameter>& parameters, const std::string& prefix,
                      TensorFile& into);
// Overwrites the parameters with the tensors prefix + name. Throws FormatError that lists all names
// that are missing, all below `prefix` that are unexpected and all of another shape; nothing is
// changed then.
LoadResult load_parameters(const std::vector<Parameter>& parameters, const TensorFile& from,
                           const std::string& prefix = "", const LoadOptions& options = {});

// The same for module.state(): parameters and buffers.
void store_weights(const Module& module, const std::string& prefix, TensorFile& into);
LoadResult load_into(Module& module, const TensorFile& from, const std::string& prefix = "",
                     const LoadOptions& options = {});

// A whole file. Throws IoError, FormatError.
void save_weights(const std::string& path, const Module& module);
LoadResult load_weights(const std::string& path, Module& module, const LoadOptions& options = {});

}  // namespace heed::inline HEED_REAL::nn
