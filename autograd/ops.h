// Every operation on tensors: one header a family, in autograd/ops/. Each op is one function:
// value, derivative and name live together in the .cpp of its family.
//
// Shapes broadcast as in NumPy where two tensors meet element by element. Axes may be negative.
// Wrong shapes throw ShapeError, wrong values ValueError, both naming the op. Every op has
// derivatives of any order for every Tensor argument; Indices, Mask, axes and generators are plain
// parameters.
#pragma once

#include "autograd/indices_ops.h"
#include "autograd/ops/activations.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/attention.h"
#include "autograd/ops/choice.h"
#include "autograd/ops/conv.h"
#include "autograd/ops/cross_entropy.h"
#include "autograd/ops/draw.h"
#include "autograd/ops/dropout.h"
#include "autograd/ops/einsum.h"
#include "autograd/ops/extremes.h"
#include "autograd/ops/fft.h"
#include "autograd/ops/functions.h"
#include "autograd/ops/gather.h"
#include "autograd/ops/glu.h"
#include "autograd/ops/index_select.h"
#include "autograd/ops/interpolate.h"
#include "autograd/ops/join.h"
#include "autograd/ops/layer_norm.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/order.h"
#include "autograd/ops/pool.h"
#include "autograd/ops/recurrent.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/repeat.h"
#include "autograd/ops/rms_norm.h"
#include "autograd/ops/scan.h"
#include "autograd/ops/segment.h"
#include "autograd/ops/selection.h"
#include "autograd/ops/shape_ops.h"
#include "autograd/ops/signal.h"
#include "autograd/ops/slicing.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/solve.h"
#include "autograd/ops/triangle.h"
