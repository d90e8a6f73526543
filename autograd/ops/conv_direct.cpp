#include "autograd/ops/conv_direct.h"

#include <algorithm>
#include <array>
#include <vector>

#include "autograd/ops/lane.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

// What the registers hold at a time: results of `most_outputs` channels at `lanes` lanes of places.
constexpr Index lanes = 3;
constexpr Index most_outputs = sizeof(Lane::Batch) == 64 ? 8 : 4;
constexpr Index step = lanes * Lane::size;
// And for weights: those of `most_taps` taps for each of `most_rows` outputs.
constexpr Index most_rows = sizeof(Lane::Batch) == 64 ? 8 : 4;
constexpr Index most_taps = 2;
// Fixed by the shapes alone, so that the number of threads changes no bit.
constexpr Index chunk = 32;                  // result channels that a piece of work makes
constexpr Index weight_chunk = 16;           // outputs whose weights' gradients it makes
constexpr Index tile_work = Index{1} << 18;  // multiply-adds that are worth a thread

// Starts where a lane may: elsewhere each load would touch two lines of the cache.
using Room = std::vector<Real, xsimd::aligned_allocator<Real>>;

Index pieces_of(Index whole, Index piece) { return (whole + piece - 1) / piece; }
Index rounded_up(Index n, Index to) { return pieces_of(n, to) * to; }

void copy_row(const Real* from, Index n, Real* to) {
  if (n < Lane::size) {
    std::copy_n(from, n, to);
    return;
  }
  for (Index i = 0; i + Lane::size < n; i += Lane::size) Lane::load(from + i).store(to + i);
  Lane::load(from + n - Lane::size).store(to + n - Lane::size);
}

// Images laid out for windows: `inner` channels in, `in` large, to results `out` large.
struct Flat {
  Index inner, taps;
  HeightWidth in, out;
  HeightWidth before;          // padding above and on the left
  Index width;                 // of a padded row
  Index plane;                 // numbers of a padded channel
  std::vector<Index> offsets;  // (inner, taps)

  Flat(const ConvPlan& p, Index channels, HeightWidth from, HeightWidth to, HeightWidth padding,
       bool turned_round)
      : inner(channels), taps(p.taps()), in(from), out(to), before(padding), width(0), plane(0) {
    const HeightWidth reach{window_span(p.window.height, p.dilation.height) - 1,
                            window_span(p.window.width, p.dilation.width) - 1};
    width = out.width + reach.width;
    plane = (out.height + reach.height) * width;
    for (Index c = 0; c < inner; ++c) {
      for (Index t = 0; t < taps; ++t) {
        const Index down = t / p.window.width * p.dilation.height;
        const Index right = t % p.window.width * p.dilation.width;
        offsets.push_back(c * plane + (turned_round
                                           ? (reach.height - down) * width + (reach.width - right)
                                           : down * width + right));
      }
    }
  }

  Index places() const { return out.height * width; }
  // What is read behind the last channel counts as well.
  Index room() const { return inner * plane + width + step; }

  // The channels at `image` into a room that was 0.
  void pad(const Real* image, Real* to) const {
    for (Index c = 0; c < inner; ++c, to += plane, image += in.height * in.width) {
      for (Index y = 0; y < in.height; ++y) {
        copy_row(image + y * in.width, in.width, to + (y + before.height) * width + before.width);
      }
    }
  }
};

Flat flat_forward(const ConvPlan& p) {
  return {p, p.group_channels(), p.in, p.out, p.padding, false};
}
Flat flat_backward(const ConvPlan& p) {
  const HeightWidth before{window_span(p.window.height, p.dilation.height) - 1 - p.padding.height,
                           window_span(p.window.width, p.dilation.width) - 1 - p.padding.width};
  return {p, p.group_outputs(), p.out, p.in, before, true};
}

// ---- results from an image --------------------------------------------------------------------

// The largest block of outputs that is left to do.
Index block_of(Index left) {
  Index block = most_outputs;
  while (block > left) block /= 2;
  return block;
}

// weights (inner * taps, outputs); flat (outputs, places, rounded up to steps).
template <Index outputs>
void convolve_block(const Flat& flat, const Real* image, const Real* weights, const Real* bias,
                    Real* result) {
  const Index row = rounded_up(flat.places(), step);
  const auto inner = static_cast<Index>(flat.offsets.size());
  const Index* offsets = flat.offsets.data();
  for (Index p = 0; p < flat.places(); p += step) {
    Lane sums[outputs][lanes];
    for (Index o = 0; o < outputs; ++o) {
      for (Lane& sum : sums[o]) sum = Lane(bias ? Lane::Batch(bias[o]) : Lane::Batch(Real{0}));
    }
    for (Index k = 0; k < inner; ++k) {
      const Real* from = image + offsets[k] + p;
      Lane x[lanes];
      for (Index l = 0; l < lanes; ++l) x[l] = Lane::load(from + l * Lane::size);
      for (Index o = 0; o < outputs; ++o) {
        const Lane weight = Lane::Batch(weights[k * outputs + o]);
        for (Index l = 0; l < lanes; ++l) sums[o][l] = fma(weight, x[l], sums[o][l]);
      }
    }
    for (Index o = 0; o < outputs; ++o) {
      for (Index l = 0; l < lanes; ++l) sums[o][l].store(result + o * row + p + l * Lane::size);
    }
  }
}

void convolve_block(Index outputs, const Flat& flat, const Real* image, const Real* weights,
                    const Real* bias, Real* result) {
  switch (outputs) {
    case 1:
      return convolve_block<1>(flat, image, weights, bias, result);
    case 2:
      return convolve_block<2>(flat, image, weights, bias, result);
    case 4:
      return convolve_block<4>(flat, image, weights, bias, result);
    default:
      return convolve_block<most_outputs>(flat, image, weights, bias, result);
  }
}

// The weights in the order in which they are needed: block by block of outputs, (k, output) in
// each. weight(o, k) for `outer` outputs of a group; blocks do not reach over a chunk.
template <class Weight>
std::vector<Real> in_blocks(Index outer, Index inner, Weight weight) {
  std::vector<Real> packed;
  packed.reserve(static_cast<std::size_t>(outer * inner));
  for (Index first = 0; first < outer;) {
    const Index block = block_of(std::min(outer, rounded_up(first + 1, chunk)) - first);
    for (Index k = 0; k < inner; ++k) {
      for (Index o = first; o < first + block; ++o) packed.push_back(weight(o, k));
    }
    first += block;
  }
  return packed;
}

// Results (images, groups, outer) of the size of flat.out. A piece: a chunk of outputs of a group
// of an image.
void convolve(const Flat& flat, Index images, Index groups, Index outer, const Real* source,
              const std::vector<std::vector<Real>>& weights, const Real* bias, Real* result) {
  const auto inner = static_cast<Index>(flat.offsets.size());
  const Index chunks = pieces_of(outer, chunk);
  const Index pieces = images * groups * chunks;
  const Index work = inner * std::min(outer, chunk) * flat.places();
  const Index together = std::max<Index>(1, tile_work / std::max<Index>(1, work));
  parallel_for(pieces_of(pieces, together), [&](Index tile) {
    const Index row = rounded_up(flat.places(), step);
    Room padded(static_cast<std::size_t>(flat.room()));
    Room made(static_cast<std::size_t>(most_outputs * row));
    const Index stop = std::min(pieces, (tile + 1) * together);
    for (Index piece = tile * together; piece < stop; ++piece) {
      const Index part = piece / chunks, group = part % groups;
      const Index end = std::min(outer, (piece % chunks + 1) * chunk);
      flat.pad(source + part * flat.inner * flat.in.height * flat.in.width, padded.data());
      for (Index first = piece % chunks * chunk; first < end;) {
        const Index block = block_of(end - first);
        convolve_block(block, flat, padded.data(),
                       weights[static_cast<std::size_t>(group)].data() + first * inner,
                       bias ? bias + group * outer + first : nullptr, made.data());
        Real* to = result + (part * outer + first) * flat.out.height * flat.out.width;
        for (Index o = 0; o < block; ++o) {
          for (Index y = 0; y < flat.out.height; ++y, to += flat.out.width) {
            copy_row(made.data() + o * row + y * flat.width, flat.out.width, to);
          }
        }
        first += block;
      }
    }
  });
}

// ---- weights from two images ------------------------------------------------------------------

// Adds to (outputs, inner * taps), of which `outputs` rows and `taps` neighbours are made at a
// time.
template <Index outputs, Index taps>
void add_weights(const Flat& flat, Index k, const Real* image, const Real* g, Index g_row,
                 Real* dweight) {
  const auto inner = static_cast<Index>(flat.offsets.size());
  const Index* offsets = flat.offsets.data() + k;
  Lane sums[outputs][taps];
  for (Index p = 0; p < flat.places(); p += Lane::size) {
    Lane cotangents[outputs];
    for (Index o = 0; o < outputs; ++o) cotangents[o] = Lane::load(g + o * g_row + p);
    for (Index t = 0; t < taps; ++t) {
      const Lane x = Lane::load(image + offsets[t] + p);
      for (Index o = 0; o < outputs; ++o) sums[o][t] = fma(cotangents[o], x, sums[o][t]);
    }
  }
  for (Index o = 0; o < outputs; ++o) {
    for (Index t = 0; t < taps; ++t) dweight[o * inner + k + t] += sum_of(sums[o][t]);
  }
}

template <Index outputs>
void add_weights(const Flat& flat, const Real* image, const Real* g, Index g_row, Real* dweight) {
  const auto inner = static_cast<Index>(flat.offsets.size());
  Index k = 0;
  for (; k + most_taps <= inner; k += most_taps) {
    add_weights<outputs, most_taps>(flat, k, image, g, g_row, dweight);
  }
  for (; k < inner; ++k) add_weights<outputs, 1>(flat, k, image, g, g_row, dweight);
}

}  // namespace

bool is_direct(const ConvPlan& p) {
  const HeightWidth span{window_span(p.window.height, p.dilation.height),
                         window_span(p.window.width, p.dilation.width)};
  if (p.stride.height != 1 || p.stride.width != 1 || p.taps() == 1) return false;
  if (p.padding.height >= span.height || p.padding.width >= span.width) return false;
  const auto worth = [&](HeightWidth result) {
    const Index made = rounded_up(result.height * (result.width + span.width - 1), step);
    return 3 * result.height * result.width >= 2 * made;
  };
  return worth(p.out) && worth(p.in);
}

void direct_forward(const ConvPlan& p, const Real* x, const Real* weight, const Real* bias,
                    Real* y) {
  const Index inner = p.group_channels() * p.taps(), outer = p.group_outputs();
  std::vector<std::vector<Real>> packed;
  for (Index group = 0; group < p.groups; ++group) {
    const Real* own = weight + group * outer * inner;
    packed.push_back(in_blocks(outer, inner, [&](Index o, Index k) { return own[o * inner + k]; }));
  }
  convolve(flat_forward(p), p.batch, p.groups, outer, x, packed, bias, y);
}

void direct_to_input(const ConvPlan& p, const Real* g, const Real* weight, Real* dx) {
  const Index taps = p.taps(), outer = p.group_channels();
  std::vector<std::vector<Real>> packed;
  for (Index group = 0; group < p.groups; ++group) {
    const Real* own = weight + group * p.group_outputs() * outer * taps;
    packed.push_back(in_blocks(outer, p.group_outputs() * taps, [&](Index c, Index k) {
      return own[(k / taps * outer + c) * taps + k % taps];
    }));
  }
  convolve(flat_backward(p), p.batch, p.groups, outer, g, packed, nullptr, dx);
}

// A piece: some outputs of a group, over all images in turn.
void direct_to_weight(const ConvPlan& p, const Real* x, const Real* g, Real* dweight) {
  const Flat flat = flat_forward(p);
  const auto inner = static_cast<Index>(flat.offsets.size());
  const Index outer = p.group_outputs();
  const Index chunks = pieces_of(outer, weight_chunk);
  const Index pieces = p.groups * chunks;
  const Index work = inner * std::min(outer, weight_chunk) * flat.places() * p.batch;
  const Index together = std::max<Index>(1, tile_work / std::max<Index>(1, work));
  std::fill_n(dweight, p.outputs * inner, Real{0});
  parallel_for(pieces_of(pieces, together), [&](Index tile) {
    // The cotangent is 0 between its rows, where the image is not.
    const Index row = rounded_up(flat.places(), Lane::size);
    Room padded(static_cast<std::size_t>(flat.room()));
    Room cotangents(static_cast<std::size_t>(weight_chunk * row));
    const Index stop = std::min(pieces, (tile + 1) * together);
    for (Index piece = tile * together; piece < stop; ++piece) {
      const Index group = piece / chunks, first = piece % chunks * weight_chunk;
      const Index count = std::min(outer - first, weight_chunk);
      Real* to = dweight + (group * outer + first) * inner;
      for (Index b = 0; b < p.batch; ++b) {
        const Index part = b * p.groups + group;
        flat.pad(x + part * p.group_channels() * p.pixels(), padded.data());
        const Real* from = g + (part * outer + first) * p.places();
        for (Index o = 0; o < count; ++o) {
          for (Index line = 0; line < p.out.height; ++line, from += p.out.width) {
            copy_row(from, p.out.width, cotangents.data() + o * row + line * flat.width);
          }
        }
        Index o = 0;
        for (; o + most_rows <= count; o += most_rows) {
          add_weights<most_rows>(flat, padded.data(), cotangents.data() + o * row, row,
                                 to + o * inner);
        }
        for (; o < count; ++o) {
          add_weights<1>(flat, padded.data(), cotangents.data() + o * row, row, to + o * inner);
        }
      }
    }
  });
}

}  // namespace heed::inline HEED_REAL
