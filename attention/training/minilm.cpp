#include "attention/training/minilm.h"

#include "attention/entries.h"
#include "attention/scores.h"
#include "attention/training/distillation.h"
#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

Tensor value_relations(const Tensor& values) {
  nn::check_shape("value_relations", "values", values, "(B, H, S, D)", {-1, -1, -1, -1});
  return softmax(scaled_dot(values, values));
}

Tensor minilm_loss(const LayerMaps& student, const LayerMaps& teacher) {
  return map_distillation(student.weights, teacher.weights) +
         map_distillation(value_relations(student.values), value_relations(teacher.values));
}

Mechanism minilm_entry() {
  return {.name = "minilm",
          .title = "MiniLM distillation",
          .what = "A student learns from a teacher where to look and how values relate.",
          .paper = "Wang et al. 2020, arXiv 2002.10957",
          .file = "attention/training/minilm.h",
          .limit = "a_copy_of_the_teacher_learns_nothing",
          .options = {{"weight", 1, "lambda, of the loss on maps and relations; 0: no teacher"},
                      {"permuted", 0, "1: the teacher's maps permuted, a control"}},
          .reductions = {{.to = "distillation",
                          .when = "without value relations",
                          .reason = "what remains is the loss on maps",
                          .test = "minilm_of_like_values_is_distillation"}}};
}

}  // namespace heed::inline HEED_REAL::attention
