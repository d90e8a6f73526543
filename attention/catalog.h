// The catalog: one explicit table of every mechanism. The command line, the laws, the README and
// the report all read it; a new mechanism is a file pair and one line in catalog.cpp.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attention/core.h"
#include "attention/masks.h"
#include "attention/mixer.h"

namespace heed::inline HEED_REAL::attention {

// What a mechanism can do. What it cannot it refuses with a ValueError.
struct Capabilities {
  bool causal = false;    // MixerConfig::causal
  bool padding = false;   // a mask over keys
  bool cross = false;     // a context
  bool cache = false;     // decoding with a state (together with causal)
  bool map = false;       // has an explicit matrix of weights
  bool variable = false;  // any length without rebuilding
  bool self = true;       // works without a context
  bool pools = false;     // gives (B, 1, C): one vector a sequence
  bool draws = false;     // samples in training mode
  bool ordered = false;   // its weights depend on where a token stands, beyond its pattern
};

struct Row {
  std::string_view name;    // "multihead"
  std::string_view title;   // "Multi-head attention"
  std::string_view family;  // the folder: "dense"
  std::string_view paper;   // "Vaswani et al. 2017, arXiv 1706.03762"
  std::string_view file;    // "attention/dense/multi_head.h"
  std::string_view task;    // the default task: "T1"
  std::string_view limit;   // the test of its limit case
  Capabilities can;
  MakeMixer make = nullptr;
  // The declared pattern for this configuration: exactly where dy_i / dx_j may differ from 0.
  Pattern (*pattern)(const MixerConfig& config) = nullptr;
  // The two exchangeable steps of the core, where the mechanism has them: scores of q (..., T, D)
  // and k (..., S, D), with any learned part at a fixed value, and the normaliser.
  Score score = nullptr;
  Normalise normalise = nullptr;
  std::string_view alias = {};  // another name that find() knows: "general"
};

// Every mechanism, in the order of all lists.
std::span<const Row> catalog();
// By name or alias. Throws ValueError naming the nearest right name.
const Row& find(std::string_view name);
// "causal, padding, cross", for tables.
std::string capabilities(const Row& row);
// Of `candidates`, the one with the fewest edits from `name`.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace heed::inline HEED_REAL::attention
