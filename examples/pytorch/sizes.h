// The sizes of a model, read off the tensors of its file.
#pragma once

#include <string>

#include "nn/files/safetensors.h"

namespace heed::inline HEED_REAL {

// The shape of a tensor with two axes. Throws FormatError when there is no such tensor.
Shape matrix_shape(const nn::TensorFile& weights, const std::string& name);
// How many of prefix + "0" + suffix, prefix + "1" + suffix, ... there are.
Index numbered(const nn::TensorFile& weights, const std::string& prefix, const std::string& suffix);
// Throws ValueError unless `heads` is at least 1 and divides the width.
void check_heads(const char* model, Index heads, Index width);

}  // namespace heed::inline HEED_REAL
