#include <fmt/format.h>

#include "autograd/ops.h"
#include "bench/row.h"

namespace heed::inline HEED_REAL::bench {
namespace {

struct Extents {
  Index batch, tokens, heads, size;
};

// Forward and backward, from three leaves (B, N, H, D).
Work attention_work(const Extents& n, const AttentionOptions& options) {
  Generator rng(1);
  const Shape shape{n.batch, n.tokens, n.heads, n.size};
  const Tensor q = leaf(rng, shape);
  const Tensor k = leaf(rng, shape);
  const Tensor v = leaf(rng, shape);
  const auto heads = [n](const Tensor& x) {
    return Heads{reshape(x, {n.batch, n.tokens, n.heads * n.size}), 0, n.heads, n.size};
  };
  return forward_backward({{"q", q}, {"k", k}, {"v", v}}, [=] {
    const Tensor y = dot_product_attention(heads(q), heads(k), heads(v), options);
    return reshape(y, shape);  // (B, N, H D) -> (B, N, H, D)
  });
}

}  // namespace

std::vector<Row> attention_rows() {
  std::vector<Row> made;
  for (const Extents n :
       {Extents{8, 128, 8, 64}, Extents{2, 512, 8, 64}, Extents{1, 2048, 8, 64}}) {
    for (const bool causal : {false, true}) {
      made.push_back({"attention",
                      fmt::format("attention_n{}_{}", n.tokens, causal ? "causal" : "full"),
                      [=] { return attention_work(n, {.causal = causal}); }});
    }
  }
  return made;
}

std::vector<Row> scale_rows() {
  constexpr Index window = 64;
  std::vector<Row> made;
  for (Index tokens = 128; tokens <= 16384; tokens *= 2) {
    const Extents n{1, tokens, 1, 64};
    for (const auto& [name, options] : {std::pair{"full", AttentionOptions{}},
                                        {"causal", AttentionOptions{.causal = true}},
                                        {"local", AttentionOptions{.window = window}}}) {
      made.push_back({"scale", fmt::format("{}_{}", name, tokens),
                      [n, options = options] { return attention_work(n, options); }});
    }
  }
  return made;
}

}  // namespace heed::inline HEED_REAL::bench
