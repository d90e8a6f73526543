// The generator and the measure of the task on the span of a topic, for its tests.
#pragma once

#include "autograd/tensor.h"
#include "autograd/random.h"

namespace heed::tasks {

inline constexpr Index topic_length = 24;
inline constexpr std::int32_t topic_shortest = 6, topic_longest = 10, topic_classes = 4;

// A token is topic_classes * bit + class.
struct TopicBatch {
  Indices tokens;  // (B, 24)
  Mask inside;     // (B, 24): the span
  Indices labels;  // (B)
};
TopicBatch draw_topics(Index batch, Generator& rng);

// F1 of weights (B, N) as a statement of who is inside: a token is, when its weight is at least a
// share of the largest of its text. The share, of .02, .04 ... 1, is the one that serves the
// weights best.
double best_span_f1(const Tensor& weights, const Mask& inside);

}  // namespace heed::tasks
