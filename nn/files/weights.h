// The weights of a Module to and from safetensors files, under PyTorch's names.
//
//   nn::save_weights("model.safetensors", model);
//   nn::load_weights("model.safetensors", model);
//
// A parameter that two Modules share is stored once, under its first name. On loading it may stand
// under any of its names, or under several if they hold the same. Half-precision weights are
// widened. Values go from the file, which is mapped (safetensors.h), straight into the model: no
// second copy is in memory. Nor need a model draw what is loaded next: autograd/skip_init.h.
#pragma once

#include <string>
#include <vector>

#include "nn/files/name_map.h"
#include "nn/files/safetensors.h"
#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

// A parameter of the model, and another name under which files hold it once more.
struct TiedName {
  std::string parameter;
  std::string also;
};

// How names meet. For a file of another program, in this order:
struct LoadOptions {
  // Names that do not meet are an error. Tensors of another shape always are.
  bool strict = true;
  // Names of the file that are passed over, as patterns (name_map.h): "*.position_ids", "pooler.*".
  std::vector<std::string> ignore = {};
  // What stands in front of names on one side and not on the other: "transformer.". From here on,
  // it is not there.
  std::string optional_prefix = {};
  // From the names of the file to those of the model.
  NameMap map = {};
  // Beside the names that the model itself has for what its Modules share.
  std::vector<TiedName> tied = {};
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
// that are missing, with the nearest that is there, all below `prefix` that are unexpected and all
// of another shape; also when a value cannot be read, or a tied one has two. Nothing is changed
// then. Throws IoError when the file was changed meanwhile (shared_bytes.h).
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
