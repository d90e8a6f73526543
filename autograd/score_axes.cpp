#include "autograd/score_axes.h"

#include <fmt/format.h>

#include "autograd/errors.h"
#include "autograd/kernels/mask_rows.h"

namespace heed::inline HEED_REAL {
namespace {

[[noreturn]] void refuse_ambiguous(const char* op, const Shape& shape, const Shape& scores) {
  const bool queries = shape.rank() == 2;
  const Shape of_batch =
      queries ? Shape{shape[0], 1, 1, shape[1]} : Shape{shape[0], 1, shape[1], shape[2]};
  throw ShapeError(
      fmt::format("[{}] the first axis of a mask {} may be the batch or the {}: both are {}\n"
                  "hint: say which by four axes: {} for the batch{}, {} for the {}",
                  op, shape.str(), queries ? "queries" : "heads", scores[0], of_batch.str(),
                  queries ? ", which padding() makes" : "",
                  (queries ? shape.inserted(0, 1).inserted(0, 1) : shape.inserted(0, 1)).str(),
                  queries ? "queries" : "heads"));
}

}  // namespace

void check_over_scores(const char* op, const char* what, const Shape& shape, const Shape& scores) {
  if (stretches_to(shape, scores)) return;
  throw ShapeError(
      fmt::format("[{}] a {} of shape {} does not stretch to the scores (batch, heads, queries, "
                  "keys) {}\nhint: over keys it is ({}, 1, 1, {}), which padding() makes of "
                  "lengths; over pairs ({}, {})",
                  op, what, shape.str(), scores.str(), scores[0], scores[3], scores[2], scores[3]));
}

void check_mask_over_scores(const char* op, const Mask& mask, const Shape& scores) {
  if (!mask.defined()) return;
  const Shape& shape = mask.shape();
  check_over_scores(op, "mask", shape, scores);
  const int rank = shape.rank();
  if (rank != 2 && rank != 3) return;
  const Index batch = scores[0], other = scores[4 - rank];
  if (batch > 1 && batch == other && shape[0] == batch) refuse_ambiguous(op, shape, scores);
}

}  // namespace heed::inline HEED_REAL
