// A small convolutional network with a mechanism on pictures behind its convolutions, and the study
// that trains it to name what a picture shows.
#pragma once

#include <functional>
#include <vector>

#include "attention/pictures/cbam.h"
#include "attention/pictures/non_local.h"
#include "examples/study/study.h"
#include "nn/conv.h"

namespace heed::models {

struct PictureBatch {
  Tensor pictures;  // (B, C, H, W)
  Indices labels;   // (B)
};

// A convolution of 3 x 3 places and ReLU, then the mechanism, then the larger of each 2 x 2.
struct Stage {
  Index channels = 0;
  bool mechanism = true;
  bool pool = false;
};

// What a task may set beside the network, as an honest peer of the mechanism.
enum class Peer {
  depthwise,  // a depthwise convolution of 7 x 7 places wherever the mechanism would stand
  head,       // a hidden layer before the answer, with as many parameters as gates with r = 1 have
};

struct Pictures {
  Index channels = 1;
  Index classes = 0;
  std::vector<Stage> stages = {};
  Peer peer = Peer::depthwise;
  std::function<PictureBatch(Index count, study::Split split, Generator& rng)> draw = {};
};

// se, cbam or non-local, as the run names it; or the task's peer.
class OnPictures : public nn::Module {
 public:
  OnPictures(const study::Setup& setup, Index channels, Peer peer, Generator& rng);
  // (B, C, H, W) -> the same shape.
  Tensor operator()(const Tensor& x) const;
  // Takes it out of a network that has yet to learn: what comes in goes on.
  void leave_out() { state_ = State::absent; }
  // Takes it out of one that has learned with it: every gate stands at its mean over the batch,
  // those for places over the places, too; a non-local block and a depthwise convolution add
  // nothing. What was left out stays so.
  void fix() { state_ = state_ == State::absent ? State::absent : State::fixed; }

 private:
  Tensor gate(const Tensor& x, const Tensor& gate) const;

  enum class State { whole, fixed, absent };
  State state_ = State::whole;
  attention::SqueezeExcitation* se_ = nullptr;
  attention::Cbam* cbam_ = nullptr;
  attention::NonLocal* non_local_ = nullptr;
  nn::Conv2d* depthwise_ = nullptr;
};

// Trains on what `draw` gives. Its answer comes from the largest value of each feature.
class PictureStudy : public study::Study {
 public:
  PictureStudy(const Pictures& pictures, const study::Setup& setup, Generator& rng);

  void draw(Index count, study::Split split, Generator& rng) override;
  study::Samples samples() const override { return batch_.pictures; }
  Tensor loss() override;
  double score() const override;
  // The gates for places on the first picture, and those for channels on the first eight.
  std::vector<study::DrawnMap> look() const override;
  void take_out(study::Ablation) override;

 private:
  Tensor answers(const Tensor& pictures) const;  // (B, C, H, W) -> logits (B, classes)

  Pictures pictures_;
  PictureBatch batch_;
  bool learned_ = false;
  std::vector<nn::Conv2d*> convolutions_;
  std::vector<OnPictures*> mechanisms_;  // null where there is none
  nn::Linear* hidden_ = nullptr;
  nn::Linear* answer_;
};

// How the record of such a task makes it.
template <Pictures (*pictures)(const study::Setup& setup)>
std::unique_ptr<study::Study> picture_study(const study::Setup& setup, Generator& rng) {
  return std::make_unique<PictureStudy>(pictures(setup), setup, rng);
}

// What take_out() does to a trained network, for the records.
inline constexpr const char* fixed_gates = "every gate fixed at its mean";

}  // namespace heed::models
