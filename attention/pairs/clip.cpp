#include "attention/pairs/clip.h"

#include <fmt/format.h>

#include <cmath>

#include "attention/entries.h"
#include "attention/maps.h"
#include "attention/score_shift.h"
#include "autograd/ops.h"
#include "nn/check.h"
#include "nn/similarity.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "clip";

ClipHeadOptions completed(ClipHeadOptions options) {
  if (options.width_b == 0) options.width_b = options.width_a;
  if (options.shared == 0) options.shared = options.width_a;
  nn::check_positive(name, {{"width_a", options.width_a},
                            {"width_b", options.width_b},
                            {"shared", options.shared}});
  if (options.temperature > 0) return options;
  throw ValueError(
      fmt::format("[{}] temperature must be above 0, got {}", name, options.temperature));
}

}  // namespace

ClipHead::ClipHead(const ClipHeadOptions& given, Generator& rng)
    : project_a_(child<nn::Linear>("project_a", completed(given).width_a, completed(given).shared,
                                   rng, {.bias = false})),
      project_b_(child<nn::Linear>("project_b", completed(given).width_b, completed(given).shared,
                                   rng, {.bias = false})),
      logit_scale_(param("logit_scale",
                         Tensor::scalar(static_cast<Real>(-std::log(given.temperature))))) {}

Tensor ClipHead::operator()(const Tensor& a, const Tensor& b) const {
  const Tensor shared_a = share_a(a);
  return compare(shared_a, share_b(b));
}

Tensor ClipHead::compare(const Tensor& shared_a, const Tensor& shared_b) const {
  const Tensor cosines = matmul(shared_a, shared_b, {.transpose_b = true});  // (N, M)
  const Tensor scores = shifted(exp(logit_scale_) * cosines);
  if (recording_maps()) publish_map(name, unsqueeze(unsqueeze(softmax(scores), 0), 0));
  return scores;
}

Tensor ClipHead::share_a(const Tensor& a) const {
  nn::check_shape(name, "a", a, "(N, Ca)", {-1, project_a_.weight().dim(1)});
  return nn::normalize(project_a_(a));
}

Tensor ClipHead::share_b(const Tensor& b) const {
  nn::check_shape(name, "b", b, "(M, Cb)", {-1, project_b_.weight().dim(1)});
  return nn::normalize(project_b_(b));
}

Mechanism clip_entry() {
  return {.name = name,
          .title = "Contrastive pairs (CLIP)",
          .what = "Two encoders that never look at each other; of a batch, each picture has to "
                  "find its text and each text its picture.",
          .paper = "Radford et al. 2021, arXiv 2103.00020",
          .file = "attention/pairs/clip.h",
          .limit = "clip_of_like_vectors_is_a_guess",
          .options = {{"temperature", ClipHeadOptions().temperature,
                       "1 / e^s at the start; it is learned"}},
          .reductions = {{.to = "a guess",
                          .when = "all vectors alike",
                          .reason = "every text has the weight 1 / N",
                          .test = "clip_of_like_vectors_is_a_guess"}}};
}

}  // namespace heed::inline HEED_REAL::attention
