// Xiong et al. 2021, arXiv 2102.03902, equations 10, 11 and 13 and algorithm 1, one sample and one
// head at a time; padding is left out before anything else.
#include <cmath>
#include <vector>

#include "tests/attention/formula/formula.h"

namespace heed_test::formula {
namespace {

Array weights(const Array& q, const Array& k) {
  return softmax(matmul(q, turned(k)) / std::sqrt(static_cast<double>(q.shape(1))), 1.0);
}

// The means of segments (M, D) that are not empty: token p of n is in segment floor(p M / n).
Array means(const Array& x, std::size_t landmarks) {
  const std::size_t tokens = x.shape(0);
  std::vector<Array> rows_of;
  std::vector<double> counts;
  std::size_t last = landmarks;
  for (std::size_t p = 0; p < tokens; ++p) {
    const std::size_t segment = p * landmarks / tokens;
    if (segment != last) {
      rows_of.push_back(xt::zeros<double>({x.shape(1)}));
      counts.push_back(0);
      last = segment;
    }
    rows_of.back() += xt::view(x, p);
    counts.back() += 1;
  }
  Array made = xt::zeros<double>({rows_of.size(), x.shape(1)});
  for (std::size_t m = 0; m < rows_of.size(); ++m) xt::view(made, m) = rows_of[m] / counts[m];
  return made;
}

Array inverse(const Array& a, int steps) {
  const double columns = xt::amax(xt::sum(a, {0}))(), rows_sum = xt::amax(xt::sum(a, {1}))();
  const Array one = xt::eye<double>(a.shape(0));
  Array z = turned(a) / (columns * rows_sum);
  for (int step = 0; step < steps; ++step) {
    const Array az = matmul(a, z);
    z = 0.25 * matmul(z, 13 * one - matmul(az, 15 * one - matmul(az, 7 * one - az)));
  }
  return z;
}

}  // namespace

Array nystrom(const Given& in) {
  const Projected at = projected(in, {1, in.heads, in.heads});  // (B, H, T, D)
  const std::size_t landmarks = 4;  // of 7 places
  const auto steps = static_cast<int>(in.option.at("steps"));
  const Array& window = in["window.weight"];  // (H, 1, W, 1)
  const std::size_t reach = window.shape(2) / 2;
  Array y = xt::zeros<double>(at.q.shape());
  for (std::size_t b = 0; b < at.q.shape(0); ++b) {
    std::size_t count = 0;  // real tokens, which come first
    while (count < in.real.shape(1) && in.real(b, count) != 0) ++count;
    for (std::size_t h = 0; h < in.heads; ++h) {
      const Array all = xt::view(at.q, b, h), q = rows(all, 0, count);
      const Array k = rows(xt::view(at.k, b, h), 0, count);
      const Array v = rows(xt::view(at.v, b, h), 0, count);
      const Array q_means = means(q, landmarks), k_means = means(k, landmarks);
      const Array found =
          matmul(weights(all, k_means),
                 matmul(inverse(weights(q_means, k_means), steps), matmul(weights(q_means, k), v)));
      xt::view(y, b, h) = found;
      for (std::size_t t = 0; t < all.shape(0); ++t) {
        for (std::size_t w = 0; w < window.shape(2); ++w) {
          if (t + w < reach || t + w - reach >= count) continue;
          xt::view(y, b, h, t) += window(h, 0, w, 0) * xt::view(v, t + w - reach);
        }
      }
    }
  }
  return output(in, y);
}

}  // namespace heed_test::formula
