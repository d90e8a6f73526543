// Reviews made of neutral and polar words: the generator, for its tests, and the study of two
// tasks.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"
#include "examples/study/task.h"

namespace heed::tasks {

// 30 neutral words, 4 polar words of each class, and one that may be planted.
inline constexpr Index review_length = 12, neutral_words = 30, polar_words_each = 4;
inline constexpr Index planted = neutral_words + 2 * polar_words_each, review_words = planted + 1;

// How often the planted word stands in a review of each class.
struct Planting {
  double in_class[2] = {0, 0};
};

// Labels are fair. A review has two polar words of its class, one of the other, one of its class
// with p = .7 and of the other otherwise, in any order among neutral ones; a planted word takes the
// place of a neutral one. words (B, 12), labels (B).
struct ReviewBatch {
  Indices words, labels;
};
ReviewBatch draw_reviews(Index batch, const Planting& planting, Generator& rng);

// The best that can be had of the polar words: three of four agree with p = .7, otherwise there are
// two of each.
inline constexpr double review_ceiling = 0.7 + 0.3 / 2;

// A recurrent reader with attention pooling, trained plainly or as the mechanism says, on 500
// reviews. With nothing planted its score is the accuracy under an attack of ten steps; with a
// planted word the accuracy on reviews in which that points to the wrong class.
enum class Asked { under_attack, against_planted };
study::MakeStudy on_reviews(Asked asked);

}  // namespace heed::tasks
