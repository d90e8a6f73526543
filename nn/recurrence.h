// What RNN, GRU and LSTM share: layers on top of each other, each in one direction or in both, in
// PyTorch's layout and under its names.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::nn {

// The weights of one layer in one direction, its gates on top of each other.
struct RecurrentWeights {
  Tensor weight_ih;  // (gates * hidden, in)
  Tensor weight_hh;  // (gates * hidden, hidden)
  Tensor bias_ih;    // (gates * hidden)
  Tensor bias_hh;    // (gates * hidden)
};

struct RecurrentShape {
  Index gates;
  Index in;
  Index hidden;
  Index layers = 1;
  bool bidirectional = false;
};

// Module::param of the layer that is to own them.
using MakeParameter = std::function<Tensor(const std::string& name, Tensor init)>;

// weight_ih<suffix>, weight_hh<suffix>, bias_ih<suffix> and bias_hh<suffix>, all from
// U(-1/sqrt(hidden), 1/sqrt(hidden)).
RecurrentWeights make_recurrent_weights(const RecurrentShape& shape, const std::string& suffix,
                                        const MakeParameter& param, Generator& rng);
// Suffixes _l0, _l0_reverse, _l1, ...: layer by layer, forward before backward. Layers above the
// first read the outputs below them. Throws ValueError, naming the layer, unless all sizes are
// >= 1.
std::vector<RecurrentWeights> make_recurrent_stack(const char* layer, const RecurrentShape& shape,
                                                   const MakeParameter& param, Generator& rng);

// What a cell carries along, each (B, hidden): h first, which is also its output. Or all of it
// after each step of a sequence, each (T, B, hidden).
using CellState = std::vector<Tensor>;
// One layer in one direction: x (T, B, in), the state it begins with -> the states it has gone
// through.
using Recurrence = std::function<CellState(const Tensor& x, const CellState& first,
                                           const RecurrentWeights& weights, bool reverse)>;

struct StackRun {
  Tensor output;              // (B, T, hidden), or (B, T, 2 hidden): forward, then backward
  std::vector<Tensor> state;  // a tensor of the cell's each, (layers * directions, B, hidden)
};
// x (B, T, in) with T >= 1; first as StackRun::state, undefined tensors for zeros. Throws
// ShapeError, naming the layer.
StackRun run_recurrent_stack(const char* layer, const std::vector<RecurrentWeights>& layers,
                             bool bidirectional, const Recurrence& recurrence, const Tensor& x,
                             const std::vector<Tensor>& first);

}  // namespace heed::inline HEED_REAL::nn
