// Attention whose weights can be looked at.
#pragma once

#include <string>

#include "autograd/ops/attention.h"

namespace heed::inline HEED_REAL {

// dot_product_attention(); while a MapRecorder (attention/maps.h) lives, the same in plain
// operations, whose weights are published under the path of the layer. Of the options: causal or
// visible.
Tensor attend(const Heads& q, const Heads& k, const Heads& v, const AttentionOptions& options,
              const std::string& path);

}  // namespace heed::inline HEED_REAL
