// WithGrad: records inside a NoGrad what needs a gradient nevertheless, as torch.enable_grad.
//
//   const NoGrad no_grad;                        // a model is tested
//   ...
//   const WithGrad with_grad;                    // and attacked: that takes a slope
//   const Tensor slope = grad({loss(x)}, {x})[0];
#pragma once

namespace heed::inline HEED_REAL {

// While one lives, operations of this thread record again. What was made before stays unrecorded.
class WithGrad {
 public:
  WithGrad();
  ~WithGrad();
  WithGrad(const WithGrad&) = delete;
  WithGrad& operator=(const WithGrad&) = delete;

 private:
  bool before_;
};

}  // namespace heed::inline HEED_REAL
