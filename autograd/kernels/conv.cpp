#include "autograd/kernels/conv.h"

#include <algorithm>
#include <memory>

#include "autograd/finite.h"
#include "autograd/kernels/conv_direct.h"
#include "autograd/kernels/gemm.h"
#include "autograd/kernels/pieces.h"
#include "autograd/ledger.h"

namespace heed::inline HEED_REAL {
namespace {

// Everything below is fixed by the shapes alone, so that the number of threads changes no bit.
constexpr Index block_elements = Index{1} << 16;  // of a block of columns: the second level cache
constexpr Index fewest_places = 64;               // in a block, for a good matrix product
constexpr Index most_rows = 256;                  // in a block that is cut by channels
constexpr Index tile_work = Index{1} << 18;       // multiply-adds that are worth a thread

// A window of one pixel: the image itself is the column matrix.
bool is_pointwise(const ConvPlan& p) {
  return p.taps() == 1 && p.stride.height == 1 && p.stride.width == 1 && p.padding.height == 0 &&
         p.padding.width == 0 && p.pixels() == p.places();
}

Index places_of_block(const ConvPlan& p, Index rows) {
  const Index fitting = std::max(fewest_places, block_elements / std::max<Index>(1, rows));
  return std::min(fitting, p.places());
}

Index channels_of_block(const ConvPlan& p) {
  return std::clamp<Index>(most_rows / p.taps(), 1, std::max<Index>(1, p.group_channels()));
}

// visit(at, from, n): in the row of `tap`, the n places from first + at on meet the pixels from,
// from + stride.width, ... of their channel; the places that no visit names meet padding.
template <class Visit>
void for_runs(const ConvPlan& p, Index tap, Index first, Index count, Visit visit) {
  const Index up = tap / p.window.width * p.dilation.height - p.padding.height;
  const Index left = tap % p.window.width * p.dilation.width - p.padding.width;
  const Index step = p.stride.width;
  // The columns of the result whose pixel lies inside the image.
  const Index begin = left >= 0 ? 0 : (-left + step - 1) / step;
  const Index end = left >= p.in.width ? 0 : (p.in.width - 1 - left) / step + 1;
  for (Index at = 0; at < count;) {
    const Index column = (first + at) % p.out.width;
    const Index n = std::min(count - at, p.out.width - column);
    const Index y = (first + at) / p.out.width * p.stride.height + up;
    const Index from = std::max(column, begin);
    const Index to = std::min(column + n, end);
    if (y >= 0 && y < p.in.height && from < to) {
      visit(at + from - column, y * p.in.width + from * step + left, to - from);
    }
    at += n;
  }
}

// A block of the column matrix: `channels` planes of one image, `count` places.
class Columns {
 public:
  Columns(const ConvPlan& plan, Index channels)
      : plan_(plan),
        rows_(channels * plan.taps()),
        step_(places_of_block(plan, rows_)),
        values_(std::make_unique_for_overwrite<Real[]>(static_cast<std::size_t>(rows_ * step_))) {}

  // The places of a block; the last one may have fewer.
  Index step() const { return step_; }
  Real* data() { return values_.get(); }

  // From the planes at `image` to columns.
  void collect(const Real* image, Index channels, Index first, Index count) {
    Real* row = data();
    for (Index r = 0; r < channels * plan_.taps(); ++r, row += count) {
      const Real* plane = image + r / plan_.taps() * plan_.pixels();
      std::fill_n(row, count, Real{0});
      for_runs(plan_, r % plan_.taps(), first, count, [&](Index at, Index from, Index n) {
        const Index stride = plan_.stride.width;
        if (stride == 1) {
          std::copy_n(plane + from, n, row + at);
        } else {
          for (Index i = 0; i < n; ++i) row[at + i] = plane[from + i * stride];
        }
      });
    }
  }

  // And back: adds the columns to the pixels they stand for.
  void add_to(Real* image, Index channels, Index first, Index count) {
    const Real* row = data();
    for (Index r = 0; r < channels * plan_.taps(); ++r, row += count) {
      Real* plane = image + r / plan_.taps() * plan_.pixels();
      for_runs(plan_, r % plan_.taps(), first, count, [&](Index at, Index from, Index n) {
        const Index stride = plan_.stride.width;
        if (stride == 1) {
          for (Index i = 0; i < n; ++i) plane[from + i] += row[at + i];
        } else {
          for (Index i = 0; i < n; ++i) plane[from + i * stride] += row[at + i];
        }
      });
    }
  }

 private:
  const ConvPlan& plan_;
  Index rows_;
  Index step_;
  std::unique_ptr<Real[]> values_;
};

void count_conv(const ConvPlan& p) {
  const Index results = p.batch * p.outputs * p.places();
  const Index weights = p.outputs * p.group_channels() * p.taps();
  const Index pixels = p.batch * p.channels * p.pixels();
  count_cost(static_cast<std::uint64_t>(results * p.group_channels() * p.taps()),
             static_cast<std::uint64_t>(results + weights + pixels) * sizeof(Real));
}

}  // namespace

// A piece: one group of one image, as many places as a block has.
void conv_forward(const ConvPlan& p, const Real* x, const Real* weight, const Real* bias, Real* y) {
  count_conv(p);
  if (is_direct(p)) return direct_forward(p, x, weight, bias, y);
  const Index inner = p.group_channels() * p.taps();
  const Index outer = p.group_outputs();
  const Index step = places_of_block(p, inner);
  const Index cuts = pieces_of(p.places(), step);
  const bool pointwise = is_pointwise(p);
  for_pieces(p.batch * p.groups * cuts, inner * outer * step, tile_work,
             [&](Index begin, Index end) {
               Columns columns(p, pointwise ? 0 : p.group_channels());
               for (Index piece = begin; piece < end; ++piece) {
                 const Index part = piece / cuts;  // counts images and, within each, groups
                 const Index group = part % p.groups;
                 const Index first = piece % cuts * step;
                 const Index count = std::min(step, p.places() - first);
                 const Real* image = x + part * p.group_channels() * p.pixels();
                 Real* to = y + part * outer * p.places() + first;
                 if (bias) {
                   for (Index o = 0; o < outer; ++o) {
                     std::fill_n(to + o * p.places(), count, bias[group * outer + o]);
                   }
                 }
                 if (!pointwise) columns.collect(image, p.group_channels(), first, count);
                 const Matrix right =
                     pointwise ? Matrix{image + first, p.pixels()} : Matrix{columns.data(), count};
                 gemm(outer, count, inner, 1, {weight + group * outer * inner, inner}, right,
                      bias ? 1 : 0, to, p.places());
               }
             });
}

// A piece: some channels of one group of one image, at all places in turn.
void conv_to_input(const ConvPlan& p, const Real* g, const Real* weight, Real* dx) {
  count_conv(p);
  const Index inner = p.group_channels() * p.taps();
  const Index outer = p.group_outputs();
  // Beside the zeros around g, a NaN of a weight would come into pixels that it has no part in.
  if (is_direct(p) && all_finite(weight, p.outputs * inner)) {
    return direct_to_input(p, g, weight, dx);
  }
  const Index together = channels_of_block(p);
  const Index cuts = pieces_of(p.group_channels(), together);
  const bool pointwise = is_pointwise(p);
  const Index work = outer * together * p.taps() * p.places();
  for_pieces(p.batch * p.groups * cuts, work, tile_work, [&](Index begin, Index end) {
    Columns columns(p, together);
    for (Index piece = begin; piece < end; ++piece) {
      const Index part = piece / cuts;
      const Index channel = piece % cuts * together;
      const Index channels = std::min(together, p.group_channels() - channel);
      Real* image = dx + (part * p.group_channels() + channel) * p.pixels();
      const Matrix left{weight + part % p.groups * outer * inner + channel * p.taps(), inner, true};
      if (!pointwise) std::fill_n(image, channels * p.pixels(), Real{0});
      for (Index first = 0; first < p.places(); first += columns.step()) {
        const Index count = std::min(columns.step(), p.places() - first);
        const Matrix right{g + part * outer * p.places() + first, p.places()};
        gemm(channels * p.taps(), count, outer, 1, left, right, 0,
             pointwise ? image + first : columns.data(), pointwise ? p.pixels() : count);
        if (!pointwise) columns.add_to(image, channels, first, count);
      }
    }
  });
}

// A piece: some channels of one group, over all images and places in turn.
void conv_to_weight(const ConvPlan& p, const Real* x, const Real* g, Real* dweight) {
  count_conv(p);
  if (is_direct(p)) return direct_to_weight(p, x, g, dweight);
  const Index inner = p.group_channels() * p.taps();
  const Index outer = p.group_outputs();
  const Index together = channels_of_block(p);
  const Index cuts = pieces_of(p.group_channels(), together);
  const bool pointwise = is_pointwise(p);
  const Index work = outer * together * p.taps() * p.places() * p.batch;
  std::fill_n(dweight, p.outputs * inner, Real{0});
  for_pieces(p.groups * cuts, work, tile_work, [&](Index begin, Index end) {
    Columns columns(p, together);
    for (Index piece = begin; piece < end; ++piece) {
      const Index group = piece / cuts;
      const Index channel = piece % cuts * together;
      const Index channels = std::min(together, p.group_channels() - channel);
      Real* to = dweight + group * outer * inner + channel * p.taps();
      for (Index b = 0; b < p.batch; ++b) {
        const Index part = b * p.groups + group;
        const Real* image = x + (part * p.group_channels() + channel) * p.pixels();
        for (Index first = 0; first < p.places(); first += columns.step()) {
          const Index count = std::min(columns.step(), p.places() - first);
          if (!pointwise) columns.collect(image, channels, first, count);
          const Matrix right = pointwise ? Matrix{image + first, p.pixels(), true}
                                         : Matrix{columns.data(), count, true};
          gemm(outer, channels * p.taps(), count, 1,
               {g + part * outer * p.places() + first, p.places()}, right, 1, to, inner);
        }
      }
    }
  });
}

}  // namespace heed::inline HEED_REAL
