// What was asked of dot-product attention: checked, and as its kernel wants it. Internal.
#pragma once

#include "autograd/kernels/attention.h"
#include "autograd/ops/attention.h"

namespace heed::inline HEED_REAL {

// Both name `op` in their errors.
void check_queries_and_keys(const char* op, const Heads& q, const Heads& k,
                            const AttentionOptions& options);
void check_values(const char* op, const Heads& k, const Heads& v);

// After the checks. `op` speaks when mask or bias do not fit.
AttentionPlan attention_plan(const char* op, const Heads& q, const Heads& k, Index value_size,
                             const AttentionOptions& options);

}  // namespace heed::inline HEED_REAL
