// Graph attention against PyTorch Geometric: values, weights of the edges, gradients.
#include <boost/test/unit_test.hpp>

#include "attention/graph/gat.h"
#include "attention/maps.h"
#include "nn/files/checkpoint.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

Generator rng(1);

template <class Layer>
void check(const std::string& file, const Layer& layer) {
  const Golden golden(file);
  nn::load_parameters(layer.parameters(), golden.file(), "param.");
  const Tensor x = golden.leaf("input.x");
  const Indices edges = golden.ids("input.edge_index");
  expect_golden(golden, {{"input.x", x}}, {{"output", layer(x, edges)}}, layer.parameters());
  // Their list has the loops of all nodes behind the edges without loops.
  const Indices ends = golden.ids("extra.edge_index_with_self_loops");
  const Tensor expected = golden["extra.attn"];  // (E + N, H)
  const attention::MapRecorder recorder;
  layer(x, edges);
  const Tensor& map = recorder.maps().at(0).weights;  // (1, H, N, N)
  const Index n = x.dim(0), heads = expected.dim(1), count = ends.dim(1);
  std::vector<Real> found;
  for (Index e = 0; e < count; ++e) {
    for (Index h = 0; h < heads; ++h) {
      found.push_back(map.data()[(h * n + ends[count + e]) * n + ends[e]]);
    }
  }
  expect_close("weights", Tensor(expected.shape(), found), expected);
}

BOOST_AUTO_TEST_SUITE(graph)

BOOST_AUTO_TEST_CASE(gat_of_three_heads) {
  check("pyg_gat_concat", attention::GAT(5, 4, rng, {.heads = 3}));
}

BOOST_AUTO_TEST_CASE(gatv2_of_two_heads) {
  check("pyg_gatv2_concat", attention::GATv2(5, 4, rng, {.heads = 2}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
