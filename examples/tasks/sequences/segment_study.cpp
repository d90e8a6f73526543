#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/study/maps.h"
#include "examples/tasks/sequences/segments.h"

namespace heed::tasks {

std::vector<Indices> SegmentStudy::part_of(const std::vector<Indices>& inputs, Index part,
                                           Index rows) const {
  std::vector<Indices> parts;
  for (const Indices& ids : inputs) {
    std::vector<std::int32_t> cut;
    for (Index row = 0; row < rows; ++row) {
      const auto first = ids.values().begin() + row * length_ + part * segment;
      cut.insert(cut.end(), first, first + segment);
    }
    parts.emplace_back(Shape{rows, segment}, std::move(cut));
  }
  return parts;
}

std::vector<study::DrawnMap> SegmentStudy::look() const {
  const NoGrad no_grad;
  std::vector<attention::MixerState> states;
  const Index last = parts() - 1;
  for (Index part = 0; part < last; ++part) model()(part_of(batch().inputs, part, 1), states);
  const attention::MapRecorder recorder;
  model()(part_of(batch().inputs, last, 1), states);
  if (recorder.maps().empty()) return {};
  std::vector<std::string> rows, columns;
  for (Index i = last * segment; i < length_; ++i) rows.push_back(name_of(i));
  for (Index i = length_ - recorder.maps()[0].weights.dim(3); i < length_; ++i) {
    columns.push_back(name_of(i));
  }
  return study::drawn_maps(recorder, rows, columns);
}

attention::Mixed SegmentStudy::answer(const std::vector<Indices>& inputs) const {
  std::vector<attention::MixerState> states;
  attention::Mixed answered;
  std::vector<Tensor> answers;
  for (Index part = 0; part < parts(); ++part) {
    const attention::Mixed mixed =
        model()(part_of(inputs, part, inputs[0].shape()[0]), states);  // (B, 16, 1, values)
    answers.push_back(mixed.y);
    answered.auxiliary = study::plus(answered.auxiliary, mixed.auxiliary);
  }
  answered.y = concat(answers, 1);  // (B, T, 1, values)
  return answered;
}

double SegmentStudy::share(Index part) const {
  std::vector<std::int32_t> labels(batch().labels.values().begin(), batch().labels.values().end());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (static_cast<Index>(i) % length_ / segment != part) labels[i] = models::not_asked;
  }
  models::Accuracy reached;
  reached.count(answer(batch().inputs).y, Indices(batch().labels.shape(), std::move(labels)));
  return reached.share();
}

}  // namespace heed::tasks
