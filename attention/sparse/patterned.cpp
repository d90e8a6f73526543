#include "attention/sparse/patterned.h"

#include "attention/core.h"
#include "attention/readable.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// The columns `ids` of a mask; one that is stretched along them stays as it is.
Mask columns_of(const Mask& mask, const Indices& ids) {
  const Index keys = mask.dim(-1);
  if (!mask.defined() || keys == 1) return mask;
  std::vector<std::uint8_t> chosen;
  chosen.reserve(static_cast<std::size_t>(mask.size() / keys * ids.size()));
  for (Index row = 0; row < mask.size() / keys; ++row) {
    for (const std::int32_t j : ids.values()) chosen.push_back(mask[row * keys + j]);
  }
  return Mask(mask.shape().with(-1, ids.size()), std::move(chosen));
}

// The keys that some query of a mask (T, S) sees.
Indices seen_by_some(const Mask& visible) {
  const Index queries = visible.dim(0), keys = visible.dim(1);
  std::vector<std::int32_t> ids;
  for (Index j = 0; j < keys; ++j) {
    bool seen = false;
    for (Index i = 0; i < queries && !seen; ++i) seen = visible[i * keys + j];
    if (seen) ids.push_back(static_cast<std::int32_t>(j));
  }
  return Indices(std::move(ids));
}

Tensor attend_to_seen(const Projected& at, const Pattern& pattern, const Mask& given) {
  const Mask own = pattern.expand(at.q.source.dim(1), at.k.source.dim(1));  // (T, S)
  const Indices ids = seen_by_some(own);
  const auto gathered = [&](const Heads& all) {
    const Index from = all.offset, to = from + all.heads * all.size;
    return Heads{index_select(slice(all.source, 2, from, to), ids, 1), 0, all.heads, all.size};
  };
  Mask visible = columns_of(own, ids).reshape({1, 1, own.dim(0), ids.size()});
  if (given.defined()) visible = visible & columns_of(given, ids);
  return dot_product_attention(at.q, gathered(at.k), gathered(at.v), {.visible = visible});
}

}  // namespace

Apart apart(const Projected& at) {
  const auto cut = [](const Heads& heads) {
    return slice(heads.source, 2, heads.offset, heads.offset + heads.heads * heads.size);
  };
  return {cut(at.q), cut(at.k), cut(at.v)};
}

Mixed mix_patterned(const char* name, const Projections& project, const Pattern& pattern,
                    const MixerInput& input, const SparsePath& sparse) {
  const Projected at = project(input);
  const Index batch = input.x.dim(0), queries = input.x.dim(1), keys = at.k.source.dim(1);
  const bool of_keys = !input.mask.defined() || input.mask.shape() == Shape{batch, 1, 1, keys};
  Tensor y;  // (B, T, C)
  if (looked_at()) {
    y = readable_attention(name, at, visible(pattern, input, keys));
  } else if (at.bias.defined()) {
    const Mask seen = visible(pattern, input, keys);
    y = dot_product_attention(at.q, at.k, at.v, {.visible = seen, .bias = at.bias});
  } else if (queries == keys && of_keys) {
    y = sparse(at, input.mask.defined() ? input.mask.reshape({batch, keys}) : Mask());
  } else {
    y = attend_to_seen(at, pattern, input.mask);
  }
  return {.y = project.output(y), .state = at.state};
}

}  // namespace heed::inline HEED_REAL::attention
