#include "attention/efficient/by_features.h"

#include <fmt/format.h>

#include <algorithm>

#include "attention/core.h"
#include "attention/heads/head_gates.h"
#include "attention/heads/map_change.h"
#include "attention/normalizers.h"
#include "attention/readable.h"
#include "attention/scores.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// (..., S, D) -> (..., S, D + 1).
Tensor with_ones(const Tensor& v) {
  return concat({v, Tensor::ones(v.shape().with(v.rank() - 1, 1))}, -1);
}

// phi(q) (S, z) (..., T, D + 1) -> phi(q) S / phi(q) . z, (..., T, D).
Tensor divided(const Tensor& sums, double eps) {
  const Index size = sums.dim(-1) - 1;
  const Tensor total = slice(sums, -1, size, size + 1);
  const Tensor above = eps > 0 ? total + eps : where(total > 0, total, 1.0);
  return slice(sums, -1, 0, size) / above;
}

// Each query with the keys up to its own, q and k (B, H, T, F), v (B, H, T, D + 1): in chunks of
// the same size, with zeros behind the last tokens where they do not come out even.
Tensor causal_sums(const Tensor& q, const Tensor& k, const Tensor& v, Index chunk,
                   const Tensor& past) {
  const Index length = q.dim(2);
  const Index chunks = std::max<Index>((length + chunk - 1) / chunk, 1);
  const Index size = (length + chunks - 1) / chunks;
  const auto cut = [&](const Tensor& x) {
    const Index missing = chunks * size - length;
    return reshape(missing == 0 ? x : pad(x, 2, 0, missing),
                   {x.dim(0), x.dim(1), chunks, size, x.dim(3)});
  };
  const Tensor queries = cut(q), keys = cut(k), values = cut(v);  // (B, H, chunks, size, ...)
  const Tensor within = tril(matmul(queries, keys, {.transpose_b = true}));
  Tensor sums = matmul(within, values);
  if (chunks > 1 || past.defined()) {
    Tensor before = cumsum(matmul(keys, values, {.transpose_a = true}), 2, false, true);
    if (past.defined()) before = before + unsqueeze(past, 2);  // (B, H, chunks, F, D + 1)
    sums = sums + matmul(queries, before);
  }
  const Tensor joined = reshape(sums, {q.dim(0), q.dim(1), chunks * size, v.dim(3)});
  return chunks * size == length ? joined : slice(joined, 2, 0, length);
}

// The same where there are more keys, which every query sees, or more queries, of which the first
// see none.
Tensor causal_sums_of(const Tensor& q, const Tensor& k, const Tensor& v, Index chunk,
                      const Tensor& past) {
  const Index early = k.dim(2) - q.dim(2);
  if (early == 0) return causal_sums(q, k, v, chunk, past);
  if (early < 0) return causal_sums(q, pad(k, 2, -early, 0), pad(v, 2, -early, 0), chunk, past);
  const Tensor seen = matmul(slice(k, 2, 0, early), slice(v, 2, 0, early), {.transpose_a = true});
  return causal_sums(q, slice(k, 2, early, k.dim(2)), slice(v, 2, early, v.dim(2)), chunk,
                     past.defined() ? past + seen : seen);
}

bool differs_between_queries(const Mask& mask) {
  return mask.defined() && mask.shape().rank() >= 2 && mask.shape()[-2] != 1;
}

// Of a mask over keys, what it says of the last `fresh` ones, over features: (..., 1, S) ->
// (..., fresh, 1).
Mask over_features(const Mask& mask, Index fresh) {
  const int rank = mask.shape().rank();
  if (rank == 0) return mask;
  const Index all = mask.shape()[-1];
  const Mask last = all <= fresh ? mask : slice(mask, -1, all - fresh, all);
  Shape shape = rank == 1 ? Shape{1, last.shape()[0]} : last.shape();
  const int keys = shape.rank() - 1;
  return last.reshape(shape.with(keys - 1, shape[keys]).with(keys, 1));
}

// The summary that a state holds; undefined at its start.
Tensor past_of(const std::string& name, const MixerInput& input, const Tensor& k,
               const Tensor& v) {
  if (!input.state || input.state->tensors.empty()) return {};
  const Tensor& past = input.state->tensors[0];
  const Shape expected{k.dim(0), k.dim(1), k.dim(3), v.dim(3) + 1};
  if (past.shape() == expected) return past;
  throw ShapeError(fmt::format("[{}] the state holds a summary {}, the input makes {}\nhint: a "
                               "state belongs to one layer and one batch",
                               name, past.shape().str(), expected.str()));
}

}  // namespace

const FeatureForm& checked_form(const std::string& name, const FeatureForm& form) {
  if (form.chunk >= 0) return form;
  throw ValueError(fmt::format("[{}] chunk must not be negative: {}\nhint: tokens a chunk; 0: the "
                               "whole matrix",
                               name, form.chunk));
}

Tensor summary_of(const Tensor& k, const Tensor& v) {
  return matmul(k, with_ones(v), {.transpose_a = true});
}

Tensor attend_by_features(const Tensor& q, const Tensor& k, const Tensor& v,
                          const FeatureForm& form, const Tensor& past) {
  checked_form("attend_by_features", form);
  const Tensor values = with_ones(v);
  if (form.causal && form.chunk > 0) {
    return divided(causal_sums_of(q, k, values, form.chunk, past), form.eps);
  }
  Tensor sums;
  if (form.chunk == 0) {
    const Tensor pairs = dot(q, k);  // (B, H, T, S)
    sums = matmul(form.causal ? tril(pairs, k.dim(2) - q.dim(2)) : pairs, values);
  } else {
    sums = matmul(q, matmul(k, values, {.transpose_a = true}));
  }
  return divided(past.defined() ? sums + matmul(q, past) : sums, form.eps);
}

Tensor weights_by_features(const Tensor& q, const Tensor& k, const Mask& visible) {
  const Tensor pairs = dot(q, k);  // (B, H, T, S)
  const Mask similar = pairs > 0;
  const Tensor scores = shifted(log(where(similar, pairs, 1.0)));
  return softmax_over(scores, visible.defined() ? visible & similar : similar);
}

Mixed mix_by_features(const std::string& name, const FeatureForm& form, const FeatureMap& phi,
                      const Projections& project, const MixerInput& input) {
  if (!form.causal || input.context.defined()) refuse_state(name.c_str(), input);
  const Projected at =
      project({.x = input.x, .context = input.context, .values = input.values});
  const Tensor q = phi.of_queries(heads_of(at.q)), v = heads_of(at.v);  // (B, H, T or S, ...)
  Tensor k = phi.of_keys(heads_of(at.k));
  const Index fresh = k.dim(2), seen = input.state ? input.state->seen : 0;
  require_mask(name.c_str(), input, q.dim(1), seen + fresh);
  const bool by_query = differs_between_queries(input.mask);
  if (input.state && (by_query || shifting_scores() || changing_maps())) {
    throw ValueError(fmt::format("[{}] a mask that differs between queries, shifted scores and "
                                 "changed maps need every key, and a state keeps their sum",
                                 name));
  }
  if (!input.state && (looked_at() || by_query)) {
    const Pattern pattern = banded(form.causal, -1);
    const Tensor weights = weights_by_features(q, k, visible(pattern, input, fresh));
    publish_map(name.c_str(), weights, MapKind::implied);
    return {.y = project.merge(combine(weights, v))};
  }
  if (input.mask.defined()) k = where(over_features(input.mask, fresh), k, 0.0);
  const Tensor past = past_of(name, input, k, v);
  const Tensor y = gated(attend_by_features(q, k, v, form, past));  // (B, H, T, D)
  Mixed mixed{.y = project.merge(y)};
  if (input.state) {
    const Tensor summary = summary_of(k, v);
    mixed.state = MixerState{{past.defined() ? past + summary : summary}, seen + fresh};
  }
  return mixed;
}

}  // namespace heed::inline HEED_REAL::attention
