#include "attention/maps.h"

namespace heed::inline HEED_REAL::attention {

namespace {

thread_local MapRecorder* current_recorder = nullptr;

}  // namespace

const char* name_of(MapKind kind) {
  switch (kind) {
    case MapKind::weights:
      return "weights";
    case MapKind::implied:
      return "implied";
    case MapKind::measured:
      return "measured";
  }
  return "weights";
}

MapRecorder::MapRecorder(Graph graph) : graph_(graph), before_(current_recorder) {
  if (graph == Graph::drop) no_grad_.emplace();
  current_recorder = this;
}

MapRecorder::~MapRecorder() { current_recorder = before_; }

bool recording_maps() { return current_recorder != nullptr; }

void publish_map(const char* mechanism, const Tensor& weights, MapKind kind,
                 const std::string& path) {
  if (!current_recorder) return;
  const bool keep = current_recorder->graph_ == Graph::keep;
  current_recorder->maps_.push_back({mechanism, kind, keep ? weights : weights.detach(), path});
}

}  // namespace heed::inline HEED_REAL::attention
