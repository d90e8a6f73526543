// Hyena: long convolutions and gates in the place of attention. Tokens are multiplied with what a
// filter as long as the sequence has gathered of all earlier ones, and the filter is a small
// network of the distance.
// Poli, Massaroli, Nguyen, Fu, Dao, Baccus, Bengio, Ermon, Re 2023, "Hyena hierarchy: towards
// larger convolutional language models", arXiv 2302.10866, definition 3.1 and section 3.3.
//
//   x_N, ..., x_1, v = a * (x W_in)           a short causal window a channel
//   z_1 = x_1 v,   z_(n+1) = x_(n+1) (h_n * z_n + d_n z_n),   y = z_N W_out
//   h_n(t) = w(t) FFN(t / L, cos and sin of 2 pi k t / L for k = 1 ... K)
//   w_c(t) = e^(-a_c t / L)                   a rate a channel
//   (h * z)_t = sum_{s <= t} h(s) z_(t-s),    by Fourier transforms over 2 T places
//
// Shapes   x (B, T, C) -> y (B, T, C); order N >= 2 (as published: 2), N - 1 filters of C channels;
//          windows of W tokens. Channels are not cut into heads.
// Cost     (N + 2) T C^2 multiply-adds for the projections, (N + 1) W T C for the windows, N - 1
//          transforms of T C log T: nearly linear in T. The parameters are as many for any T.
// Differs  who is read how strongly is a matter of distance, times gates of both tokens; no query
//          compares keys. A token found by content takes channels in which it is marked, so recall
//          of many pairs falls behind attention. Always causal. Decoding token by token is not
//          offered: each step would convolve all that went before.
// Limit    with h = 0 and d = 1 only gates are left (hyena_of_no_filter_is_gates).
//
// A mask hides tokens: their streams are 0 before every convolution. Beyond L the network goes on
// as it was trained within. The map that it publishes is the mean over the channels of the sizes of
// the implied matrices, which operator_matrix() makes.
#pragma once

#include <vector>

#include "attention/mixer.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

// Along the last axis: x (..., T), filter (..., T) -> sum_{s <= t} filter_s x_(t-s), by transforms
// of 2 T places, so that nothing comes round. Throws ShapeError when the lengths differ.
Tensor long_convolution(const Tensor& x, const Tensor& filter);
// The matrix that it multiplies x with: filter (..., T) -> (..., T, T).
Tensor toeplitz(const Tensor& filter);

// What the operator is made of, from u = x W_in: N gates and the values, (B, C, T) each.
struct HyenaStreams {
  std::vector<Tensor> gates;  // x_1 first
  Tensor values;              // v
};
// u (B, T, (N + 1) C) in the order x_N, ..., x_1, v; window ((N + 1) C, 1, W) ends at each token.
HyenaStreams hyena_streams(const Tensor& u, const Tensor& window, const Tensor& bias,
                           Index channels);
// z_N (B, C, T); filters (N - 1, C, T), skips d (N - 1, C). What `real` (B, T) hides is never read.
Tensor hyena_operator(const HyenaStreams& streams, const Tensor& filters, const Tensor& skips,
                      const Mask& real = {});
// The matrices (B, C, T, T) that it multiplies v with: diag(x_N) (T_h + d I) ... diag(x_1).
Tensor operator_matrix(const HyenaStreams& streams, const Tensor& filters, const Tensor& skips,
                       const Mask& real = {});

// h: a network of the distance, in a window that decays; channels decay from fast to slow.
struct HyenaFilterOptions {
  Index channels = 0;  // of all filters together
  Index length = 0;    // L, the unit of distances
  Index bands = 8;     // K
  Index hidden = 16;
};

class HyenaFilter : public nn::Module {
 public:
  using Options = HyenaFilterOptions;

  HyenaFilter(const HyenaFilterOptions& options, Generator& rng);
  // -> (channels, T).
  Tensor operator()(Index tokens) const;

 private:
  HyenaFilterOptions options_;
  nn::Linear &in_, &hidden_, &out_;
};

struct HyenaOptions {
  Index width = 0;   // C
  Index length = 0;  // L
  Index order = 2;   // N
  Index window = 3;  // W
  Index bands = 8;   // K
  Index hidden = 16;
};

class Hyena : public Mixer {
 public:
  // Throws ValueError unless the order is at least 2 and every other size at least 1.
  Hyena(const HyenaOptions& options, Generator& rng);

  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return true; }

 private:
  HyenaOptions options_;
  nn::Linear &in_proj_, &out_proj_;
  HyenaFilter& filter_;
  Tensor window_, window_bias_, skips_;
};

}  // namespace heed::inline HEED_REAL::attention
