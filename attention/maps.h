// Attention maps are published, not returned: whoever wants to look puts a recorder around a
// forward pass.
//
//   attention::MapRecorder recorder;
//   model(x);
//   for (const attention::Map& map : recorder.maps()) draw(map.weights);
//
// Without a recorder nothing is computed for it. While one lives no gradient is recorded, unless it
// was asked to keep the graph, so that a loss may be put on weights (distillation, a penalty, the
// importance of a head):
//
//   attention::MapRecorder recorder(attention::Graph::keep);
//   const Tensor y = model(x);
//   loss = loss + penalty(recorder.maps()[0].weights);
//
// Look between two training steps, as a forward pass of its own: each step starts its draws anew
// (Module::seed_draws), so looking never changes a training run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// What the numbers of a map are.
enum class MapKind {
  weights,   // the weights the mechanism really used
  implied,   // the matrix that a mechanism without one amounts to
  measured,  // the norm of the Jacobian dy_i / dx_j
};
// "weights", "implied", "measured".
const char* name_of(MapKind kind);

struct Map {
  std::string mechanism;  // "multihead"
  MapKind kind = MapKind::weights;
  Tensor weights;         // (B, H, T, S)
  std::string path = {};  // of the layer in its model, "h.3.attn", where the layer knows it
};

// Whether gradients flow while maps are recorded, and through the maps.
enum class Graph { drop, keep };

// Collects, in the order of the forward pass, what the mixers of this thread publish while it
// lives. The innermost recorder gets everything.
class MapRecorder {
 public:
  [[nodiscard("one without a name is gone at once: MapRecorder maps;")]]
  explicit MapRecorder(Graph graph = Graph::drop);
  ~MapRecorder();
  MapRecorder(const MapRecorder&) = delete;
  MapRecorder& operator=(const MapRecorder&) = delete;

  const std::vector<Map>& maps() const { return maps_; }

 private:
  friend void publish_map(const char*, const Tensor&, MapKind, const std::string&);
  Graph graph_;
  std::optional<NoGrad> no_grad_;
  MapRecorder* before_;
  std::vector<Map> maps_;
};

// For mechanisms: does anybody look? Then take the readable path, which has the weights.
bool recording_maps();
// Hands the weights (B, H, T, S) to the recorder; does nothing without one.
void publish_map(const char* mechanism, const Tensor& weights, MapKind kind = MapKind::weights,
                 const std::string& path = {});

}  // namespace heed::inline HEED_REAL::attention
