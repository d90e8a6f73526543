// Mechanism: what the catalog knows of one, whatever its nature.
//
// Its entry stands in the mechanism's own .cpp. One that turns a sequence into a sequence has a
// mixer part, from which laws, tasks and the command line build it; one of another nature (a graph
// layer, an image gate, a teacher) has none, keeps a signature of its own, and its task names it.
//
//   const Mechanism& local = attention::find("local");
//   auto mixer = local.make({.width = 32, .heads = 2}, rng, local.values({{"window", 5}}));
//   Tensor y = mixer->mix({.x = x}).y;                       // (B, T, C) -> (B, T, C)
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attention/masks.h"
#include "attention/mixer.h"
#include "attention/positions.h"
#include "attention/reduction.h"

namespace heed::inline HEED_REAL::attention {

// All that a mixer is told of where it stands; everything else is an option of its own.
struct MixerShape {
  Index width = 32;
  Index heads = 1;
  bool causal = false;
  Index length = 0;  // the longest sequence it will meet; 0: unknown
};

// A number that changes a mechanism, with its name: `--set local.window=5`.
struct Option {
  std::string name;
  double value = 0;  // the default
  std::string what;
  std::vector<std::string> names = {};  // of 0, 1, ... where they are a choice: "rotary"

  // A value as people write it: "5", or its name.
  std::string written(double of) const;
};

// The option `positions` of mechanisms that take relative ones (positions.h).
Option positions_option();

// A number for each option of a mechanism.
class OptionValues {
 public:
  OptionValues() = default;
  // The defaults, with some of them changed. Throws ValueError on a name that `options` lacks,
  // naming the nearest one it has. `mechanism` speaks in the error.
  OptionValues(std::string_view mechanism, const std::vector<Option>& options,
               const std::map<std::string, double>& changed = {});

  // Both throw ValueError on an unknown name; the second also unless the number is whole.
  double operator[](const std::string& name) const;
  Index whole(const std::string& name) const;
  // Of the option `positions`. Throws ValueError on a number that stands for none.
  Positions positions() const;

 private:
  std::string mechanism_;
  std::map<std::string, double> values_;
};

// What a mixer can do. What it cannot it refuses with a ValueError.
struct Capabilities {
  bool causal = false;    // MixerShape::causal
  bool padding = false;   // a mask over keys
  bool cross = false;     // a context
  bool cache = false;     // decoding with a state (together with causal)
  bool map = false;       // publishes the matrix of weights that it used
  bool variable = false;  // any length without rebuilding
  bool self = true;       // works without a context
  bool tokens = true;     // a result a query; otherwise one or several for the whole sequence
  bool content = true;    // where it looks depends on what lies there, not on places alone
};

// A law of examples/laws that does not hold for a mechanism, and why. The tests want it broken:
// each exemption is at the same time a negative control of its law.
struct Exemption {
  std::string law;  // "U2"
  std::string reason;
};

struct MixerTraits {
  Capabilities can;
  std::vector<Exemption> exempt = {};
  // Where dy_i / dx_j may differ from 0: exactly there, or for a mechanism that chooses by content
  // or by chance, there for some input.
  Pattern (*pattern)(const MixerShape& shape, const OptionValues& options) = nullptr;
  std::unique_ptr<Mixer> (*make)(const MixerShape& shape, const OptionValues& options,
                                 Generator& rng) = nullptr;
};

struct Mechanism {
  std::string name;     // "multihead"
  std::string title;    // "Multi-head attention"
  std::string what;     // one sentence for people
  std::string paper;    // "Vaswani et al. 2017, arXiv 1706.03762"
  std::string file;     // "attention/dense/multi_head.h"
  std::string limit;    // the test of its limit case
  std::vector<std::string> aliases = {};  // other names that find() knows: "general"
  std::vector<Option> options = {};
  std::optional<MixerTraits> mixer = {};
  std::vector<Reduction> reductions = {};  // what it becomes under conditions

  // The folder of its file: "dense".
  std::string family() const;
  // Throws ValueError, naming the nearest one, when it has no such option.
  const Option& option(const std::string& name) const;
  // The defaults with some changed, see OptionValues.
  OptionValues values(const std::map<std::string, double>& changed = {}) const;
  // Throws ValueError when it has no mixer part.
  const MixerTraits& as_mixer() const;
  // Builds the mixer. Throws ValueError when it has no mixer part, when the shape does not fit, and
  // when it cannot be causal.
  std::unique_ptr<Mixer> make(const MixerShape& shape, Generator& rng) const;
  std::unique_ptr<Mixer> make(const MixerShape& shape, Generator& rng,
                              const OptionValues& options) const;
  Pattern pattern(const MixerShape& shape) const;
  Pattern pattern(const MixerShape& shape, const OptionValues& options) const;
  // Why it is exempt from a law; null: it is not.
  const std::string* exempt_from(std::string_view law) const;
};

// "causal, padding, cross", for tables; "" without a mixer part.
std::string capabilities(const Mechanism& mechanism);

// The name of what proves a reduction of a mechanism: a case of tests/attention.
std::string proof_of(const Mechanism& mechanism, const Reduction& reduction);

// The pattern of mechanisms that see everything, or the past when they are causal.
Pattern full_or_causal(const MixerShape& shape, const OptionValues& options);

}  // namespace heed::inline HEED_REAL::attention
