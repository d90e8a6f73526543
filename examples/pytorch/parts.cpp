#include "examples/pytorch/parts.h"

#include <fmt/format.h>

#include "attention/dense/multi_head.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL {

using attention::MultiHead;
using attention::MultiHeadOptions;

std::unique_ptr<attention::Mixer> self_attention(Index width, Index heads, Seen seen,
                                                 Generator& rng) {
  return std::make_unique<MultiHead>(MultiHeadOptions{.width = width,
                                                      .heads = heads,
                                                      .causal = seen == Seen::past,
                                                      .context = attention::Context::refused},
                                     rng, "self");
}

Tensor with_class_token(const char* model, const Tensor& patches, const Tensor& token,
                        Index positions) {
  const Index batch = patches.dim(0), width = patches.dim(1);
  const Index count = patches.dim(2) * patches.dim(3);
  if (1 + count != positions) {
    throw ShapeError(fmt::format(
        "[{}] a picture of {} x {} patches makes {} tokens with the class token, and there are {} "
        "positions\nhint: pictures have the size that the model was trained on",
        model, patches.dim(2), patches.dim(3), 1 + count, positions));
  }
  const Tensor tokens = transpose(reshape(patches, {batch, width, count}));  // (B, h w, C)
  return concat({expand(reshape(token, {1, 1, width}), {batch, 1, width}), tokens}, 1);
}

}  // namespace heed::inline HEED_REAL
