// The way back to the weight, without a column matrix: conv_direct.h.
#include <algorithm>

#include "autograd/kernels/conv_direct.h"
#include "autograd/kernels/flat_image.h"
#include "autograd/kernels/pieces.h"
#include "autograd/kernels/strided_copy.h"

namespace heed::inline HEED_REAL {
namespace {

// What the registers hold at a time: sums of `most_taps` taps, for each of `most_lanes` lanes of
// outputs where there are many of those.
constexpr Index most_taps = sizeof(Lane::Batch) == 64 ? 9 : 6, some_taps = 3;
constexpr Index most_lanes = 2;
// Fixed by the shapes alone, so that the number of threads changes no bit.
constexpr Index most_inner = 96;             // weights of an output that a piece of work makes,
constexpr Index most_outputs = 32;           // of how many outputs,
constexpr Index most_places = 1024;          // from how many places at a time: the sums stay short
constexpr Index tile_work = Index{1} << 18;  // multiply-adds that are worth a thread

// Some channels of a group to some of its outputs.
struct Part {
  Index outputs, channels;
  Index inner;  // weights of an output
};

// Both of the following sum over images, of which one is there at a time.

// Lanes are outputs: every number of the image meets its cotangents.
class ManyOutputs {
 public:
  ManyOutputs(const FlatImage& flat, Index outputs)
      : flat_(flat),
        step_(rounded_up(outputs, Lane::size)),
        columns_(std::min(flat.out.width, most_places)),
        lines_(std::min(flat.out.height, most_places / columns_)),
        cotangents_(room_of(lines_ * columns_ * step_)),
        sums_(room_of(static_cast<Index>(flat.offsets.size()) * step_)) {}

  void clear() { std::fill(sums_.begin(), sums_.end(), Real{0}); }

  void add(const Real* image, const Real* g, const Part& part) {
    const HeightWidth out = flat_.out;
    for (Index line = 0; line < out.height; line += lines_) {
      for (Index column = 0; column < out.width; column += columns_) {
        const HeightWidth places{std::min(lines_, out.height - line),
                                 std::min(columns_, out.width - column)};
        rearrange({places.height, places.width, part.outputs}, cotangents_.data(),
                  {places.width * step_, step_, 1}, g + line * out.width + column,
                  {out.width, 1, out.height * out.width});
        add_places(image + line * flat_.width + column, places, part.inner);
      }
    }
  }

  Real sum(Index output, Index k) const {
    return sums_[static_cast<std::size_t>(k * step_ + output)];
  }

 private:
  void add_places(const Real* image, HeightWidth places, Index inner) {
    Index lane = 0;
    for (; lane + most_lanes * Lane::size <= step_; lane += most_lanes * Lane::size) {
      add_lanes<most_lanes>(image, places, inner, lane);
    }
    for (; lane < step_; lane += Lane::size) add_lanes<1>(image, places, inner, lane);
  }

  template <Index lanes>
  void add_lanes(const Real* image, HeightWidth places, Index inner, Index lane) {
    Index k = 0;
    for (; k + most_taps <= inner; k += most_taps) add<lanes, most_taps>(image, places, lane, k);
    for (; k + some_taps <= inner; k += some_taps) add<lanes, some_taps>(image, places, lane, k);
    for (; k < inner; ++k) add<lanes, 1>(image, places, lane, k);
  }

  template <Index lanes, Index taps>
  void add(const Real* image, HeightWidth places, Index lane, Index k) {
    Lane found[taps][lanes];
    const Real* g = cotangents_.data() + lane;
    const Index* offsets = flat_.offsets.data() + k;
    for (Index line = 0; line < places.height; ++line, image += flat_.width) {
      for (Index p = 0; p < places.width; ++p, g += step_) {
        Lane cotangents[lanes];
        for (Index l = 0; l < lanes; ++l) cotangents[l] = Lane::load(g + l * Lane::size);
        for (Index t = 0; t < taps; ++t) {
          const Lane x = Lane::Batch(image[offsets[t] + p]);
          for (Index l = 0; l < lanes; ++l) found[t][l] = fma(x, cotangents[l], found[t][l]);
        }
      }
    }
    for (Index t = 0; t < taps; ++t) {
      Real* sum = sums_.data() + (k + t) * step_ + lane;
      for (Index l = 0; l < lanes; ++l, sum += Lane::size) {
        (Lane::load(sum) + found[t][l]).store(sum);
      }
    }
  }

  const FlatImage& flat_;
  Index step_;             // outputs, in whole lanes
  Index columns_, lines_;  // places at a time
  Room cotangents_;        // (places, outputs)
  Room sums_;              // (inner, outputs)
};

// Lanes are places. Between the rows, where the image is not, the cotangent is 0.
class FewOutputs {
 public:
  FewOutputs(const FlatImage& flat, Index outputs)
      : flat_(flat),
        step_(static_cast<Index>(flat.offsets.size())),
        cotangents_(room_of(rounded_up(flat.places(), Lane::size))),
        sums_(room_of(outputs * step_ * Lane::size)) {}

  void clear() { std::fill(sums_.begin(), sums_.end(), Real{0}); }

  void add(const Real* image, const Real* g, const Part& part) {
    const HeightWidth out = flat_.out;
    for (Index o = 0; o < part.outputs; ++o, g += out.height * out.width) {
      copy_rows(out.height, out.width, g, out.width, cotangents_.data(), flat_.width);
      Index k = 0;
      for (; k + most_taps <= part.inner; k += most_taps) add<most_taps>(image, o, k);
      for (; k + some_taps <= part.inner; k += some_taps) add<some_taps>(image, o, k);
      for (; k < part.inner; ++k) add<1>(image, o, k);
    }
  }

  Real sum(Index output, Index k) const {
    return sum_of(Lane::load(sums_.data() + (output * step_ + k) * Lane::size));
  }

 private:
  template <Index taps>
  void add(const Real* image, Index output, Index k) {
    Lane found[taps];
    const Index* offsets = flat_.offsets.data() + k;
    for (Index p = 0; p < flat_.places(); p += Lane::size) {
      const Lane cotangent = Lane::load(cotangents_.data() + p);
      for (Index t = 0; t < taps; ++t) {
        found[t] = fma(Lane::load(image + offsets[t] + p), cotangent, found[t]);
      }
    }
    Real* sum = sums_.data() + (output * step_ + k) * Lane::size;
    for (Index t = 0; t < taps; ++t, sum += Lane::size) (Lane::load(sum) + found[t]).store(sum);
  }

  const FlatImage& flat_;
  Index step_;       // weights of an output
  Room cotangents_;  // of an output, laid out like the places of the image
  Room sums_;        // (outputs, inner), a lane each
};

Index channels_of_piece(const ConvPlan& p) {
  const Index most = std::max<Index>(1, most_inner / p.taps());
  return std::max<Index>(1, even_piece(p.group_channels(), most));
}

// A piece: some outputs and some channels of a group, over all images in turn.
template <class Sums>
void to_weight(const ConvPlan& p, const Real* x, const Real* g, Real* dweight) {
  const Index outer = p.group_outputs(), channels = p.group_channels(), taps = p.taps();
  const Index together = channels_of_piece(p);
  const Index cuts = pieces_of(channels, together), chunks = pieces_of(outer, most_outputs);
  const Index work = together * taps * std::min(outer, most_outputs) * p.places() * p.batch;
  const FlatImage flat = flat_forward(p, together);
  for_pieces(p.groups * chunks * cuts, work, tile_work, [&](Index piece, Index stop) {
    Room image = room_of(flat.room(Lane::size));
    Sums sums(flat, std::min(outer, most_outputs));
    for (; piece < stop; ++piece) {
      const Index group = piece / cuts / chunks;
      const Index output = piece / cuts % chunks * most_outputs, channel = piece % cuts * together;
      Part part{std::min(outer - output, most_outputs), std::min(channels - channel, together), 0};
      part.inner = part.channels * taps;
      sums.clear();
      for (Index b = 0; b < p.batch; ++b) {
        const Index of_batch = b * p.groups + group;
        flat.pad(x + (of_batch * channels + channel) * p.pixels(), part.channels, image.data());
        sums.add(image.data(), g + (of_batch * outer + output) * p.places(), part);
      }
      for (Index o = 0; o < part.outputs; ++o) {
        Real* to = dweight + ((group * outer + output + o) * channels + channel) * taps;
        for (Index k = 0; k < part.inner; ++k) to[k] = sums.sum(o, k);
      }
    }
  });
}

}  // namespace

void direct_to_weight(const ConvPlan& p, const Real* x, const Real* g, Real* dweight) {
  // Lanes half empty are as good as lanes that start anywhere.
  if (2 * p.group_outputs() >= Lane::size) {
    to_weight<ManyOutputs>(p, x, g, dweight);
  } else {
    to_weight<FewOutputs>(p, x, g, dweight);
  }
}

}  // namespace heed::inline HEED_REAL
