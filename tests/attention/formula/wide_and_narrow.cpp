// Who sees all, who sees a window, and who sees the best: Beltagy et al. 2020, arXiv 2004.05150;
// Zaheer et al. 2020, arXiv 2007.14062; Zhao et al. 2019, arXiv 1912.11637.
#include <algorithm>
#include <vector>

#include "tests/attention/formula/formula.h"

namespace heed_test::formula {
namespace {

// (T, S): 1 within the window of option `window`.
Array near(const Given& in) {
  const Array distance = xt::abs(distances(in.x.shape(1), in.memory.shape(1)));
  return xt::where(distance <= in.option.at("window"), 1.0, 0.0);
}

}  // namespace

namespace {

// (T, S): near, or one of both is global.
Array near_or_global(const Given& in) {
  Array either = near(in);
  const auto globals = static_cast<std::size_t>(in.option.at("globals"));
  for (std::size_t i = 0; i < either.shape(0); ++i) {
    for (std::size_t j = 0; j < either.shape(1); ++j) {
      if (i < globals || j < globals) either(i, j) = 1;
    }
  }
  return either;
}

}  // namespace

Array global_tokens(const Given& in) {
  return dot_product(in, seen(in) * near_or_global(in),
                     {scale_of(in, in.heads), in.heads, in.heads});
}

// The rows of the global tokens from what their own projections found.
Array longformer(const Given& in) {
  const Array visible = seen(in) * near_or_global(in);
  const auto found = [&](const std::string& prefix) {
    const double scale = scale_of(in, in.heads);
    const Projected at = projected(in, {scale, in.heads, in.heads, prefix});
    return Array(matmul(softmax(matmul(at.q, turned(at.k)) * scale, visible), at.v));
  };
  Array y = found("");
  const Array own = found("global.");
  const auto globals = static_cast<std::size_t>(in.option.at("globals"));
  for (std::size_t i = 0; i < globals; ++i) {
    xt::view(y, xt::all(), xt::all(), i) = xt::view(own, xt::all(), xt::all(), i);
  }
  return output(in, y);
}

// One head after the other, from the weights of its rows.
Array top_k(const Given& in) {
  const std::size_t c = in.x.shape(2);
  const Array& w = in["in_proj_weight"];
  const Array& b = in["in_proj_bias"];
  const auto project = [&](const Array& x, std::size_t from) {
    return heads(linear(x, rows(w, from, from + c), rows(b, from, from + c)), in.heads);
  };
  const Array q = project(in.x, 0), k = project(in.memory, c), v = project(in.memory, 2 * c);
  const Array scores = matmul(q, turned(k)) * scale_of(in, in.heads);  // (B, H, T, S)
  const Array open = Array(xt::zeros_like(scores)) + seen(in);
  Array kept = open;
  const auto most = static_cast<std::size_t>(in.option.at("k"));
  const std::size_t keys = scores.shape(3);
  for (std::size_t row = 0; row < scores.size() / keys; ++row) {
    std::vector<double> found;
    for (std::size_t j = 0; j < keys; ++j) {
      if (open.flat(row * keys + j) != 0) found.push_back(scores.flat(row * keys + j));
    }
    std::sort(found.begin(), found.end());
    if (found.size() <= most) continue;
    const double last = found[found.size() - most];
    for (std::size_t j = 0; j < keys; ++j) {
      if (scores.flat(row * keys + j) < last) kept.flat(row * keys + j) = 0;
    }
  }
  const Array y = side_by_side(matmul(softmax(scores, kept), v));
  return linear(y, in["out_proj.weight"], in["out_proj.bias"]);
}

// The first half of the heads sees all.
Array hybrid(const Given& in) {
  const double asked = in.option.at("global_heads");
  const std::size_t global =
      asked < 0 ? (in.heads + 1) / 2 : static_cast<std::size_t>(asked);
  const Array local = near(in);  // (T, S)
  Array by_head = xt::ones<double>(
      std::vector<std::size_t>{1, in.heads, local.shape(0), local.shape(1)});
  for (std::size_t h = global; h < in.heads; ++h) xt::view(by_head, 0, h) = local;
  return dot_product(in, seen(in) * by_head, {scale_of(in, in.heads), in.heads, in.heads});
}

}  // namespace heed_test::formula
