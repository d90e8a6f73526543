#include "autograd/graph.h"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/block_pool.h"
#include "autograd/ops.h"
#include "autograd/reference_count.h"
#include "autograd/testing.h"
#include "autograd/with_grad.h"

namespace heed::inline HEED_REAL {
namespace {

thread_local bool recording_on = true;
thread_local std::uint64_t sequence = 0;
thread_local Index live = 0;

// Nodes whose last reference is gone, waiting for their turn. A chain of a million nodes is taken
// down in a loop: destroying a node releases its inputs, which line up here instead of nesting.
thread_local Node* dead = nullptr;
thread_local bool burying = false;

struct LeafNode final : Node {
  Tensor grad;
};

}  // namespace

void retain(Node* node) { count_up(node->references); }

void release(Node* node) {
  if (!count_down(node->references)) return;
  node->next_dead = dead;
  dead = node;
  if (burying) return;
  burying = true;
  while (dead) {
    Node* next = std::exchange(dead, dead->next_dead);
    next->destroy(*next);
    --live;
  }
  burying = false;
}

Index live_nodes() { return live; }
bool grad_enabled() { return recording_on; }

NoGrad::NoGrad(bool off) : before_(recording_on) { recording_on = recording_on && !off; }
NoGrad::~NoGrad() { recording_on = before_; }

WithGrad::WithGrad() : before_(recording_on) { recording_on = true; }
WithGrad::~WithGrad() { recording_on = before_; }

Kept::Kept(const Tensor& tensor) : tensor_(tensor), version_(tensor.version()) {}

const Tensor& Kept::operator()() const {
  if (tensor_.version() != version_) {
    throw GraphError(fmt::format(
        "[backward] a tensor of shape {} that the backward pass needs was overwritten since the "
        "forward pass\nhint: call backward() before assign() or the optimizer's step()",
        tensor_.shape().str()));
  }
  return tensor_;
}

namespace detail {

void* allocate_node(std::size_t bytes) { return take_block(bytes); }
void free_node(void* block, std::size_t bytes) { return_block(block, bytes); }
std::uint64_t next_sequence() { return ++sequence; }
bool recording() { return recording_on; }

Tensor attach(Tensor y, Node* node) {
  ++live;
  Pointer<Node> owner(node);
  // What another thread has made (a model that was built there) may be ahead of this one's count.
  for (int i = 0; i < node->edge_count; ++i) {
    const Node* const input = node->edges[i].node.get();
    if (input && input->sequence >= node->sequence) node->sequence = sequence = input->sequence + 1;
  }
  if (node->keeps_output) {
    node->output = y.detach();
    node->output_version = y.version();
  }
  // Somebody else may hold this very tensor (a constant of the caller, an input handed through):
  // then the node goes on a handle of its own.
  const Tensor result = y.is_sole_handle() && !y.node() ? std::move(y) : y.alias(y.shape());
  result.set_node(std::move(owner));
  return result;
}

void check_input_count(const char* name, std::size_t count) {
  if (count > 64) {
    throw ValueError(fmt::format("[{}] {} inputs; a joint rule takes at most 64", name, count));
  }
}

Tensor fence(const Tensor& x) {
  if (!x.node()) return x;
  return differentiable("fence", x.detach(), wrt(x, [](const Tensor& g) { return g; }));
}

void gradients_below(const Tensor& y, const Tensor& g, const std::vector<Tensor>& fenced,
                     Wanted wanted, Tensor* out) {
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < fenced.size(); ++i) {
    if (wanted >> i & 1) inputs.push_back(fenced[i]);
  }
  std::vector<Tensor> gradients = grad({y}, inputs, {.create_graph = true}, {g});
  std::size_t next = 0;
  for (std::size_t i = 0; i < fenced.size(); ++i) {
    if (wanted >> i & 1) out[i] = std::move(gradients[next++]);
  }
}

}  // namespace detail

Tensor& Tensor::require_grad() {
  if (node()) {
    if (node()->leaf_grad) return *this;
    throw GraphError(fmt::format(
        "[require_grad] the tensor was computed by {}; only a leaf can be marked", node()->name));
  }
  shape();  // throws when undefined
  auto* leaf = new (detail::allocate_node(sizeof(LeafNode))) LeafNode();
  leaf->name = "leaf";
  leaf->sequence = detail::next_sequence();
  leaf->bytes = sizeof(LeafNode);
  leaf->leaf_grad = &leaf->grad;
  leaf->destroy = [](Node& node) {
    std::destroy_at(&static_cast<LeafNode&>(node));
    detail::free_node(&node, sizeof(LeafNode));
  };
  ++live;
  set_node(Pointer<Node>(leaf));
  return *this;
}

const Tensor& Tensor::grad() const {
  static const Tensor none;
  return node() && node()->leaf_grad ? *node()->leaf_grad : none;
}

void Tensor::zero_grad() const {
  if (node() && node()->leaf_grad) *node()->leaf_grad = Tensor();
}

void Tensor::set_grad(const Tensor& grad) const {
  if (!node() || !node()->leaf_grad) {
    throw GraphError("[set_grad] not a leaf that requires a gradient");
  }
  if (!(grad.shape() == shape())) {
    throw ShapeError(fmt::format("[set_grad] a gradient of shape {} for a leaf of shape {}",
                                 grad.shape().str(), shape().str()));
  }
  *node()->leaf_grad = grad.detach();  // with its past the leaf could end up owning itself
}

}  // namespace heed::inline HEED_REAL
