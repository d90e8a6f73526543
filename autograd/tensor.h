// Tensor: an array of Real that remembers how it was computed.
//
//   Tensor w = Tensor::zeros({3}).require_grad();
//   Tensor loss = mean(square(x * w - y));
//   loss.backward();
//   w.grad();                                      // d loss / d w, shape (3)
//
// A Tensor is a cheap handle (one pointer) to an immutable, contiguous, 64-byte aligned array with
// a shape of 0 to 8 axes. Several threads may read tensors, and run a model, at the same time; what
// writes them (backward, an optimizer, assign) wants them for itself: one thread trains a model.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "autograd/errors.h"
#include "autograd/indices.h"
#include "autograd/pointer.h"
#include "autograd/shape.h"

namespace heed::inline HEED_REAL {

struct Node;          // graph.h: how a tensor was computed
struct TensorRecord;  // tensor.cpp: shape, memory and node of a tensor
struct Storage;       // storage.h: the memory itself
// For Pointer.
void retain(Node*);
void release(Node*);
void retain(TensorRecord*);
void release(TensorRecord*);
void retain(Storage*);
void release(Storage*);

class Tensor {
 public:
  // Undefined: holds nothing; every use but defined() throws.
  Tensor() = default;
  // Throws ShapeError unless values.size() == shape.size().
  Tensor(const Shape& shape, std::span<const Real> values);
  Tensor(const Shape& shape, std::initializer_list<Real> values);
  // Shape ().
  static Tensor scalar(Real value);

  static Tensor full(const Shape& shape, Real value);
  static Tensor zeros(const Shape& shape) { return full(shape, 0); }
  static Tensor ones(const Shape& shape) { return full(shape, 1); }
  // 0, 1, ..., n - 1. Shape (n).
  static Tensor arange(Index n);
  // The unit matrix (n, n), or its first columns and rows: (n, m).
  static Tensor eye(Index n) { return eye(n, n); }
  static Tensor eye(Index n, Index m);
  // `count` numbers from first to last, both among them, at equal distances. Shape (count).
  static Tensor linspace(double first, double last, Index count);
  // Not initialised: for kernels, which fill it before anybody else sees it.
  static Tensor empty(const Shape& shape);

  // False for a tensor made by Tensor(), which stands for "none".
  bool defined() const { return static_cast<bool>(record_); }

  const Shape& shape() const;
  int rank() const { return shape().rank(); }
  Index size() const { return shape().size(); }
  Index dim(int axis) const { return shape()[axis]; }  // -1 is the last axis
  // The elements in C order, the last axis fastest. Valid while this tensor or an alias lives.
  const Real* data() const;
  std::span<const Real> values() const { return {data(), static_cast<std::size_t>(size())}; }
  // The value of a tensor with one element. Throws ShapeError otherwise.
  Real item() const;

  // Marks a leaf: backward() will leave its gradient in grad(). Throws GraphError on a computed
  // tensor.
  Tensor& require_grad();
  // Was this marked, or computed from something that was?
  bool requires_grad() const;
  // False for what an operation computed from tensors that require a gradient.
  bool is_leaf() const;
  // The gradient that backward() has accumulated in this leaf; undefined before the first
  // backward() and after zero_grad().
  const Tensor& grad() const;
  // Forgets the gradient of a leaf; does nothing elsewhere.
  void zero_grad() const;
  // Replaces the accumulated gradient (clipping, tests). Throws ShapeError when the shapes differ.
  void set_grad(const Tensor& grad) const;
  // The same values with no past. Shares the memory.
  Tensor detach() const;
  // Overwrites a leaf (or a tensor outside every graph) and raises its version: a backward that
  // still needs the old values throws GraphError. Throws ShapeError when the sizes differ,
  // GraphError on a computed tensor.
  void assign(std::span<const Real> values) const;
  void assign(const Tensor& values) const;
  // How often the memory was written since it was made.
  std::uint64_t version() const;

  // Adds d this / d leaf to grad() of every leaf below. `this` must have one element unless a
  // cotangent of its shape is given. The values saved for the pass are freed as it goes, unless
  // `keep_graph`; a second backward through freed values throws GraphError.
  void backward() const;
  void backward(const Tensor& cotangent, bool keep_graph = false) const;

  // For kernels and the graph.
  Real* mutable_data() const;
  const Pointer<Node>& node() const;
  const Pointer<Storage>& storage() const;
  // The same memory under another shape, from element `offset` on, with a node of its own.
  Tensor alias(const Shape& shape, Index offset = 0) const;

  void set_node(Pointer<Node> node) const;
  // Does nobody else hold this tensor (as opposed to its memory)?
  bool is_sole_handle() const;

 private:
  Pointer<TensorRecord> record_;
};

// Kind, shape and values; of more than 1000 values the ends of each axis.
std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

// A named leaf: what a Module owns and an optimizer updates. Copies share the tensor.
struct Parameter {
  std::string name;
  Tensor value;
};

struct GradOptions {
  // Record the computation of the gradients, so that they can be differentiated again.
  bool create_graph = false;
  // Keep the saved values for another pass; create_graph implies it.
  bool keep_graph = false;
  // An input that the outputs do not depend on: a gradient of zeros, or (false) GraphError.
  bool allow_unused = true;
};

// d sum(outputs * cotangents) / d inputs, one tensor an input. Nothing is written into grad().
// Empty cotangents mean ones; then every output must have one element.
std::vector<Tensor> grad(const std::vector<Tensor>& outputs, const std::vector<Tensor>& inputs,
                         const GradOptions& options = {},
                         const std::vector<Tensor>& cotangents = {});

// While one lives, operations of this thread record nothing.
class NoGrad {
 public:
  [[nodiscard("one without a name is gone at once: NoGrad off;")]] explicit NoGrad(bool off = true);
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  bool before_;
};

// False while a NoGrad of this thread lives.
bool grad_enabled();

// Nodes made and not yet dropped by this thread; 0 once every result is dropped. For leak tests.
Index live_nodes();

}  // namespace heed::inline HEED_REAL
