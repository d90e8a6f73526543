// Losses against PyTorch: values and the gradients of every argument.
#include "nn/losses.h"

#include <boost/test/unit_test.hpp>

#include <limits>

#include "autograd/ops.h"
#include "nn/distance.h"
#include "nn/similarity.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

const Golden& golden() {
  static const Golden file("torch_losses");
  return file;
}

const std::vector<std::pair<std::string, Reduction>> reductions = {
    {"mean", Reduction::mean}, {"sum", Reduction::sum}, {"none", Reduction::none}};

// The arguments "input.<loss>.<name>" as leaves, and the loss of them.
template <class Loss>
void check(const std::string& loss, const std::vector<std::string>& names, Loss f,
           const Golden& file = golden()) {
  Named inputs;
  std::vector<Tensor> values;
  for (const std::string& name : names) {
    const std::string full = "input." + loss + '.' + name;
    values.push_back(file.leaf(full));
    inputs.emplace_back(full, values.back());
  }
  expect_golden(file, inputs, {{"output." + loss, f(values)}}, {});
}

using Values = std::vector<Tensor>;

BOOST_AUTO_TEST_SUITE(losses)

BOOST_AUTO_TEST_CASE(differences) {
  for (const auto& [name, reduction] : reductions) {
    check("mse_" + name, {"x", "y"},
          [r = reduction](const Values& v) { return nn::mse(v[0], v[1], r); });
    check("huber_" + name, {"x", "y"},
          [r = reduction](const Values& v) { return nn::huber(v[0], v[1], 0.7, r); });
    check("smooth_l1_" + name, {"x", "y"},
          [r = reduction](const Values& v) { return nn::smooth_l1(v[0], v[1], 0.6, r); });
  }
  check("l1", {"x", "y"}, [](const Values& v) { return nn::smooth_l1(v[0], v[1], 0); });
}

BOOST_AUTO_TEST_CASE(binary_cross_entropy) {
  check("bce", {"x", "y"},
        [](const Values& v) { return nn::binary_cross_entropy_with_logits(v[0], v[1]); });
  for (const auto& [name, reduction] : reductions) {
    const nn::BinaryCrossEntropyWithLogitsOptions options{
        .pos_weight = golden()["input.bce_" + name + ".weight"], .reduction = reduction};
    check("bce_" + name, {"x", "y"}, [&](const Values& v) {
      return nn::binary_cross_entropy_with_logits(v[0], v[1], options);
    });
  }
}

BOOST_AUTO_TEST_CASE(divergence) {
  for (const bool log_target : {false, true}) {
    const std::string ending = log_target ? "_log" : "";
    for (const auto& [name, reduction] : reductions) {
      const nn::KlDivOptions options{.log_target = log_target, .reduction = reduction};
      check("kl_" + name + ending, {"q", "t"},
            [&](const Values& v) { return nn::kl_div(v[0], v[1], options); });
    }
    const nn::KlDivOptions options{.log_target = log_target, .reduction = Reduction::sum};
    check("kl_batchmean" + ending, {"q", "t"}, [&](const Values& v) {
      return nn::kl_div(v[0], v[1], options) / static_cast<double>(v[0].dim(0));
    });
  }
}

BOOST_AUTO_TEST_CASE(hinge) {
  for (const auto& [name, reduction] : reductions) {
    for (const int p : {1, 2}) {
      const nn::MultiMarginOptions options{
          .margin = p == 1 ? 1 : 0.5, .p = p, .reduction = reduction};
      check("multi_margin_" + name + '_' + std::to_string(p), {"x"}, [&](const Values& v) {
        return nn::multi_margin(v[0], golden().ids("input.labels"), options);
      });
    }
  }
}

BOOST_AUTO_TEST_CASE(cosines) {
  check("cosine", {"x", "y"}, [](const Values& v) { return nn::cosine_similarity(v[0], v[1], 1); });
  for (const auto& [name, reduction] : reductions) {
    const nn::CosineEmbeddingOptions options{.margin = 0.1, .reduction = reduction};
    check("embedding_" + name, {"x", "y"}, [&](const Values& v) {
      return nn::cosine_embedding(v[0], v[1], golden().ids("input.signs"), options);
    });
  }
}

BOOST_AUTO_TEST_CASE(contrast) {
  check("nce", {"x", "y"}, [](const Values& v) { return nn::info_nce(v[0], v[1]); });
  check("clip", {"x", "y"}, [](const Values& v) {
    return nn::info_nce(v[0], v[1], {.temperature = 0.2, .symmetric = true});
  });
}

// The loss of CLIP, whose temperature is learned: from the scores.
BOOST_AUTO_TEST_CASE(contrast_of_clip) {
  const Golden clip("hf_clip");
  expect_close("loss", nn::info_nce(clip["output.logits_per_image"], true), clip["output.loss"]);
  const Tensor scores =
      matmul(clip["extra.image_embeds"], clip["extra.text_embeds"], {.transpose_b = true}) *
      exp(clip["param.logit_scale"]);
  expect_close("logits_per_image", scores, clip["output.logits_per_image"]);
}

BOOST_AUTO_TEST_CASE(by_their_names) {
  const Golden file("torch_more_losses");
  const Indices labels = file.ids("input.labels");
  for (const auto& [name, reduction] : reductions) {
    check("l1_" + name, {"x", "y"},
          [r = reduction](const Values& v) { return nn::l1(v[0], v[1], r); }, file);
    const nn::BinaryCrossEntropyOptions weighted{
        .weight = file["input.bce_" + name + ".weight"], .reduction = reduction};
    check("bce_" + name, {"x", "y"},
          [&](const Values& v) { return nn::binary_cross_entropy(v[0], v[1], weighted); }, file);
    const nn::NllOptions options{
        .ignore_index = -1, .weight = file["input.weight"], .reduction = reduction};
    check("nll_" + name, {"x"}, [&](const Values& v) { return nn::nll(v[0], labels, options); },
          file);
    const nn::TripletMarginOptions plain{.reduction = reduction};
    check("triplet_" + name, {"a", "p", "n"},
          [&](const Values& v) { return nn::triplet_margin(v[0], v[1], v[2], plain); }, file);
  }
  check("nll", {"x"}, [](const Values& v) { return nn::nll(v[0], Indices({3, 0, 2})); }, file);
  check("bce", {"x", "y"},
        [](const Values& v) { return nn::binary_cross_entropy(v[0], v[1]); }, file);
}

BOOST_AUTO_TEST_CASE(triplets_in_other_norms) {
  const Golden file("torch_more_losses");
  const std::pair<std::string, double> norms[] = {
      {"1.0", 1}, {"1.5", 1.5}, {"inf", std::numeric_limits<double>::infinity()}};
  for (const auto& [name, p] : norms) {
    const nn::TripletMarginOptions options{
        .margin = 0.4, .p = p, .eps = 1e-3, .swap = true, .reduction = Reduction::sum};
    check("triplet_p" + name, {"a", "p", "n"},
          [&](const Values& v) { return nn::triplet_margin(v[0], v[1], v[2], options); }, file);
  }
  check("pairwise", {"a", "b"},
        [](const Values& v) {
          return nn::pairwise_distance(v[0], v[1], {.p = 3, .keepdims = true});
        },
        file);
}

// The file's gradient is of the sum of all five.
BOOST_AUTO_TEST_CASE(cross_entropy_with_all_options) {
  const Golden file("torch_cross_entropy");
  const Tensor logits = file.leaf("input.logits");
  const Tensor z = file.leaf("input.z");
  const auto loss = [&](const CrossEntropyOptions& options) {
    return cross_entropy(logits, file.ids("input.target"), options);
  };
  const double e = 0.1;
  const Named outputs = {
      {"output.plain_mean", loss({})},
      {"output.mean", loss({.label_smoothing = e})},
      {"output.sum", loss({.label_smoothing = e, .reduction = Reduction::sum})},
      {"output.none", loss({.label_smoothing = e, .reduction = Reduction::none})},
      {"output.weighted_mean", loss({.weight = file["input.weight"], .label_smoothing = e})},
      {"output.bce", nn::binary_cross_entropy_with_logits(z, file["input.zt"])}};
  expect_golden(file, {{"input.logits", logits}, {"input.z", z}}, outputs, {});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
