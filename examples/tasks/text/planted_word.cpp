// A planted word: in training one more word goes with a class in nine of ten reviews, more surely
// than the polar words do; in the test it goes with the other class. Does a model that learned with
// moved scores trust it less? It does not: what is moved is where it looks, and not what it
// believes of what it sees. Kitada, Iyatomi 2020, arXiv 2009.12064, speak of robustness to moved
// scores alone.
#include "examples/tasks/tasks.h"
#include "examples/tasks/text/reviews.h"

namespace heed::tasks {

study::Task planted_word() {
  using enum study::Expect;
  return {.name = "planted-word",
          .title = "reviews in which a planted word misleads",
          .what = "A word that went with one class in training goes with the other in the test. "
                  "Moving scores in training is no remedy against it.",
          .metric = "accuracy",
          .ablation = study::Ablation::own,
          .ablation_words = "zeros in the place of what was read",
          .chance = 0.5,
          .floor = 0.5,
          .level = review_ceiling - 0.05,
          .seconds = 2,
          .runs = {{.mechanism = "adversarial",
                    .why = "It follows the planted word about as far as the plainly trained model "
                           "does: moved scores are no remedy.",
                    .expect = partly},
                   {.mechanism = "adversarial",
                    .label = "plain",
                    .why = "Plain training, for comparison.",
                    .options = {{"eps", 0}},
                    .expect = partly}},
          .make = on_reviews(Asked::against_planted)};
}

}  // namespace heed::tasks
