// Attention transfer: a small convolutional network learns from a trained one which places of a
// picture matter, by the energy of its features there.
// Zagoruyko, Komodakis 2016, "Paying more attention to attention: improving the performance of
// convolutional neural networks via attention transfer", arXiv 1612.03928, section 3.1.
//
//   Q = sum_c F_c^2 over the channels of F (B, C, H, W), as a vector of H W numbers
//   loss = task + lambda / B sum_b |Q^student_b / |Q^student_b| - Q^teacher_b / |Q^teacher_b||^2
//
// The paper's formula has the distance itself; its program squares it, as is done here, and takes
// the mean over places as well, which lambda can do.
//
// Shapes   features (B, C, H, W) of student and teacher, whose numbers of channels may differ -> a
//          scalar.
// Cost     2 B C H W operations, and a forward pass of the teacher.
// Differs  it needs no attention in either network: the map is the energy of what is there anyway.
//          Scaling all features changes nothing. Its gains are small (a point or less in the paper
//          on large pictures); on small ones expect a tie.
// Limit    a student whose maps are those of its teacher gets a loss and a gradient of exactly 0
//          (like_features_transfer_nothing).
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// Q / |Q|: features (B, C, H, W) -> (B, H W). Throws ShapeError.
Tensor feature_attention(const Tensor& features);
// The mean over the batch; nothing flows into the teacher. Throws ShapeError unless both have the
// same B, H and W.
Tensor attention_transfer(const Tensor& student, const Tensor& teacher);

}  // namespace heed::inline HEED_REAL::attention
