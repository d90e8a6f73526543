#include "attention/projections.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "attention/core.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

ProjectionOptions checked(const std::string& mechanism, ProjectionOptions options) {
  const Index width = options.width, heads = options.heads;
  if (width < 1 || heads < 1 || width % heads != 0) {
    throw ValueError(fmt::format("[{}] heads must divide the width: {} heads, width {}", mechanism,
                                 heads, width));
  }
  const Index given = options.kv_heads;
  if (given == 0) options.kv_heads = heads;
  if (options.kv_heads < 0 || heads % options.kv_heads != 0) {
    throw ValueError(fmt::format("[{}] heads of keys and values must divide the heads: {} for {}",
                                 mechanism, given, heads));
  }
  return options;
}

// W_q and W_k drawn anew from N(0, 1 / C).
Tensor at_unit_variance(const Tensor& packed, Index drawn_rows, Generator& rng) {
  const double deviation = 1 / std::sqrt(static_cast<double>(packed.dim(1)));
  const Tensor drawn = rng.normal({drawn_rows, packed.dim(1)}, 0, deviation);
  return concat({drawn, slice(packed, 0, drawn_rows, packed.dim(0))}, 0);
}

}  // namespace

Tensor heads_of(const Heads& at) {
  const Index columns = at.heads * at.size;
  const bool whole = at.offset == 0 && at.source.dim(2) == columns;
  return split_heads(whole ? at.source : slice(at.source, 2, at.offset, at.offset + columns),
                     at.heads);
}

Projections::Projections(std::string mechanism, const ProjectionOptions& options, Generator& rng)
    : mechanism_(std::move(mechanism)), options_(checked(mechanism_, options)) {
  const Index width = options_.width, rows = width + pair_width();
  if (options_.packed) {
    Tensor start = nn::xavier_uniform({rows, width}, rng);
    if (options_.unit_start) start = at_unit_variance(start, width + pair_width() / 2, rng);
    in_proj_weight_ = param("in_proj_weight", start);
    in_proj_bias_ = param("in_proj_bias", Tensor::zeros({rows}));
  } else {
    query_ = &child<nn::Linear>("query", width, width, rng);
    key_ = &child<nn::Linear>("key", width, pair_width() / 2, rng);
    value_ = &child<nn::Linear>("value", width, pair_width() / 2, rng);
  }
  if (!options_.output) return;
  out_proj_ = &child<nn::Linear>("out_proj", width, width, rng);
  out_proj_->bias().assign(Tensor::zeros({width}));  // as PyTorch starts it
}

Index Projections::pair_width() const {
  return 2 * options_.kv_heads * (options_.width / options_.heads);
}

void Projections::check(const MixerInput& input) const {
  const char* name = mechanism_.c_str();
  require_width(name, input, options_.width);
  if (options_.context == Context::required) require_context(name, input);
  if (options_.context == Context::refused) refuse_context(name, input);
  if (!options_.cache || input.context.defined()) refuse_state(name, input);
}

Projected Projections::operator()(const MixerInput& input) const {
  check(input);
  Projected projected = options_.packed ? project_packed(input) : project_apart(input);
  if (input.state) continue_from(*input.state, projected);
  unshare(projected);
  return projected;
}

// One product for queries, keys and values of a sequence; two where keys come from elsewhere.
Projected Projections::project_packed(const MixerInput& input) const {
  const Index c = options_.width, heads = options_.heads, size = c / heads;
  const Index shared = options_.kv_heads;
  const auto lying = [&](const Tensor& queries, const Tensor& pairs, Index keys_at) {
    return Projected{{queries, 0, heads, size},
                     {pairs, keys_at, shared, size},
                     {pairs, keys_at + shared * size, shared, size}};
  };
  if (!input.context.defined()) {
    const Tensor packed = linear(input.x, in_proj_weight_, in_proj_bias_);  // (B, T, C + 2 G D)
    return lying(packed, packed, c);
  }
  const auto rows = [&](const Tensor& x, Index from, Index to) {
    return linear(x, slice(in_proj_weight_, 0, from, to), slice(in_proj_bias_, 0, from, to));
  };
  const Index end = c + pair_width();
  return lying(rows(input.x, 0, c), rows(input.context, c, end), 0);  // (B, T, C), (B, S, 2 G D)
}

Projected Projections::project_apart(const MixerInput& input) const {
  const Index heads = options_.heads, size = options_.width / heads, shared = options_.kv_heads;
  const Tensor& memory = input.context.defined() ? input.context : input.x;
  return {{(*query_)(input.x), 0, heads, size},
          {(*key_)(memory), 0, shared, size},
          {(*value_)(memory), 0, shared, size}};
}

// Puts the cached keys and values, (B, past, 2 G D), in front.
void Projections::continue_from(const MixerState& past, Projected& projected) const {
  const Index fresh = projected.k.source.dim(1), columns = pair_width();
  Tensor pairs;
  if (options_.packed) {
    pairs = slice(projected.k.source, 2, projected.k.offset, projected.k.offset + columns);
  } else {
    pairs = concat({projected.k.source, projected.v.source}, 2);
  }
  if (!past.tensors.empty()) pairs = concat({past.tensors[0], pairs}, 1);  // (B, S, 2 G D)
  projected.k.source = projected.v.source = pairs;
  projected.k.offset = 0;
  projected.v.offset = columns / 2;
  projected.state = MixerState{{pairs}, past.seen + fresh};
}

// Where several heads share keys and values, each gets a copy of its own: (B, S, C) each.
void Projections::unshare(Projected& projected) const {
  const Index shared = options_.kv_heads, times = options_.heads / shared;
  if (times == 1) return;
  for (Heads* at : {&projected.k, &projected.v}) {
    const Tensor own = slice(at->source, 2, at->offset, at->offset + shared * at->size);
    *at = {repeat_heads(own, shared, times), 0, options_.heads, at->size};
  }
}

ByHeads Projections::by_heads(const MixerInput& input, const Pattern& pattern) const {
  const Projected at = (*this)(input);
  const Tensor k = heads_of(at.k);
  return {heads_of(at.q), k, heads_of(at.v), visible(pattern, input, k.dim(2))};
}

Tensor Projections::output(const Tensor& heads) const {
  return out_proj_ == nullptr ? heads : (*out_proj_)(heads);
}

Tensor Projections::merge(const Tensor& y) const { return output(merge_heads(y)); }

}  // namespace heed::inline HEED_REAL::attention
