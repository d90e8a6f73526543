#include "attention/training/attention_transfer.h"

#include <fmt/format.h>

#include "attention/entries.h"
#include "autograd/ops.h"
#include "nn/check.h"
#include "nn/similarity.h"

namespace heed::inline HEED_REAL::attention {

Tensor feature_attention(const Tensor& features) {
  nn::check_shape("feature_attention", "features", features, "(B, C, H, W)", {-1, -1, -1, -1});
  const Tensor energy = sum(square(features), {1});  // (B, H, W)
  return nn::normalize(reshape(energy, {features.dim(0), -1}));
}

Tensor attention_transfer(const Tensor& student, const Tensor& teacher) {
  const Shape &a = student.shape(), &b = teacher.shape();
  if (a.rank() != 4 || b.rank() != 4 || a.with(1, 1) != b.with(1, 1)) {
    throw ShapeError(fmt::format("[attention_transfer] features must be (B, C, H, W), alike but "
                                 "for C: student {}, teacher {}\nhint: bring one of them to the "
                                 "other's size with interpolate()",
                                 a.str(), b.str()));
  }
  const Tensor apart = feature_attention(student) - feature_attention(teacher.detach());
  return sum(square(apart)) / static_cast<double>(student.dim(0));
}

Mechanism attention_transfer_entry() {
  return {.name = "attention-transfer",
          .title = "Attention transfer",
          .what = "A student learns from a teacher's features which places of a picture matter.",
          .paper = "Zagoruyko & Komodakis 2016, arXiv 1612.03928",
          .file = "attention/training/attention_transfer.h",
          .limit = "like_features_transfer_nothing",
          .options = {{"weight", 10, "lambda, of the loss on features; 0: no teacher"},
                      {"permuted", 0, "1: the teacher's places permuted, a control"}},
          .reductions = {{.to = "plain training",
                          .when = "lambda = 0",
                          .reason = "its gradient is multiplied by 0",
                          .test = "without_weight_it_is_plain_training"}}};
}

}  // namespace heed::inline HEED_REAL::attention
