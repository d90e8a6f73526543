#include "autograd/to_dot.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <unordered_set>

#include "autograd/graph.h"

namespace heed::inline HEED_REAL {
namespace {

struct Seen {
  const Node* node;
  Shape shape;  // of what it made
};

// Everything below `output`, oldest first. A loop with a list of its own: a chain of a million
// nodes is as deep.
std::vector<Seen> nodes_below(const Tensor& output) {
  std::vector<Seen> found{{output.node().get(), output.shape()}};
  std::unordered_set<const Node*> known{output.node().get()};
  for (std::size_t next = 0; next < found.size(); ++next) {
    const Node& node = *found[next].node;
    for (int i = 0; i < node.edge_count; ++i) {
      const Edge& edge = node.edges[i];
      if (!edge.node || !known.insert(edge.node.get()).second) continue;
      found.push_back({edge.node.get(), edge.shape});
    }
  }
  std::sort(found.begin(), found.end(),
            [](const Seen& a, const Seen& b) { return a.node->sequence < b.node->sequence; });
  return found;
}

// Inside the quotes of a label.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

std::string leaf_label(const std::string& name, const Shape& shape) {
  return fmt::format("[shape=box, label=\"{}\\n{}\"]", escaped(name), shape.str());
}

std::string operation_label(const Seen& seen) {
  std::string inputs;
  for (int i = 0; i < seen.node->edge_count; ++i) {
    inputs += (i == 0 ? "" : ", ") + seen.node->edges[i].shape.str();
  }
  return fmt::format("[label=\"{}\\n{} -> {}\"]", escaped(seen.node->name), inputs,
                     seen.shape.str());
}

}  // namespace

std::string to_dot(const Tensor& output, const std::vector<Parameter>& parameters) {
  std::string text = "digraph {\n";
  const auto out = std::back_inserter(text);
  if (!output.node()) {
    fmt::format_to(out, "  n0 {};\n}}\n", leaf_label("constant", output.shape()));
    return text;
  }
  std::unordered_map<const Node*, std::string> names;
  for (const Parameter& parameter : parameters) {
    names.emplace(parameter.value.node().get(), parameter.name);
  }
  const std::vector<Seen> nodes = nodes_below(output);
  std::unordered_map<const Node*, std::size_t> numbers;
  for (const Seen& seen : nodes) {
    const std::size_t number = numbers.size();
    numbers.emplace(seen.node, number);
    const auto name = names.find(seen.node);
    fmt::format_to(out, "  n{} {};\n", number,
                   !seen.node->leaf_grad ? operation_label(seen)
                   : name == names.end() ? leaf_label("leaf", seen.shape)
                                         : leaf_label(name->second, seen.shape));
    for (int i = 0; i < seen.node->edge_count; ++i) {
      const Node* const input = seen.node->edges[i].node.get();
      if (input) fmt::format_to(out, "  n{} -> n{};\n", numbers.at(input), number);
    }
  }
  return text + "}\n";
}

}  // namespace heed::inline HEED_REAL
