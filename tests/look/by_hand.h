// A reading of "the cat sleeps" by two layers of two heads, cut into five tokens with marks.
#pragma once

#include "autograd/ops.h"
#include "examples/look/reading.h"

namespace heed_test {

// [CLS] the cat sleep ##s: the last two are one word. Head 1 of layer 1 looks where `weights` says,
// all others everywhere alike.
inline heed::look::Reading reading_by_hand(const std::vector<heed::Real>& weights) {
  using namespace heed;
  heed::look::Reading reading;
  reading.tokens = {"[CLS]", "the", "cat", "sleep", "##s"};
  reading.words = {"[CLS]", "the", "cat", "sleeps"};
  reading.word_of = {0, 1, 2, 3, 3};
  reading.marks = {true, false, false, false};
  const Tensor even = Tensor::full({1, 5, 5}, heed::Real(0.2));
  reading.maps = {concat({even, even}, 0), concat({even, Tensor({1, 5, 5}, weights)}, 0)};
  reading.hidden = Tensor({5, 2}, {3, 0, 3, 0, 3, 0, 0, 10, 0, 10});
  return reading;
}

// "cat" gives the two parts of "sleeps" .5 and .25; "sleep" gives "cat" .8, "##s" .4.
inline heed::look::Reading sleeping_cat() {
  return reading_by_hand({1,    0,    0,    0,   0,     //
                          0.2f, 0.2f, 0.2f, 0.2f, 0.2f,  //
                          0.1f, 0.1f, 0.05f, 0.5f, 0.25f,  //
                          0.1f, 0,    0.8f, 0.1f, 0,     //
                          0.2f, 0,    0.4f, 0.2f, 0.2f});
}

}  // namespace heed_test
