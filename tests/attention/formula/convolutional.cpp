// Li et al. 2019, arXiv 1907.00235, section 4.1, and Wu et al. 2021 (CvT), arXiv 2103.15808,
// section 3.2, with depthwise windows before the projections: token after token, cell after cell.
#include "tests/attention/formula/formula.h"

namespace heed_test::formula {
namespace {

// The tokens that are not hidden; 0 elsewhere.
Array shown(const Given& in) {
  return in.x * xt::view(in.real, xt::all(), xt::all(), xt::newaxis());
}

// Each token as its window sees it: window (C, 1, W) ends there.
Array looked_back(const Array& x, const Array& window) {
  Array y = xt::zeros<double>(x.shape());
  const std::size_t reach = window.shape(2);
  for (std::size_t t = 0; t < x.shape(1); ++t) {
    for (std::size_t s = 0; s < reach && s <= t; ++s) {
      const Array taps = xt::view(window, xt::all(), 0, reach - 1 - s);  // (C)
      xt::view(y, xt::all(), t, xt::all()) += xt::view(x, xt::all(), t - s, xt::all()) * taps;
    }
  }
  return y;
}

// The same on a grid: window (C, 1, W, W) stands around each cell.
Array looked_around(const Array& x, const Array& window, int columns) {
  Array y = xt::zeros<double>(x.shape());
  const int cells = static_cast<int>(x.shape(1)), side = static_cast<int>(window.shape(2));
  for (int to = 0; to < cells; ++to) {
    for (int from = 0; from < cells; ++from) {
      const int down = from / columns - to / columns + side / 2;
      const int right = from % columns - to % columns + side / 2;
      if (down < 0 || down >= side || right < 0 || right >= side) continue;
      const Array taps = xt::view(window, xt::all(), 0, down, right);  // (C)
      xt::view(y, xt::all(), to, xt::all()) += xt::view(x, xt::all(), from, xt::all()) * taps;
    }
  }
  return y;
}

Array attention(const Given& in, const Array& asked, const Array& shown_by, const Array& read) {
  const std::size_t c = in.x.shape(2);
  const auto project = [&](const Array& x, std::size_t part) {
    const Array w = rows(in["in_proj_weight"], part * c, part * c + c);
    const Array b = rows(in["in_proj_bias"], part * c, part * c + c);
    return heads(linear(x, w, b), in.heads);
  };
  const Array q = project(asked, 0), k = project(shown_by, 1), v = project(read, 2);
  const Array scores = matmul(q, turned(k)) * scale_of(in, in.heads);  // (B, H, T, T)
  return output(in, matmul(softmax(scores, seen(in)), v));
}

}  // namespace

Array conv_qk(const Given& in) {
  const Array x = shown(in);
  return attention(in, looked_back(x, in["query_window.weight"]),
                   looked_back(x, in["key_window.weight"]), x);
}

Array conv_qkv(const Given& in) {
  const Array x = shown(in);
  const int columns = static_cast<int>(in.option.at("columns"));
  const auto around = [&](const char* window) { return looked_around(x, in[window], columns); };
  return attention(in, around("query_window.weight"), around("key_window.weight"),
                   around("value_window.weight"));
}

}  // namespace heed_test::formula
