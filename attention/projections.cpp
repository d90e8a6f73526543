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
  for (Index* extent : {&options.kdim, &options.vdim}) {
    if (*extent == 0) *extent = width;
    if (*extent < 0) {
      throw ValueError(
          fmt::format("[{}] kdim and vdim must not be negative: {}", mechanism, *extent));
    }
  }
  if (options.context == Context::refused && (options.kdim != width || options.vdim != width)) {
    throw ValueError(fmt::format("[{}] takes no context: kdim {} and vdim {} must be the width {}",
                                 mechanism, options.kdim, options.vdim, width));
  }
  return options;
}

// Columns of a source; the source itself where they are all.
Tensor columns_of(const Heads& at) {
  const Index end = at.offset + at.heads * at.size;
  const bool whole = at.offset == 0 && at.source.dim(2) == end;
  return whole ? at.source : slice(at.source, 2, at.offset, end);
}

// W_q and W_k drawn anew from N(0, 1 / C).
Tensor at_unit_variance(const Tensor& packed, Index drawn_rows, Generator& rng) {
  const double deviation = 1 / std::sqrt(static_cast<double>(packed.dim(1)));
  const Tensor drawn = rng.normal({drawn_rows, packed.dim(1)}, 0, deviation);
  return concat({drawn, slice(packed, 0, drawn_rows, packed.dim(0))}, 0);
}

}  // namespace

Tensor biased(const Tensor& scores, const Tensor& bias) {
  return bias.defined() ? scores + bias : scores;
}

Tensor heads_of(const Heads& at, Index times) {
  const Tensor own = columns_of(at);
  return split_heads(times == 1 ? own : repeat_heads(own, at.heads, times), at.heads * times);
}

Projections::Projections(std::string mechanism, const ProjectionOptions& options, Generator& rng)
    : mechanism_(std::move(mechanism)), options_(checked(mechanism_, options)) {
  make_weights(rng);
  if (options_.positions == Positions::none) return;
  positions_ = &child<RelativePositions>("positions", mechanism_, options_.positions,
                                         options_.heads, options_.width / options_.heads, rng);
}

void Projections::make_weights(Generator& rng) {
  if (!options_.apply) return;
  const Index width = options_.width, half = pair_width() / 2;
  const nn::LinearOptions biases{.bias = options_.bias};
  if (options_.packed) {
    make_packed(rng);
  } else {
    query_ = &child<nn::Linear>("query", width, width, rng, biases);
    key_ = &child<nn::Linear>("key", options_.kdim, half, rng, biases);
    value_ = &child<nn::Linear>("value", options_.vdim, half, rng, biases);
  }
  if (!options_.output) return;
  out_proj_ = &child<nn::Linear>("out_proj", width, width, rng, biases);
  if (options_.bias) out_proj_->bias().assign(Tensor::zeros({width}));  // as PyTorch starts it
}

void Projections::make_packed(Generator& rng) {
  const Index width = options_.width, half = pair_width() / 2;
  if (one_matrix()) {
    Tensor start = nn::xavier_uniform({width + 2 * half, width}, rng);
    if (options_.unit_start) start = at_unit_variance(start, width + half, rng);
    in_proj_weight_ = param("in_proj_weight", start);
  } else {
    const auto start = [&](Index rows, Index columns, bool scored) {
      const Tensor drawn = nn::xavier_uniform({rows, columns}, rng);
      return options_.unit_start && scored ? at_unit_variance(drawn, rows, rng) : drawn;
    };
    q_proj_weight_ = param("q_proj_weight", start(width, width, true));
    k_proj_weight_ = param("k_proj_weight", start(half, options_.kdim, true));
    v_proj_weight_ = param("v_proj_weight", start(half, options_.vdim, false));
  }
  if (options_.bias) in_proj_bias_ = param("in_proj_bias", Tensor::zeros({width + 2 * half}));
}

bool Projections::one_matrix() const {
  return options_.kdim == options_.width && options_.vdim == options_.width;
}

Index Projections::pair_width() const {
  return 2 * options_.kv_heads * (options_.width / options_.heads);
}

void Projections::check(const MixerInput& input) const {
  const char* name = mechanism_.c_str();
  require_width(name, input, options_.width, options_.kdim);
  if (options_.context == Context::required) require_context(name, input);
  if (options_.context == Context::refused) refuse_context(name, input);
  const bool continues = input.context.defined() ? options_.cache_context : options_.cache;
  if (!continues) refuse_state(name, input);
  if (positions_ != nullptr && input.context.defined()) {
    throw ValueError(fmt::format("[{}] positions are of one sequence: a context stands nowhere in "
                                 "it\nhint: leave positions at none",
                                 mechanism_));
  }
  check_values(input);
}

void Projections::check_values(const MixerInput& input) const {
  const Index kdim = options_.kdim, vdim = options_.vdim;
  if (!input.context.defined()) {
    if (input.values.defined()) {
      throw ValueError(fmt::format("[{}] values without a context: keys come from the context, too",
                                   mechanism_));
    }
    if (one_matrix()) return;
    throw ValueError(fmt::format("[{}] keys of width {} and values of width {} need a context",
                                 mechanism_, kdim, vdim));
  }
  if (!input.values.defined() && vdim == kdim) return;
  if (!input.values.defined()) {
    throw ValueError(
        fmt::format("[{}] values of width {} must be given: the context, keys of "
                    "width {}, cannot serve",
                    mechanism_, vdim, kdim));
  }
  const Shape expected = input.context.shape().with(2, vdim);
  if (input.values.shape() == expected) return;
  throw ShapeError(fmt::format(
      "[{}] values must be {}, one for each token of the context {}: got {}", mechanism_,
      expected.str(), input.context.shape().str(), input.values.shape().str()));
}

Projected Projections::operator()(const MixerInput& input) const {
  check(input);
  Projected projected = !options_.apply           ? leave(input)
                        : input.context.defined() ? from_context(input)
                                                  : project(input);
  if (positions_ != nullptr) projected = placed(projected, input.state ? input.state->seen : 0);
  if (input.state && !input.context.defined()) continue_from(*input.state, projected);
  if (positions_ != nullptr) {
    projected.bias = positions_->bias(projected.q, projected.k.source.dim(1));
  }
  require_mask(mechanism_.c_str(), input, options_.heads, projected.k.source.dim(1));
  return projected;
}

// By rows `from` to `to` of all three matrices on top of each other; `weight` has just those.
Tensor Projections::rows(const Tensor& x, const Tensor& weight, Index from, Index to) const {
  return linear(x, weight, options_.bias ? slice(in_proj_bias_, 0, from, to) : Tensor());
}

// Of a sequence that looks at itself: one product, where there is one matrix.
Projected Projections::project(const MixerInput& input) const {
  const Index c = options_.width, heads = options_.heads, size = c / heads;
  const Index shared = options_.kv_heads;
  if (options_.packed) {
    const Tensor all = linear(input.x, in_proj_weight_, in_proj_bias_);  // (B, T, C + 2 G D)
    return {{all, 0, heads, size}, {all, c, shared, size}, {all, c + shared * size, shared, size}};
  }
  return {
      queries(input.x), {(*key_)(input.x), 0, shared, size}, {(*value_)(input.x), 0, shared, size}};
}

Heads Projections::queries(const Tensor& x) const {
  const Index c = options_.width;
  Tensor made;
  if (!options_.packed) {
    made = (*query_)(x);
  } else {
    made = rows(x, one_matrix() ? slice(in_proj_weight_, 0, 0, c) : q_proj_weight_, 0, c);
  }
  return {made, 0, options_.heads, c / options_.heads};  // of (B, T, C)
}

// Keys and values only: of one (B, S, 2 G D) where one product makes them, otherwise of two.
Projected Projections::pairs_of_context(const MixerInput& input) const {
  const Index c = options_.width, shared = options_.kv_heads, size = c / options_.heads;
  const Index half = shared * size, end = c + 2 * half;
  const Tensor& values = input.values.defined() ? input.values : input.context;
  if (!options_.packed) {
    return {{}, {(*key_)(input.context), 0, shared, size}, {(*value_)(values), 0, shared, size}};
  }
  if (one_matrix() && !input.values.defined()) {
    const Tensor pairs = rows(input.context, slice(in_proj_weight_, 0, c, end), c, end);
    return {{}, {pairs, 0, shared, size}, {pairs, half, shared, size}};
  }
  const auto part = [&](const Tensor& x, const Tensor& own, Index from) {
    const Tensor weight = one_matrix() ? slice(in_proj_weight_, 0, from, from + half) : own;
    return Heads{rows(x, weight, from, from + half), 0, shared, size};
  };
  return {{}, part(input.context, k_proj_weight_, c), part(values, v_proj_weight_, c + half)};
}

// A state keeps the sources of keys and values, so that the context is projected once.
Projected Projections::from_context(const MixerInput& input) const {
  const Index shared = options_.kv_heads, size = options_.width / options_.heads;
  const Index batch = input.x.dim(0), length = input.context.dim(1);
  Projected made;
  if (input.state && !input.state->tensors.empty()) {
    const std::vector<Tensor>& kept = input.state->tensors;
    if (kept.front().dim(0) != batch || kept.front().dim(1) != length) {
      throw ShapeError(
          fmt::format("[{}] the state holds a context (B, S) = ({}, {}), the input one "
                      "of ({}, {})\nhint: a state belongs to one context",
                      mechanism_, kept.front().dim(0), kept.front().dim(1), batch, length));
    }
    made.k = {kept.front(), 0, shared, size};
    made.v = {kept.back(), kept.size() == 1 ? shared * size : 0, shared, size};
    made.state = *input.state;
  } else {
    made = pairs_of_context(input);
    if (input.state) {
      made.state = MixerState{{made.k.source}, length};
      if (made.v.offset == 0) made.state->tensors.push_back(made.v.source);
    }
  }
  made.q = queries(input.x);
  return made;
}

Projected Projections::leave(const MixerInput& input) const {
  const Index heads = options_.heads, size = options_.width / heads;
  const Tensor& keys = input.context.defined() ? input.context : input.x;
  const Tensor& values = input.values.defined() ? input.values : keys;
  return {{input.x, 0, heads, size}, {keys, 0, heads, size}, {values, 0, heads, size}};
}

// A state keeps keys as they were turned when they came.
Projected Projections::placed(const Projected& projected, Index start) const {
  Projected at = projected;
  at.q = positions_->turned(at.q, start);
  at.k = positions_->turned(at.k, start);
  return at;
}

// Puts the cached keys and values, (B, past, 2 G D), in front.
void Projections::continue_from(const MixerState& past, Projected& projected) const {
  const Index fresh = projected.k.source.dim(1), columns = pair_width();
  Tensor pairs;
  const bool side_by_side = options_.packed && options_.apply &&
                            options_.positions != Positions::rotary;  // as one product made them
  if (side_by_side) {
    pairs = slice(projected.k.source, 2, projected.k.offset, projected.k.offset + columns);
  } else {
    pairs = concat({columns_of(projected.k), columns_of(projected.v)}, 2);
  }
  if (!past.tensors.empty()) {
    const Tensor& kept = past.tensors[0];
    if (kept.rank() != 3 || kept.dim(0) != pairs.dim(0) || kept.dim(2) != columns) {
      throw ShapeError(
          fmt::format("[{}] the state holds keys and values {}, the input makes ({}, T, {})\n"
                      "hint: a state belongs to one layer and one batch",
                      mechanism_, kept.shape().str(), pairs.dim(0), columns));
    }
  }
  if (!past.tensors.empty()) pairs = append(past.tensors[0], pairs, 1);  // (B, S, 2 G D)
  projected.k.source = projected.v.source = pairs;
  projected.k.offset = 0;
  projected.v.offset = columns / 2;
  projected.state = MixerState{{pairs}, past.seen + fresh};
}

ByHeads Projections::by_heads(const MixerInput& input, const Pattern& pattern) const {
  const auto [q, k, v, visible, bias] = placed_by_heads(input, pattern);
  if (bias.defined()) {
    throw ValueError(fmt::format("[{}] positions add to the scores\nhint: call placed_by_heads()",
                                 mechanism_));
  }
  return {q, k, v, visible};
}

PlacedByHeads Projections::placed_by_heads(const MixerInput& input, const Pattern& pattern) const {
  const Projected at = (*this)(input);
  const Index times = options_.heads / options_.kv_heads;
  const Tensor k = heads_of(at.k, times);
  return {heads_of(at.q), k, heads_of(at.v, times), visible(pattern, input, k.dim(2)), at.bias};
}

Tensor Projections::output(const Tensor& heads) const {
  return out_proj_ == nullptr ? heads : (*out_proj_)(heads);
}

Tensor Projections::merge(const Tensor& y) const { return output(merge_heads(y)); }

}  // namespace heed::inline HEED_REAL::attention
