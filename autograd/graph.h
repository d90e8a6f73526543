// How an op says what its derivatives are. For people who add ops.
//
//   Tensor matmul(a, b) {
//     Tensor y = ...;
//     return differentiable("matmul", y,
//         wrt(a, [b = keep(b)](const Tensor& g) { return matmul(g, b(), {.transpose_b = true}); }),
//         wrt(b, [a = keep(a)](const Tensor& g) { return matmul(a(), g, {.transpose_a = true});
//         }));
//   }
//
// One rule an argument. A rule gets the cotangent g and, if it takes a second parameter, the output
// y; what else it needs it keeps. It must never capture the output: y reaches it only as that
// parameter, so there are no cycles. Rules are written in differentiable ops, so every order of
// derivative exists.
#pragma once

#include <array>
#include <memory>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/calling.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// The value of an input as it was in the forward pass. Throws GraphError when it was overwritten
// since.
class Kept {
 public:
  explicit Kept(const Tensor& tensor);

  const Tensor& operator()() const;

 private:
  Tensor tensor_;
  std::uint64_t version_ = 0;
};
// For the captures of a rule: [b = keep(b)].
inline Kept keep(const Tensor& tensor) { return Kept(tensor); }

// Which inputs of a node want a gradient in this pass.
using Wanted = std::uint64_t;

struct Edge {
  Pointer<Node> node;  // null: the input needs no gradient
  Shape shape;
};

// A step of the computation. Made by the functions below only; its memory comes from a pool and
// holds the rules inline.
struct Node {
  const char* name;
  const char* calling = nullptr;  // the operation that called this one; null: the user did
  std::uint64_t sequence;  // creation order: every input of a node has a smaller one
  Edge* edges = nullptr;
  int edge_count = 0;
  std::uint32_t references = 0;
  std::uint32_t bytes = 0;  // of this block
  // The pass that is at work here, and its slot; saved and restored by nested passes.
  std::uint32_t pass = 0;
  std::uint32_t slot = 0;
  bool freed = false;  // the rules were run and dropped
  bool keeps_output = false;
  // The output's value without its node (a node must not own itself).
  Tensor output;
  std::uint64_t output_version = 0;
  // For a leaf: where backward() accumulates.
  Tensor* leaf_grad = nullptr;
  Node* next_dead = nullptr;  // links nodes that wait for teardown
  // Calls the rules of the wanted inputs and fills their gradients.
  void (*gradients)(Node&, const Tensor& g, const Tensor& y, Wanted wanted, Tensor* out) = nullptr;
  // Destroys the rules and what they keep (drop), and the whole object (destroy).
  void (*drop)(Node&) = nullptr;
  void (*destroy)(Node&) = nullptr;
};
// For Pointer<Node>; the last release frees the node and, one after the other, its past.
void retain(Node* node);
void release(Node* node);

namespace detail {

void* allocate_node(std::size_t bytes);
void free_node(void* block, std::size_t bytes);
std::uint64_t next_sequence();
// True when grad mode is on.
bool recording();
// Does anybody watch (watch.h)? Every operation asks, so this is a variable and not a call.
extern constinit thread_local bool watched;
// If so: this operation is done.
void tell(const char* name, const Tensor& y, const Tensor* const* inputs, int count);
// Ties the node to y and returns y.
Tensor attach(Tensor y, Node* node);
// Throws ValueError when a joint rule could not name all its inputs in one Wanted.
void check_input_count(const char* name, std::size_t count);
// Called on what a rule returned: shape check, and the test build's hook that breaks rules.
Tensor checked(const Node& node, int argument, Tensor gradient);

template <class Rule>
constexpr bool takes_output = std::is_invocable_v<Rule&, const Tensor&, const Tensor&>;

template <class Rule>
Tensor call(Rule& rule, const Tensor& g, const Tensor& y) {
  if constexpr (takes_output<Rule>) {
    return rule(g, y);
  } else {
    return rule(g);
  }
}

template <class Rule>
struct Argument {
  const Tensor& input;
  Rule rule;
};

template <class... Rules>
struct SeparateRules {
  static constexpr bool keeps_output = (takes_output<Rules> || ...);
  std::tuple<Rules...> rules;
  void operator()(const Node& node, const Tensor& g, const Tensor& y, Wanted wanted, Tensor* out) {
    each(node, g, y, wanted, out, std::index_sequence_for<Rules...>());
  }
  template <std::size_t... I>
  void each(const Node& node, const Tensor& g, const Tensor& y, Wanted wanted, Tensor* out,
            std::index_sequence<I...>) {
    ((wanted >> I & 1
          ? (void)(out[I] = checked(node, static_cast<int>(I), call(std::get<I>(rules), g, y)))
          : void()),
     ...);
  }
};

// All gradients from one call: rule(g, wanted, out), or rule(g, y, wanted, out) to be handed the
// output.
template <class Rule>
struct JointRule {
  static constexpr bool keeps_output =
      std::is_invocable_v<Rule&, const Tensor&, const Tensor&, Wanted, Tensor*>;
  Rule rule;
  void operator()(const Node& node, const Tensor& g, const Tensor& y, Wanted wanted, Tensor* out) {
    if constexpr (keeps_output) {
      rule(g, y, wanted, out);
    } else {
      rule(g, wanted, out);
    }
    for (int i = 0; i < node.edge_count; ++i) {
      if (wanted >> i & 1) out[i] = checked(node, i, std::move(out[i]));
    }
  }
};

template <class Body>
struct NodeOf final : Node {
  alignas(Body) unsigned char body[sizeof(Body)];
  Body& rules() { return *std::launder(reinterpret_cast<Body*>(body)); }
};

// Makes the node with `count` edges behind it in the same block.
template <class Body>
Tensor make_node(const char* name, Tensor y, Body&& body, const Tensor* const* inputs, int count) {
  using Made = NodeOf<std::decay_t<Body>>;
  const std::size_t head = (sizeof(Made) + alignof(Edge) - 1) / alignof(Edge) * alignof(Edge);
  const std::size_t bytes = head + static_cast<std::size_t>(count) * sizeof(Edge);
  void* block = allocate_node(bytes);
  auto* node = new (block) Made();
  node->name = name;
  node->calling = calling;
  node->sequence = next_sequence();
  node->bytes = static_cast<std::uint32_t>(bytes);
  node->edge_count = count;
  node->edges = reinterpret_cast<Edge*>(static_cast<unsigned char*>(block) + head);
  for (int i = 0; i < count; ++i) new (node->edges + i) Edge{inputs[i]->node(), inputs[i]->shape()};
  try {
    // What a rule keeps of a const reference is const, so moving it is a copy, which may throw.
    new (node->body) std::decay_t<Body>(std::forward<Body>(body));
  } catch (...) {
    for (int i = 0; i < count; ++i) std::destroy_at(node->edges + i);
    std::destroy_at(node);
    free_node(block, bytes);
    throw;
  }
  node->keeps_output = std::decay_t<Body>::keeps_output;
  node->gradients = [](Node& n, const Tensor& g, const Tensor& out_y, Wanted wanted, Tensor* out) {
    static_cast<Made&>(n).rules()(n, g, out_y, wanted, out);
  };
  node->drop = [](Node& n) { std::destroy_at(&static_cast<Made&>(n).rules()); };
  node->destroy = [](Node& n) {
    auto& made = static_cast<Made&>(n);
    if (!made.freed) std::destroy_at(&made.rules());
    for (int i = 0; i < made.edge_count; ++i) std::destroy_at(made.edges + i);
    const std::size_t size = made.bytes;
    std::destroy_at(&made);
    free_node(&made, size);
  };
  return attach(std::move(y), node);
}

}  // namespace detail

// The rule of one input: rule(g) or rule(g, y) gives the input's gradient, of the input's shape.
template <class Rule>
detail::Argument<std::decay_t<Rule>> wrt(const Tensor& input, Rule&& rule) {
  return {input, std::forward<Rule>(rule)};
}

// y with its past. When nothing needs a gradient, or under NoGrad, just y. A y that the caller
// keeps stays without past; std::move it where it is not needed any more.
template <class... Rules>
Tensor differentiable(const char* name, Tensor y, detail::Argument<Rules>... arguments) {
  constexpr int count = static_cast<int>(sizeof...(Rules));
  const std::array<const Tensor*, sizeof...(Rules)> inputs{&arguments.input...};
  if (detail::watched) detail::tell(name, y, inputs.data(), count);
  if (!detail::recording() || !(arguments.input.node() || ...)) return y;
  return detail::make_node(name, std::move(y),
                           detail::SeparateRules<Rules...>{{std::move(arguments.rule)...}},
                           inputs.data(), count);
}

// For ops whose gradients are made together: rule(g, wanted, out), or rule(g, y, wanted, out) to be
// handed the output, fills out[i] for each wanted input i. At most 64 inputs.
template <class Rule>
Tensor differentiable_jointly(const char* name, Tensor y, const std::vector<Tensor>& inputs,
                              Rule&& rule) {
  if (!detail::recording() && !detail::watched) return y;
  bool any = false;
  std::vector<const Tensor*> pointers;
  for (const Tensor& input : inputs) {
    any = any || input.node();
    pointers.push_back(&input);
  }
  const int count = static_cast<int>(pointers.size());
  if (detail::watched) detail::tell(name, y, pointers.data(), count);
  if (!detail::recording() || !any) return y;
  detail::check_input_count(name, inputs.size());
  return detail::make_node(name, std::move(y),
                           detail::JointRule<std::decay_t<Rule>>{std::forward<Rule>(rule)},
                           pointers.data(), count);
}

// The gradient of a fused op through its composed twin: runs `twin` on the inputs and
// differentiates it, and records all of it. What a fused op's rule falls back to when derivatives
// of derivatives are wanted.
template <class Twin>
void gradients_of_twin(const std::vector<Tensor>& inputs, const Tensor& g, Wanted wanted,
                       Tensor* out, Twin&& twin);

namespace detail {
// A view of x with a node of its own, where a twin's inner pass stops.
Tensor fence(const Tensor& x);
void gradients_below(const Tensor& y, const Tensor& g, const std::vector<Tensor>& fenced,
                     Wanted wanted, Tensor* out);
}  // namespace detail

template <class Twin>
void gradients_of_twin(const std::vector<Tensor>& inputs, const Tensor& g, Wanted wanted,
                       Tensor* out, Twin&& twin) {
  std::vector<Tensor> fenced;
  for (const Tensor& x : inputs) fenced.push_back(detail::fence(x));
  detail::gradients_below(twin(fenced), g, fenced, wanted, out);
}

}  // namespace heed::inline HEED_REAL
