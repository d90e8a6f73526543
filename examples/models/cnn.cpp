#include "examples/models/cnn.h"

#include <fmt/format.h>

#include "attention/catalog.h"
#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/study/answers.h"
#include "examples/study/maps.h"

namespace heed::models {
namespace {

bool is_peer(const study::Setup& setup) { return setup.settings.peer; }

std::vector<std::string> numbers(Index count, const char* what) {
  std::vector<std::string> names;
  for (Index i = 0; i < count; ++i) names.push_back(fmt::format("{}{}", what, i + 1));
  return names;
}

}  // namespace

OnPictures::OnPictures(const study::Setup& setup, Index channels, Peer peer, Generator& rng) {
  if (is_peer(setup)) {
    if (peer == Peer::head) return;
    depthwise_ = &child<nn::Conv2d>("depthwise", channels, channels, 7, rng,
                                    nn::Conv2dOptions{.padding = 3, .groups = channels});
    return;
  }
  const attention::OptionValues values = attention::find(setup.name).values(setup.options);
  if (setup.name == "se") {
    se_ = &child<attention::SqueezeExcitation>(
        "se", channels, rng,
        attention::SqueezeExcitationOptions{.reduction = values.whole("reduction")});
  } else if (setup.name == "cbam") {
    cbam_ = &child<attention::Cbam>("cbam", channels, rng,
                                    attention::CbamOptions{.reduction = values.whole("reduction"),
                                                           .window = values.whole("window"),
                                                           .channel = values["channel"] != 0,
                                                           .spatial = values["spatial"] != 0});
  } else {
    non_local_ = &child<attention::NonLocal>(
        "non_local", channels, rng, attention::NonLocalOptions{.inner = values.whole("inner")});
  }
}

Tensor OnPictures::gate(const Tensor& x, const Tensor& gate) const {
  if (state_ == State::whole) return x * gate;
  const bool of_places = gate.dim(1) == 1;
  return x * (of_places ? mean(gate) : mean(gate, {0}, true));
}

Tensor OnPictures::operator()(const Tensor& x) const {
  if (state_ == State::absent) return x;
  if (se_ != nullptr) return gate(x, se_->gate()(x));
  if (cbam_ != nullptr) {
    Tensor y = x;
    if (cbam_->channel() != nullptr) y = gate(y, (*cbam_->channel())(y));
    if (cbam_->spatial() != nullptr) y = gate(y, (*cbam_->spatial())(y));
    return y;
  }
  if (state_ == State::fixed) return x;
  if (non_local_ != nullptr) return (*non_local_)(x);
  return depthwise_ != nullptr ? relu(x + (*depthwise_)(x)) : x;
}

PictureStudy::PictureStudy(const Pictures& pictures, const study::Setup& setup, Generator& rng)
    : pictures_(pictures) {
  Index channels = pictures.channels, gates = 0;
  for (std::size_t i = 0; i < pictures.stages.size(); ++i) {
    const Stage& stage = pictures.stages[i];
    const std::string at = fmt::format("stages.{}", i);
    convolutions_.push_back(&child<nn::Conv2d>(at, channels, stage.channels, 3, rng,
                                               nn::Conv2dOptions{.padding = 1}));
    channels = stage.channels;
    mechanisms_.push_back(nullptr);
    if (!stage.mechanism) continue;
    gates += 1;
    mechanisms_.back() = &child<OnPictures>(at + ".mechanism", setup, channels, pictures.peer, rng);
  }
  if (is_peer(setup) && pictures.peer == Peer::head) {
    const Index wide = 2 * gates * channels;  // a gate has two matrices (C, C)
    hidden_ = &child<nn::Linear>("hidden", channels, wide, rng);
    channels = wide;
  }
  answer_ = &child<nn::Linear>("answer", channels, pictures.classes, rng);
}

void PictureStudy::draw(Index count, study::Split split, Generator& rng) {
  batch_ = pictures_.draw(count, split, rng);
}

Tensor PictureStudy::answers(const Tensor& pictures) const {
  Tensor x = pictures;
  for (std::size_t i = 0; i < convolutions_.size(); ++i) {
    x = relu((*convolutions_[i])(x));
    if (mechanisms_[i] != nullptr) x = (*mechanisms_[i])(x);
    if (pictures_.stages[i].pool) x = max_pool2d(x, 2);
  }
  x = max(x, {2, 3});  // (B, C)
  if (hidden_ != nullptr) x = relu((*hidden_)(x));
  return (*answer_)(x);
}

Tensor PictureStudy::loss() {
  learned_ = true;
  return cross_entropy(answers(batch_.pictures), batch_.labels);
}

double PictureStudy::score() const {
  return study::share_right(answers(batch_.pictures), batch_.labels);
}

std::vector<study::DrawnMap> PictureStudy::look() const {
  const Index examples = std::min<Index>(8, batch_.labels.size());
  const attention::MapRecorder recorder;
  answers(slice(batch_.pictures, 0, 0, examples));
  std::vector<study::DrawnMap> drawn;
  for (const attention::Map& map : recorder.maps()) {
    const Index rows = map.weights.dim(2), columns = map.weights.dim(3);
    if (rows == 1) {
      drawn.push_back(study::drawn_rows("gates for channels, eight pictures", map,
                                        numbers(examples, "picture "), numbers(columns, "")));
    } else if (rows <= batch_.pictures.dim(2)) {
      attention::Map lines = map;  // of the first picture
      lines.weights = reshape(slice(map.weights, 0, 0, 1), {rows, 1, 1, columns});
      drawn.push_back(study::drawn_rows("gate for places, one picture", lines, numbers(rows, ""),
                                        numbers(columns, "")));
    }
  }
  return drawn;
}

void PictureStudy::take_out(study::Ablation ablation) {
  if (ablation == study::Ablation::none) return;
  for (OnPictures* mechanism : mechanisms_) {
    if (mechanism == nullptr) continue;
    learned_ ? mechanism->fix() : mechanism->leave_out();
  }
}

}  // namespace heed::models
