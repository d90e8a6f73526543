// Attention distillation: a small model learns where to look from the maps of a trained one.
// Wang, Wei, Dong, Bao, Yang, Zhou 2020, "MiniLM", arXiv 2002.10957, equation 2; of every layer:
// Jiao et al. 2019, "TinyBERT", arXiv 1909.10351.
//
//   loss = task + lambda sum over maps of 1 / (B H T) sum_bht KL(A^teacher_bht || A^student_bht)
//
// Shapes   maps (B, H, T, S) of both -> a scalar. Where the numbers of heads differ both maps are
//          averaged over their heads first.
// Cost     a forward pass of the teacher, and some B H T S operations; nothing when the student
//          runs: it is a way of training, not a layer.
// Differs  from training on labels by what is taught: not the answer but the way to it. It pays
//          where labels say little about where to look (two facts that answer one question), and
//          misleads as much as the teacher is wrong. Nothing flows back into the teacher.
// Limit    a student that looks as its teacher does gets a loss and a gradient of exactly 0
//          (a_student_like_its_teacher_learns_nothing).
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// The mean over batch, heads and queries of KL(teacher || student), as sum t log(t / s) - t + s:
// the same where rows sum to 1, and no term of it is negative. Throws ShapeError unless both are
// (B, H, T, S) with the same B, T and S.
Tensor map_distillation(const Tensor& student, const Tensor& teacher);

}  // namespace heed::inline HEED_REAL::attention
