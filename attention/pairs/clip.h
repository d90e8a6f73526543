// CLIP: two encoders that never look at each other. What they made of pictures and texts meets in
// one space, and of a batch each picture has to find its text and each text its picture.
// Radford et al. 2021, "Learning transferable visual models from natural language supervision",
// arXiv 2103.00020, section 2.3 and figure 3.
//
//   a'_i = W_a a_i / |W_a a_i|,   b'_j = W_b b_j / |W_b b_j|,   L_ij = e^s a'_i . b'_j
//   loss = mean_i (-log softmax_j(L_ij) at j = i) / 2 + mean_j (-log softmax_i(L_ij) at i = j) / 2
//
// Shapes   a (N, Ca), b (M, Cb), a vector a picture and a text -> L (N, M); a' and b' have D.
// Cost     N Ca D + M Cb D + N M D multiply-adds. What is encoded once is compared with anything
//          for D of them: a million pictures are searched without an encoder.
// Differs  from `co-attention` and `cross` in who competes: not the words of a text for a picture,
//          but the texts of a batch. The softmax over them is used to learn, and then not needed.
//          A vector is made before it is known what it will be compared with, so it has to say all:
//          where a question asks for one thing out of many take `dcn` or `vilbert`. In a
//          small batch there is little to be wrong about.
// Limit    where all vectors are alike the loss is ln N (clip_of_like_vectors_is_a_guess).
//
// The loss is nn::info_nce(L, true). s is learned and starts at ln(1 / temperature); the authors
// hold e^s at 100 at most, where here nothing does. The model as it is published, encoders
// and all, is in examples/pytorch/clip.h and has these two projections. Looked at (maps.h):
// softmax_j(L), (1, 1, N, M).
#pragma once

#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

struct ClipHeadOptions {
  Index width_a = 0;
  Index width_b = 0;          // 0: width_a
  Index shared = 0;           // D; 0: width_a
  double temperature = 0.07;  // at the start
};

class ClipHead : public nn::Module {
 public:
  // Throws ValueError unless widths are at least 1 and the temperature is above 0.
  ClipHead(const ClipHeadOptions& options, Generator& rng);
  // a (N, Ca), b (M, Cb) -> L (N, M). Throws ShapeError.
  Tensor operator()(const Tensor& a, const Tensor& b) const;
  // The same of what is in the shared space already.
  Tensor compare(const Tensor& shared_a, const Tensor& shared_b) const;
  // a' (N, D) and b' (M, D), of length 1.
  Tensor share_a(const Tensor& a) const;
  Tensor share_b(const Tensor& b) const;

 private:
  nn::Linear& project_a_;
  nn::Linear& project_b_;
  Tensor logit_scale_;  // s
};

}  // namespace heed::inline HEED_REAL::attention
