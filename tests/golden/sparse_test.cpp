// Sparse patterns against the packages that people use: values and gradients.
#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "attention/sparse/axial.h"
#include "attention/sparse/big_bird.h"
#include "attention/sparse/global_tokens.h"
#include "attention/sparse/local.h"
#include "attention/sparse/top_k.h"
#include "autograd/ops.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

using attention::Along;
using attention::Mixer;

// The parameters of a mixer of ours, filled with those of a package under other names.
class Adapted {
 public:
  Adapted(const Golden& golden, const Mixer& mixer) : golden_(golden), mixer_(mixer) {}

  // Ours is theirs, one below the other.
  void fill(const std::string& ours, const std::vector<std::string>& theirs) {
    parameter(ours).assign(stacked("param.", theirs));
    filled_.push_back({parameter(ours), theirs});
  }
  void set(const std::string& ours, const Tensor& value) { parameter(ours).assign(value); }
  void clear(const std::string& ours) { set(ours, Tensor::zeros(parameter(ours).shape())); }
  Tensor parameter(const std::string& name) const {
    for (const Parameter& one : mixer_.parameters()) {
      if (one.name == name) return one.value;
    }
    throw ValueError("no parameter " + name);
  }

  // y and x in the package's layout.
  void expect(const Tensor& y, const Tensor& x, double tolerance = 1e-10) const {
    expect_close("output", y, golden_["output"], tolerance);
    std::vector<Tensor> wanted{x};
    for (const auto& [ours, theirs] : filled_) wanted.push_back(ours);
    const std::vector<Tensor> made = grad({sum(y * golden_["cotangent"])}, wanted);
    expect_close("grad.input.x", made[0], golden_["grad.input.x"], tolerance);
    for (std::size_t i = 0; i < filled_.size(); ++i) {
      const auto& theirs = filled_[i].second;
      expect_close("grad.param." + theirs[0], made[i + 1], stacked("grad.param.", theirs),
                   tolerance);
    }
  }

 private:
  Tensor stacked(const std::string& prefix, const std::vector<std::string>& names) const {
    std::vector<Tensor> parts;
    for (const std::string& name : names) parts.push_back(golden_[prefix + name]);
    return concat(parts, 0);
  }

  const Golden& golden_;
  const Mixer& mixer_;
  std::vector<std::pair<Tensor, std::vector<std::string>>> filled_;
};

BOOST_AUTO_TEST_SUITE(sparse_patterns)

// Its axis 0 runs down the columns, its axis 1 along the rows; the two are added.
BOOST_AUTO_TEST_CASE(axial_sum) {
  const Golden golden("axial_sum");
  Generator rng(1);
  const attention::Axial layer({.width = 8,
                                .heads = 2,
                                .columns = 4,
                                .axes = {Along::columns, Along::rows},
                                .summed = true},
                               rng);
  Adapted adapted(golden, layer);
  for (const std::string pass : {"0", "1"}) {
    const std::string ours = "passes." + pass, theirs = "axial_attentions." + pass + ".fn.";
    adapted.fill(ours + ".in_proj_weight", {theirs + "to_q.weight", theirs + "to_kv.weight"});
    adapted.clear(ours + ".in_proj_bias");
    adapted.fill(ours + ".out_proj.weight", {theirs + "to_out.weight"});
    adapted.fill(ours + ".out_proj.bias", {theirs + "to_out.bias"});
  }
  const Tensor x = golden.leaf("input.x");  // (B, C, R, W)
  const Tensor cells = reshape(permute(x, {0, 2, 3, 1}), {2, 12, 8});  // (B, T, C)
  const Tensor y = reshape(layer.mix({.x = cells}).y, {2, 3, 4, 8});
  adapted.expect(permute(y, {0, 3, 1, 2}), x);
}

BOOST_AUTO_TEST_CASE(top_k) {
  const Golden golden("xt_topk");
  Generator rng(1);
  const attention::TopK layer({.width = 8, .heads = 2, .k = 3}, rng);
  Adapted adapted(golden, layer);
  adapted.fill("in_proj_weight", {"to_q.weight", "to_k.weight", "to_v.weight"});
  adapted.clear("in_proj_bias");
  adapted.fill("out_proj.weight", {"to_out.weight"});
  adapted.clear("out_proj.bias");
  const Tensor x = golden.leaf("input.x");
  adapted.expect(layer.mix({.x = x}).y, x);
}

// Longformer without global tokens: a window of two to each side, without an output projection. Its
// softmax is in float, hence the tolerance.
BOOST_AUTO_TEST_CASE(longformer_window) {
  const Golden golden("hf_longformer_local");
  Generator rng(1);
  const attention::Local window({.width = 8, .heads = 2, .window = 2}, rng);
  const attention::GlobalTokens none({.width = 8, .heads = 2, .window = 2, .globals = 0}, rng);
  const attention::GlobalTokens longformer(
      {.width = 8, .heads = 2, .window = 2, .globals = 0, .own = true}, rng);
  for (const Mixer* layer : std::initializer_list<const Mixer*>{&window, &none, &longformer}) {
    Adapted adapted(golden, *layer);
    adapted.fill("in_proj_weight", {"query.weight", "key.weight", "value.weight"});
    adapted.fill("in_proj_bias", {"query.bias", "key.bias", "value.bias"});
    adapted.clear("out_proj.bias");
    adapted.set("out_proj.weight", to_tensor(attention::window(0).expand(8, 8)));  // identity
    const Tensor x = golden.leaf("input.x");
    adapted.expect(layer->mix({.x = x}).y, x, 2e-6);
  }
}

// The package cuts the sequence into windows and sees the neighbours of its own: no sliding band,
// so it is a pattern of the kernel and not our `local`.
BOOST_AUTO_TEST_CASE(local_blocks) {
  for (const bool is_causal : {false, true}) {
    const Golden golden(is_causal ? "local_causal" : "local_noncausal");
    const auto heads = [](const Tensor& x) {  // (1, 2, 12, 4) -> (1, 12, 8)
      return Heads{reshape(permute(x, {0, 2, 1, 3}), {1, 12, 8}), 0, 2, 4};
    };
    const Tensor q = golden.leaf("input.q"), k = golden.leaf("input.k");
    const Tensor v = golden.leaf("input.v");
    const attention::Pattern blocks("blocks", [](Index i, Index j) {
      return std::abs(i / 4 - j / 4) <= 1;
    });
    const attention::Pattern near = is_causal ? blocks & attention::causal() : blocks;
    const Tensor y =
        dot_product_attention(heads(q), heads(k), heads(v), {.visible = near.expand(12, 12)});
    const Tensor apart = permute(reshape(y, {1, 12, 2, 4}), {0, 2, 1, 3});
    const Named inputs{{"input.q", q}, {"input.k", k}, {"input.v", v}};
    expect_golden(golden, inputs, {{"output", apart}}, {});
  }
}

// BigBird: the first and the last block are global, the others see their neighbours, and a block
// drawn for each head, which the file holds. Queries that are padding give zeros. Without an output
// projection.
BOOST_AUTO_TEST_CASE(big_bird) {
  const Golden golden("hf_bigbird_train");
  constexpr Index heads = 2, tokens = 16, block = 2, blocks = tokens / block;
  const Indices drawn = golden.ids("extra.rand_blocks");  // (heads, blocks 1 to last - 1, 1)
  attention::SeenBlocks seen =
      attention::big_bird_blocks({.heads = heads, .block = block, .random = 0}, tokens);
  for (Index h = 0; h < heads; ++h) {
    for (Index i = 1; i < blocks - 1; ++i) {
      seen[static_cast<std::size_t>(h)][static_cast<std::size_t>(i)].push_back(
          drawn[h * (blocks - 2) + i - 1]);
    }
  }
  Generator rng(1);
  const attention::BigBird layer({.width = 8, .heads = heads, .block = block}, rng);
  Adapted adapted(golden, layer);
  adapted.fill("in_proj_weight", {"query.weight", "key.weight", "value.weight"});
  adapted.fill("in_proj_bias", {"query.bias", "key.bias", "value.bias"});
  const Tensor x = golden.leaf("input.x"), real = golden["input.mask"];  // (2, 16)
  const Tensor packed =
      linear(x, adapted.parameter("in_proj_weight"), adapted.parameter("in_proj_bias"));
  const auto role = [&](Index which) { return Heads{packed, 8 * which, heads, 4}; };
  const Tensor y = attention::attend_in_blocks({.q = role(0), .k = role(1), .v = role(2)},
                                               real > 0.0, block, seen);
  adapted.expect(y * reshape(real, {2, tokens, 1}), x);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
