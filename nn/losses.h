// Losses that are not operations of their own, by PyTorch's names without `_loss`. Cross-entropy is
// an operation: autograd/ops.h. Those that compare directions are in nn/similarity.h.
//
// Where nothing else is said, prediction and target have one shape, since broadcasting here is
// nearly always a mistake: ShapeError otherwise. Each gives one value an element (a row, where
// there are labels), of which the mean is taken unless told otherwise. Gradients reach targets as
// well.
#pragma once

#include "autograd/ops/cross_entropy.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::nn {

// The mean, or the sum -> scalar; or the values as they are. The mean of none is 0.
Tensor reduce(const Tensor& values, Reduction reduction);

// (prediction - target)^2.
Tensor mse(const Tensor& prediction, const Tensor& target, Reduction reduction = Reduction::mean);

// |prediction - target|.
Tensor l1(const Tensor& prediction, const Tensor& target, Reduction reduction = Reduction::mean);

// d^2 / 2 up to |d| = delta, a straight line from there on: delta (|d| - delta / 2), with d =
// prediction - target. Huber 1964, "Robust estimation of a location parameter", equation 1. Throws
// ValueError unless delta > 0.
Tensor huber(const Tensor& prediction, const Tensor& target, double delta = 1,
             Reduction reduction = Reduction::mean);

// Huber's with delta = beta, divided by beta: of slope 1 far out. Girshick 2015, "Fast R-CNN",
// arXiv 1504.08083, equation 3. With beta 0, |d|. Throws ValueError unless beta >= 0.
Tensor smooth_l1(const Tensor& prediction, const Tensor& target, double beta = 1,
                 Reduction reduction = Reduction::mean);

struct BinaryCrossEntropyWithLogitsOptions {
  // What a positive counts for; broadcasts against the logits. Undefined: 1.
  Tensor pos_weight = {};
  Reduction reduction = Reduction::mean;
};
// -(p t log s + (1 - t) log(1 - s)) with s = sigmoid(logit) and targets t in [0, 1]. Finite for
// logits of any size.
Tensor binary_cross_entropy_with_logits(const Tensor& logits, const Tensor& target,
                                        const BinaryCrossEntropyWithLogitsOptions& options = {});

struct BinaryCrossEntropyOptions {
  // What an element counts for; broadcasts against the probabilities. Undefined: 1.
  Tensor weight = {};
  Reduction reduction = Reduction::mean;
};
// -w (t log p + (1 - t) log(1 - p)) of probabilities p and targets t in [0, 1]. Logarithms are
// taken as -100 where they are less, and where p is 0 or 1 their infinite derivative is taken as 0:
// what has logits has better digits in binary_cross_entropy_with_logits. Throws ValueError on a
// probability outside [0, 1].
Tensor binary_cross_entropy(const Tensor& probabilities, const Tensor& target,
                            const BinaryCrossEntropyOptions& options = {});

struct NllOptions {
  std::int32_t ignore_index = -100;
  // What each class counts for, (C); undefined: 1. No gradient flows to it.
  Tensor weight = {};
  Reduction reduction = Reduction::mean;
  int axis = -1;  // where the classes are; in PyTorch axis 1
};
// -w_label q_label of log-probabilities q (..., C), labels (...) -> one value a row: cross_entropy
// for what has been through log_softmax already. A row labelled `ignore_index` gives 0; the mean
// divides by the sum of w_label over all other rows, and is 0 when there are none (PyTorch: NaN).
// Throws ValueError on any other label outside [0, C).
Tensor nll(const Tensor& log_probabilities, const Indices& labels, const NllOptions& options = {});

struct KlDivOptions {
  bool log_target = false;  // the target is given as log-probabilities, too
  Reduction reduction = Reduction::mean;
};
// The terms t (log t - q) of the divergence of q from t, where q are log-probabilities and t are
// probabilities; 0 where t is 0. The mean over rows of the divergence, PyTorch's "batchmean", is
// the sum divided by the number of rows; Reduction::mean divides by the number of elements.
Tensor kl_div(const Tensor& log_probabilities, const Tensor& target,
              const KlDivOptions& options = {});

struct MultiMarginOptions {
  double margin = 1;
  int p = 1;  // 1 or 2
  Reduction reduction = Reduction::mean;
};
// Hinge: sum over c other than the label of max(0, margin - x_label + x_c)^p / C. Weston and
// Watkins 1999. scores (..., C), labels (...) -> one value a row. Throws ValueError on a label
// outside [0, C) and on another p.
Tensor multi_margin(const Tensor& scores, const Indices& labels,
                    const MultiMarginOptions& options = {});

}  // namespace heed::inline HEED_REAL::nn
