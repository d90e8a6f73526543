// The fused ops once more, composed of plain ones: slower, and plain to read. A test holds each
// fused op to its twin. Where the kernels of an op have no plain form (fused.h), derivatives of
// derivatives go through the twin as well.
#pragma once

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::twin {

Tensor softmax(const Tensor& x);
Tensor log_softmax(const Tensor& x);
Tensor masked_softmax(const Tensor& x, const Mask& visible);
Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double eps = 1e-5);
Tensor rms_norm(const Tensor& x, const Tensor& weight,
                double eps = std::numeric_limits<Real>::epsilon());
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias);
Tensor cross_entropy(const Tensor& logits, const Indices& labels,
                     const CrossEntropyOptions& options = {});
// Draws what the fused op would draw from the same generator.
Tensor dropout(const Tensor& x, double p, Generator& rng);
Tensor dot_product_attention(const Heads& q, const Heads& k, const Heads& v,
                             const AttentionOptions& options = {});
Tensor lstm_sequence(const Tensor& from_x, const Tensor& weight, const Tensor& h, const Tensor& c,
                     bool reverse = false);
Tensor gru_sequence(const Tensor& from_x, const Tensor& weight, const Tensor& bias, const Tensor& h,
                    bool reverse = false);

}  // namespace heed::inline HEED_REAL::twin
