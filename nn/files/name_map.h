// How the tensors of a foreign file become those of a model: renamed, joined, split, transposed.
//
//   nn::NameMap map;
//   map.rename("*.gamma", "*.weight")
//       .join({"*.q.weight", "*.k.weight", "*.v.weight"}, "*.in_proj_weight")
//       .split("*.c_attn.weight", {"*.query", "*.key", "*.value"}, 1)
//       .transpose("*.c_fc.weight");
//   nn::load_weights("model.safetensors", model, {.map = map});
//
// Rules are applied one after the other to all tensors, each to the names that those before left.
// In a pattern * stands for any text, dots included, as short as it can be; the names that come out
// have the same texts in the places of their own *, in order. A rule that meets no name does
// nothing. No value is read or copied before it lies in the model.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::nn {

// Of the parts that are joined, must the file have all? With `zeros` one that it has not is zeros,
// of the shape of those it has: keys without a bias.
enum class Absent { refuse, zeros };

// One line of a NameMap.
struct NameRule {
  enum class Kind { rename, join, split, transpose };
  Kind kind;
  std::vector<std::string> from;
  std::vector<std::string> to;
  int axis = 0;
  Absent absent = Absent::refuse;
};

// Each throws ValueError when a name that comes out has more * than one that goes in.
class NameMap {
 public:
  NameMap& rename(const std::string& from, const std::string& to);
  // One behind the other along the axis. Parts belong together whose * stand for the same texts.
  NameMap& join(const std::vector<std::string>& from, const std::string& to, int axis = 0,
                Absent absent = Absent::refuse);
  // Into equal parts along the axis.
  NameMap& split(const std::string& from, const std::vector<std::string>& to, int axis = 0);
  // The last two axes change places.
  NameMap& transpose(const std::string& name);

  const std::vector<NameRule>& rules() const { return rules_; }

 private:
  NameMap& add(NameRule rule);
  std::vector<NameRule> rules_;
};

// What the * of a pattern stand for in a name; nothing when they do not meet.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view name);
// The pattern with these texts in the places of its *.
std::string filled(std::string_view pattern, const std::vector<std::string>& texts);

}  // namespace heed::inline HEED_REAL::nn
