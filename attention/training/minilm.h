// MiniLM: a student learns from the last attention of a trained teacher, where it looks and how its
// values relate.
// Wang, Wei, Dong, Bao, Yang, Zhou 2020, "MiniLM: deep self-attention distillation for
// task-agnostic compression of pre-trained Transformers", arXiv 2002.10957, equations 2 to 5.
//
//   R = softmax(V V^T / sqrt(D))
//   loss = task + lambda (KL(A^teacher || A^student) + KL(R^teacher || R^student))
//          each divided by B H T, as in `distillation`
//
// Shapes   maps (B, H, T, S) and values (B, H, S, D) of both, of any sizes D: relations have none.
//          Where the numbers of heads differ maps and relations are averaged over heads.
// Cost     2 B H S S D multiply-adds beside those of the maps, and a forward pass of the teacher.
// Differs  from `distillation` by the second term, which says what is read alike, not where; and
//          the student may be narrower without a projection between the two.
// Limit    a student that is its teacher gets a loss and a gradient of exactly 0
//          (a_copy_of_the_teacher_learns_nothing).
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// What one attention layer did.
struct LayerMaps {
  Tensor weights;  // (B, H, T, S)
  Tensor values;   // (B, H, S, D)
};

// R: values (B, H, S, D) -> (B, H, S, S).
Tensor value_relations(const Tensor& values);
// Both terms together; nothing flows into the teacher. Throws ShapeError.
Tensor minilm_loss(const LayerMaps& student, const LayerMaps& teacher);

}  // namespace heed::inline HEED_REAL::attention
