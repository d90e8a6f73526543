#include "autograd/kernels/conv_direct.h"

#include <algorithm>
#include <vector>

#include "autograd/kernels/flat_image.h"
#include "autograd/kernels/pieces.h"

namespace heed::inline HEED_REAL {
namespace {

// What the registers hold at a time: results of `most_outputs` channels at `lanes` lanes of places.
constexpr Index lanes = 3;
constexpr Index most_outputs = sizeof(Lane::Batch) == 64 ? 8 : 4;
constexpr Index step = lanes * Lane::size;
// Fixed by the shapes alone, so that the number of threads changes no bit.
constexpr Index chunk = 32;                  // result channels that a piece of work makes
constexpr Index tile_work = Index{1} << 18;  // multiply-adds that are worth a thread

// ---- results from an image --------------------------------------------------------------------

// The largest block of outputs that is left to do.
Index block_of(Index left) {
  Index block = most_outputs;
  while (block > left) block /= 2;
  return block;
}

// weights (inner * taps, outputs); made (outputs, places, rounded up to steps). `result` is where
// that goes afterwards: asked for now, it is there by then.
template <Index outputs>
void convolve_block(const FlatImage& flat, const Real* image, const Real* weights, const Real* bias,
                    Real* made, const Real* result) {
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
      const Real* at = result + o * flat.out.height * flat.out.width + p;
      for (Index l = 0; l < lanes; ++l) {
        sums[o][l].store(made + o * row + p + l * Lane::size);
        __builtin_prefetch(at + l * Lane::size, 1);
      }
    }
  }
}

void convolve_block(Index outputs, const FlatImage& flat, const Real* image, const Real* weights,
                    const Real* bias, Real* made, const Real* result) {
  switch (outputs) {
    case 1:
      return convolve_block<1>(flat, image, weights, bias, made, result);
    case 2:
      return convolve_block<2>(flat, image, weights, bias, made, result);
    case 4:
      return convolve_block<4>(flat, image, weights, bias, made, result);
    default:
      return convolve_block<most_outputs>(flat, image, weights, bias, made, result);
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
void convolve(const FlatImage& flat, Index images, Index groups, Index outer, const Real* source,
              const std::vector<std::vector<Real>>& weights, const Real* bias, Real* result) {
  const auto inner = static_cast<Index>(flat.offsets.size());
  const Index chunks = pieces_of(outer, chunk);
  const Index row = rounded_up(flat.places(), step);
  const Index work = inner * std::min(outer, chunk) * flat.places();
  for_pieces(images * groups * chunks, work, tile_work, [&](Index piece, Index stop) {
    Room padded = room_of(flat.room(step));
    Room made = room_of(most_outputs * row);
    for (; piece < stop; ++piece) {
      const Index part = piece / chunks, group = part % groups;
      const Index end = std::min(outer, (piece % chunks + 1) * chunk);
      flat.pad(source + part * flat.inner * flat.in.height * flat.in.width, flat.inner,
               padded.data());
      for (Index first = piece % chunks * chunk; first < end;) {
        const Index block = block_of(end - first);
        Real* to = result + (part * outer + first) * flat.out.height * flat.out.width;
        convolve_block(block, flat, padded.data(),
                       weights[static_cast<std::size_t>(group)].data() + first * inner,
                       bias ? bias + group * outer + first : nullptr, made.data(), to);
        for (Index o = 0; o < block; ++o, to += flat.out.height * flat.out.width) {
          copy_rows(flat.out.height, flat.out.width, made.data() + o * row, flat.width, to,
                    flat.out.width);
        }
        first += block;
      }
    }
  });
}

}  // namespace

bool is_direct(const ConvPlan& p) {
  const HeightWidth span{window_span(p.window.height, p.dilation.height),
                         window_span(p.window.width, p.dilation.width)};
  if (p.stride.height != 1 || p.stride.width != 1 || p.taps() == 1) return false;
  if (p.padding.height >= span.height || p.padding.width >= span.width) return false;
  const auto worth = [](const FlatImage& flat) {
    return 3 * flat.out.height * flat.out.width >= 2 * rounded_up(flat.places(), step);
  };
  return worth(flat_forward(p, 0)) && worth(flat_backward(p, 0));
}

void direct_forward(const ConvPlan& p, const Real* x, const Real* weight, const Real* bias,
                    Real* y) {
  const Index inner = p.group_channels() * p.taps(), outer = p.group_outputs();
  std::vector<std::vector<Real>> packed;
  for (Index group = 0; group < p.groups; ++group) {
    const Real* own = weight + group * outer * inner;
    packed.push_back(in_blocks(outer, inner, [&](Index o, Index k) { return own[o * inner + k]; }));
  }
  convolve(flat_forward(p, p.group_channels()), p.batch, p.groups, outer, x, packed, bias, y);
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
  convolve(flat_backward(p, p.group_outputs()), p.batch, p.groups, outer, g, packed, nullptr, dx);
}

}  // namespace heed::inline HEED_REAL
