// A two-layer decoder of x-transformers with T5's bias, over two segments of which the second sees
// the first: values and all gradients.
#include <boost/test/unit_test.hpp>

#include <map>

#include "attention/core.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "autograd/ops.h"
#include "nn/relative_positions.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

using attention::split_heads;

class Decoder {
 public:
  explicit Decoder(const Golden& golden) : golden_(golden) {
    const Parameter table = bias_.parameters()[0];
    const std::string name = "attn_layers.rel_pos.relative_attention_bias.weight";
    table.value.assign(golden_["param." + name]);
    leaves_.emplace(name, table.value);
  }

  // (B, T) -> (B, T, V). Remembers what each attention layer was given, for the next segment.
  Tensor operator()(const Indices& ids) {
    Tensor x = index_select(param("token_emb.emb.weight"), ids);  // (B, T, C)
    for (const int block : {0, 1}) {
      const std::string name = "attn_layers.layers." + std::to_string(2 * block);
      const Tensor before = memory_[block];
      memory_[block] = x.detach();
      x = x + attend(name, x, before);
      x = x + feed_forward("attn_layers.layers." + std::to_string(2 * block + 1), x);
    }
    return linear(norm("attn_layers.final_norm", x), param("to_logits.weight"), {});
  }

  std::vector<Parameter> parameters() const {
    std::vector<Parameter> all;
    for (const auto& [name, value] : leaves_) all.push_back({name, value});
    return all;
  }

 private:
  Tensor param(const std::string& name) {
    const auto found = leaves_.find(name);
    if (found != leaves_.end()) return found->second;
    return leaves_.emplace(name, golden_.leaf("param." + name)).first->second;
  }
  // Without a bias; what is stored is the gain's distance from 1.
  Tensor norm(const std::string& name, const Tensor& x) {
    return layer_norm(x, param(name + ".gamma") + 1, {});
  }
  Tensor attend(const std::string& name, const Tensor& x, const Tensor& before) {
    const Tensor h = norm(name + ".0.0", x);
    const Tensor seen = before.defined() ? concat({norm(name + ".0.0", before), h}, 1) : h;
    const auto heads = [&](const char* which, const Tensor& from) {
      return split_heads(linear(from, param(name + ".1." + which + ".weight"), {}), 2);
    };
    const Tensor q = heads("to_q", h), k = heads("to_k", seen), v = heads("to_v", seen);
    const Index queries = q.dim(2), keys = k.dim(2);
    // The package scales its bias by the root of the size of a head.
    const Tensor scores = attention::scaled_dot(q, k) + bias_(queries, keys) * 2;
    const Tensor weights =
        attention::softmax_over(scores, attention::causal().expand(queries, keys));
    const Tensor mixed = attention::merge_heads(attention::combine(weights, v));
    return linear(mixed, param(name + ".1.to_out.weight"), {});
  }
  Tensor feed_forward(const std::string& name, const Tensor& x) {
    const std::string ff = name + ".1.ff.";
    const Tensor hidden =
        linear(norm(name + ".0.0", x), param(ff + "0.0.weight"), param(ff + "0.0.bias"));
    return linear(gelu(hidden), param(ff + "2.weight"), param(ff + "2.bias"));
  }

  const Golden& golden_;
  Generator rng_{1};
  nn::BucketedBias bias_{2, rng_, {.buckets = 8, .max_distance = 16, .bidirectional = false}};
  std::map<std::string, Tensor> leaves_;
  Tensor memory_[2];
};

BOOST_AUTO_TEST_SUITE(positions)

BOOST_AUTO_TEST_CASE(bucketed_bias_in_a_decoder_with_memory) {
  const Golden golden("xt_transformer_mem");
  Decoder decoder(golden);
  const Tensor first = decoder(golden.ids("input.seg1"));
  const Tensor second = decoder(golden.ids("input.seg2"));
  expect_golden(golden, {}, {{"output.logits1", first}, {"output.logits2", second}},
                decoder.parameters());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
