// Induction, watched while it is learned: what do the heads look at, when does one begin to look at
// what followed the marker the first time, and when does the loss fall? And what does the removal
// of that head cost, beside that of the others? Olsson et al. 2022, arXiv 2209.11895, arguments 1
// and 3.
#pragma once

#include <functional>
#include <vector>

#include "examples/models/encoder.h"

namespace heed::tasks {

// One moment of a training.
struct Watched {
  double loss = 0, score = 0;  // the score of the head that looks most at what it should
};
// The first moment at which half of the way from the first value to the last lies behind, as a
// share of the training; of at least two moments.
double half_way(const std::vector<Watched>& moments, double Watched::*value);

class InductionStudy : public models::TokenStudy {
 public:
  InductionStudy(models::Tokens tokens, const study::Setup& setup, Generator& rng);

  // Looks at the heads sixty times a training, in a pass of its own that draws nothing.
  void draw(Index count, study::Split split, Generator& rng) override;
  study::Details details() const override;

 private:
  Index every_, steps_ = 0;
  std::vector<Watched> watched_;
};

// Of the maps of heads (B, H, T, T) on these texts (B, T), (H) each: the share of the weight of the
// token behind the first marker that lies on the marker; of the last token, another marker, on the
// first, and on what followed it.
Tensor on_the_marker_before(const Tensor& heads, const Indices& texts);
Tensor on_the_first_marker(const Tensor& heads, const Indices& texts);
Tensor on_the_answer(const Tensor& heads, const Indices& texts);

// What it costs to take out the head with the highest score, and all heads with at least half of it
// together, beside one and as many of the others.
void tell_removal(const Tensor& scores, const std::vector<Index>& heads_each,
                  const std::function<Tensor()>& loss, study::Details& details);

}  // namespace heed::tasks
