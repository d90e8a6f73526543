// Vaswani et al. 2017, arXiv 1706.03762, section 3.2; with fewer heads of keys and values Shazeer
// 2019, arXiv 1911.02150, and Ainslie et al. 2023, arXiv 2305.13245.
#include <cmath>

#include "tests/attention/formula/formula.h"

#if __has_include(<xtensor/misc/xmanipulation.hpp>)
#include <xtensor/misc/xmanipulation.hpp>
#else
#include <xtensor/xmanipulation.hpp>
#endif

namespace heed_test::formula {

Array seen(const Given& in) {
  const Array distance = distances(in.x.shape(1), in.memory.shape(1));  // (T, S)
  const Array past = xt::where(distance >= 0.0 || !in.causal, 1.0, 0.0);
  return over_queries(in.real) * past;
}

double scale_of(const Given& in, std::size_t heads) {
  return 1 / std::sqrt(static_cast<double>(in.x.shape(2) / heads));
}

Projected projected(const Given& in, const DotProduct& what) {
  const std::size_t c = in.x.shape(2), shared = what.heads / what.key_heads, g = c / shared;
  const Array& w = in[what.prefix + "in_proj_weight"];  // (C + 2 G D, C)
  const Array& b = in[what.prefix + "in_proj_bias"];    // (C + 2 G D)
  const auto project = [&](const Array& x, std::size_t from, std::size_t to) {
    return linear(x, rows(w, from, to), rows(b, from, to));
  };
  const Array q = heads(project(in.x, 0, c), what.heads);                       // (B, H, T, D)
  const Array k = heads(project(in.memory, c, c + g), what.key_heads);          // (B, G, S, D)
  const Array v = heads(project(in.memory, c + g, c + 2 * g), what.key_heads);  // (B, G, S, D)
  return {q, xt::repeat(k, shared, 1), xt::repeat(v, shared, 1)};
}

Array output(const Given& in, const Array& found, const std::string& prefix) {
  return linear(side_by_side(found), in[prefix + "out_proj.weight"], in[prefix + "out_proj.bias"]);
}

Array dot_product(const Given& in, const Array& visible, const DotProduct& what) {
  const Projected at = projected(in, what);
  const Array scores = matmul(at.q, turned(at.k)) * what.scale;  // (B, H, T, S)
  return output(in, matmul(softmax(scores, visible), at.v), what.prefix);
}

Array multi_head(const Given& in) {
  return dot_product(in, seen(in), {scale_of(in, in.heads), in.heads, in.heads});
}

Array always_causal(const Given& in) {
  Given past = in;
  past.causal = true;
  return multi_head(past);
}

Array scaled_dot(const Given& in) { return dot_product(in, seen(in), {scale_of(in, 1), 1, 1}); }

Array dot(const Given& in) { return dot_product(in, seen(in), {1, 1, 1}); }

Array multi_query(const Given& in) {
  return dot_product(in, seen(in), {scale_of(in, in.heads), in.heads, 1});
}

Array grouped(const Given& in) {
  const auto asked = static_cast<std::size_t>(in.option.at("kv_heads"));
  const std::size_t key_heads = asked == 0 ? in.heads / 2 : asked;
  return dot_product(in, seen(in), {scale_of(in, in.heads), in.heads, key_heads});
}

}  // namespace heed_test::formula
