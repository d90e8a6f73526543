// Reviews of twelve words, of which four are polar: which class? It takes no attention: the words'
// mean tells as much. What is asked here is what happens when somebody moves the scores of a
// trained model. One that learned with moved scores (adversarial training) is right in many more
// reviews then, at about the same accuracy when nobody moves anything. Beside the worst direction
// stand a random one of equal length, which does next to nothing, and an attack of ten steps.
// And another question to the same models: how different may the weights be while the answer stays
// (adversarial maps)? Kitada, Iyatomi 2020, arXiv 2009.12064; Jain, Wallace 2019, arXiv 1902.10186.
#include "examples/tasks/tasks.h"
#include "examples/tasks/text/reviews.h"

namespace heed::tasks {

study::Task polar_words() {
  using enum study::Expect;
  return {.name = "polar-words",
          .title = "two classes of reviews, while somebody moves the scores",
          .what = "Twelve words, four of them polar: which class, when the attention scores are "
                  "moved by five in the worst way? Trained plainly it is mostly wrong then.",
          .metric = "accuracy under attack",
          .ablation = study::Ablation::own,
          .ablation_words = "zeros in the place of what was read",
          .chance = 0.5,
          .floor = 0.5,
          .level = 0.72,
          .bars = {{.detail = "clean", .limit = review_ceiling - 0.05}},
          .seconds = 6,
          .runs = {{.mechanism = "adversarial"},
                   {.mechanism = "vat", .why = "Without a label: what it says must not change."},
                   {.mechanism = "adversarial",
                    .label = "plain",
                    .why = "Without room to move it is plain training: as right as the other when "
                           "nobody moves the scores, and wrong when somebody does.",
                    .options = {{"eps", 0}},
                    .expect = fails},
                   {.mechanism = "adversarial-maps",
                    .why = "Trained plainly, then asked for other weights under which it says the "
                           "same. There are some, and equal weights do as well: here the map is no "
                           "reason for the answer.",
                    .expect = fails}},
          .make = on_reviews(Asked::under_attack)};
}

}  // namespace heed::tasks
