// The pass from outputs to inputs: find the nodes, order them, call their rules.
#include <fmt/format.h>

#include <algorithm>

#include "autograd/anomaly.h"
#include "autograd/graph.h"
#include "autograd/memory.h"
#include "autograd/ops.h"
#include "autograd/saved.h"

namespace heed::inline HEED_REAL {
namespace {

thread_local std::uint32_t passes = 0;

class Pass {
 public:
  Pass(const std::vector<Tensor>& outputs, std::uint64_t floor, bool keep_values, bool create_graph)
      : number_(++passes), keep_values_(keep_values), no_grad_(!create_graph) {
    discover(outputs, floor);
  }
  // Nested passes (a twin inside a rule) may share nodes with this one: hand their slots back.
  ~Pass() {
    for (const Slot& slot : slots_) {
      slot.node->pass = slot.pass_before;
      slot.node->slot = slot.slot_before;
    }
  }
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;

  bool reaches(const Node& node) const { return node.pass == number_; }

  void add(const Node& node, Tensor gradient) {
    Tensor& sum = slots_[node.slot].gradient;
    sum = sum.defined() ? sum + gradient : std::move(gradient);
  }

  // Only nodes on a way to a target run their rules from here on.
  void aim_at(const std::vector<Tensor>& targets) {
    for (Slot& slot : slots_) slot.needed = false;
    for (const Tensor& target : targets) {
      if (reaches(*target.node())) slots_[target.node()->slot].needed = true;
    }
    for (auto slot = slots_.rbegin(); slot != slots_.rend(); ++slot) {
      for (int i = 0; i < slot->node->edge_count; ++i) {
        slot->needed = slot->needed || needs(slot->node->edges[i].node.get());
      }
    }
  }

  // Calls visit(node, gradient) for every node that received a gradient, in topological order.
  template <class Visit>
  void run(Visit&& visit) {
    for (Slot& slot : slots_) {
      if (!slot.needed || !slot.gradient.defined()) continue;
      const Tensor gradient = std::move(slot.gradient);
      slot.gradient = Tensor();
      if (checks_finite_) detail::check_arriving(*slot.node, gradient);
      visit(*slot.node, gradient);
      if (slot.node->gradients) step(*slot.node, gradient);
    }
  }

 private:
  struct Slot {
    Node* node;
    std::uint32_t pass_before;
    std::uint32_t slot_before;
    bool needed = true;
    Tensor gradient;
  };

  bool needs(const Node* node) const { return node && reaches(*node) && slots_[node->slot].needed; }

  void mark(Node* node, std::vector<Node*>& open) {
    if (node->pass == number_) return;
    slots_.push_back({node, node->pass, node->slot, true, Tensor()});
    node->pass = number_;
    open.push_back(node);
  }

  // Nodes older than `floor` cannot lead to a target. Every input of a node is older than the node,
  // so the order of creation, backwards, is a topological order.
  void discover(const std::vector<Tensor>& outputs, std::uint64_t floor) {
    std::vector<Node*> open;
    for (const Tensor& output : outputs) {
      if (output.node() && output.node()->sequence >= floor) mark(output.node().get(), open);
    }
    while (!open.empty()) {
      Node* node = open.back();
      open.pop_back();
      for (int i = 0; i < node->edge_count; ++i) {
        Node* input = node->edges[i].node.get();
        if (input && input->sequence >= floor) mark(input, open);
      }
    }
    const auto newer = [](const Slot& a, const Slot& b) {
      return a.node->sequence > b.node->sequence;
    };
    if (!std::is_sorted(slots_.begin(), slots_.end(), newer)) {
      std::sort(slots_.begin(), slots_.end(), newer);
    }
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      slots_[i].node->slot = static_cast<std::uint32_t>(i);
    }
  }

  void step(Node& node, const Tensor& gradient) {
    Wanted wanted = 0;
    for (int i = 0; i < node.edge_count; ++i) {
      if (needs(node.edges[i].node.get())) wanted |= Wanted{1} << i;
    }
    if (wanted == 0) return;
    if (node.freed) {
      throw GraphError(
          fmt::format("[backward] a second time through {}, whose saved values are freed\n"
                      "hint: add several losses up before one backward, pass keep_graph to the "
                      "first, or compute the output again",
                      detail::named_part(node.name, node.calling)));
    }
    std::array<Tensor, 8> few;
    std::vector<Tensor> many(node.edge_count > 8 ? static_cast<std::size_t>(node.edge_count) : 0);
    Tensor* results = many.empty() ? few.data() : many.data();
    node.gradients(node, gradient, output_of(node), wanted, results);
    for (int i = 0; checks_finite_ && i < node.edge_count; ++i) {
      if (wanted >> i & 1) detail::check_gradient(node, i, results[i], gradient);
    }
    if (!keep_values_) drop(node);
    for (int i = 0; i < node.edge_count; ++i) {
      if (wanted >> i & 1) add(*node.edges[i].node, std::move(results[i]));
    }
  }

  // The output as the rules see it: with its node when they are recorded themselves.
  static Tensor output_of(Node& node) {
    if (!node.keeps_output) return Tensor();
    if (node.output.version() != node.output_version) {
      throw GraphError(fmt::format(
          "[backward] the output of {}, which its rule needs, was overwritten since", node.name));
    }
    if (!grad_enabled()) return node.output;
    Tensor y = node.output.detach();
    y.set_node(Pointer<Node>(&node));
    return y;
  }

  static void drop(Node& node) {
    SavedLedger* saved = detail::saved_ledger;
    const std::uint64_t before = saved ? memory::counters().live_bytes : 0;
    node.freed = true;
    node.drop(node);
    node.output = Tensor();
    if (saved) saved->count(node.name, before - memory::counters().live_bytes);
  }

  std::uint32_t number_;
  bool keep_values_;
  NoGrad no_grad_;
  // The pass looks at what each rule returns and names the operation whose rule it is; what the
  // rules are made of keeps quiet.
  bool checks_finite_ = anomaly_enabled();
  AnomalyGuard quiet_{false};
  std::vector<Slot> slots_;
};

Tensor seed_of(const Tensor& output, const Tensor& cotangent, const char* op) {
  if (!output.node()) {
    throw GraphError(fmt::format(
        "[{}] the output of shape {} depends on no tensor that requires a gradient\n"
        "hint: call require_grad() on the leaves before the computation, outside of NoGrad",
        op, output.shape().str()));
  }
  if (!cotangent.defined()) {
    if (output.size() != 1) {
      throw ShapeError(
          fmt::format("[{}] an output of shape {} needs a cotangent of its shape\n"
                      "hint: reduce the loss to one number with sum() or mean()",
                      op, output.shape().str()));
    }
    return Tensor::full(output.shape(), 1);
  }
  if (!(cotangent.shape() == output.shape())) {
    throw ShapeError(fmt::format("[{}] a cotangent of shape {} for an output of shape {}", op,
                                 cotangent.shape().str(), output.shape().str()));
  }
  return cotangent;
}

}  // namespace

void Tensor::backward(const Tensor& cotangent, bool keep_graph) const {
  const Tensor seed = seed_of(*this, cotangent, "backward");
  Pass pass({*this}, 0, keep_graph, false);
  pass.add(*node(), seed);
  pass.run([](Node& node, const Tensor& gradient) {
    if (!node.leaf_grad) return;
    Tensor& sum = *node.leaf_grad;
    sum = sum.defined() ? sum + gradient : gradient.detach();
  });
}

std::vector<Tensor> grad(const std::vector<Tensor>& outputs, const std::vector<Tensor>& inputs,
                         const GradOptions& options, const std::vector<Tensor>& cotangents) {
  if (!cotangents.empty() && cotangents.size() != outputs.size()) {
    throw ValueError(
        fmt::format("[grad] {} cotangents for {} outputs", cotangents.size(), outputs.size()));
  }
  std::uint64_t floor = ~std::uint64_t{0};
  for (const Tensor& input : inputs) {
    if (!input.node()) {
      throw GraphError(
          fmt::format("[grad] an input of shape {} does not require a gradient\n"
                      "hint: call require_grad() before the computation",
                      input.shape().str()));
    }
    floor = std::min(floor, input.node()->sequence);
  }
  Pass pass(outputs, floor, options.keep_graph || options.create_graph, options.create_graph);
  pass.aim_at(inputs);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Tensor seed = seed_of(outputs[i], cotangents.empty() ? Tensor() : cotangents[i], "grad");
    if (pass.reaches(*outputs[i].node())) pass.add(*outputs[i].node(), seed);
  }
  std::vector<Tensor> result(inputs.size());
  pass.run([&](Node& node, const Tensor& gradient) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].node().get() == &node) result[i] = gradient;
    }
  });
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (result[i].defined()) continue;
    if (!options.allow_unused) {
      throw GraphError(fmt::format("[grad] the outputs do not depend on input {} of shape {}", i,
                                   inputs[i].shape().str()));
    }
    result[i] = Tensor::zeros(inputs[i].shape());
  }
  return result;
}

}  // namespace heed::inline HEED_REAL
