#include "attention/training/distillation.h"

#include <fmt/format.h>

#include <limits>

#include "attention/entries.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

void check(const Tensor& student, const Tensor& teacher) {
  const Shape &a = student.shape(), &b = teacher.shape();
  if (a.rank() == 4 && b.rank() == 4 && a.with(1, 1) == b.with(1, 1)) return;
  throw ShapeError(fmt::format("[map_distillation] maps must be (B, H, T, S), alike but for H: "
                               "student {}, teacher {}",
                               a.str(), b.str()));
}

}  // namespace

Tensor map_distillation(const Tensor& student, const Tensor& teacher) {
  check(student, teacher);
  const bool alike = student.dim(1) == teacher.dim(1);
  const Tensor own = alike ? student : mean(student, {1}, true);
  const Tensor t = (alike ? teacher : mean(teacher, {1}, true)).detach();
  // Of the ratio u = s / t it is t (u - 1 - log u): exactly 0 with a slope of exactly 0 at u = 1. A
  // weight that has vanished is infinitely wrong; no step could follow.
  const Mask possible = t > 0;
  const Tensor u = maximum(own / where(possible, t, 1.0),
                           static_cast<double>(std::numeric_limits<Real>::min()));
  const Tensor terms = where(possible, t * (u - 1 - log(u)), own);
  return sum(terms) / static_cast<double>(t.dim(0) * t.dim(1) * t.dim(2));
}

Mechanism distillation_entry() {
  return {.name = "distillation",
          .title = "Attention distillation",
          .what = "A student learns where to look from the maps of a trained teacher.",
          .paper = "Wang et al. 2020, arXiv 2002.10957; Jiao et al. 2019, arXiv 1909.10351",
          .file = "attention/training/distillation.h",
          .limit = "a_student_like_its_teacher_learns_nothing",
          .options = {{"weight", 1, "lambda, of the loss on maps; 0: no teacher"},
                      {"permuted", 0, "1: the teacher's maps permuted, a control"}},
          .reductions = {{.to = "plain training",
                          .when = "lambda = 0",
                          .reason = "its gradient is multiplied by 0",
                          .test = "without_weight_it_is_plain_training"}}};
}

}  // namespace heed::inline HEED_REAL::attention
