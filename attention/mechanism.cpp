#include "attention/mechanism.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "autograd/errors.h"
#include "autograd/nearest.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

Option positions_option() {
  return {"positions", 0, "relative ones: none, rotary, alibi, relative or t5", position_names()};
}

std::string Option::written(double of) const {
  const bool named = of >= 0 && of < static_cast<double>(names.size()) && of == std::floor(of);
  return named ? names[static_cast<std::size_t>(of)] : fmt::format("{:g}", of);
}

OptionValues::OptionValues(std::string_view mechanism, const std::vector<Option>& options,
                           const std::map<std::string, double>& changed)
    : mechanism_(mechanism) {
  std::vector<std::string> names;
  for (const Option& option : options) {
    values_[option.name] = option.value;
    names.push_back(option.name);
  }
  for (const auto& [name, value] : changed) {
    const auto known = values_.find(name);
    if (known != values_.end()) {
      known->second = value;
      continue;
    }
    throw ValueError(names.empty()
                         ? fmt::format("[{}] has no options, so none named '{}'", mechanism, name)
                         : fmt::format("[{}] has no option '{}'{}", mechanism, name,
                                       name_hint(name, names)));
  }
}

double OptionValues::operator[](const std::string& name) const {
  const auto found = values_.find(name);
  if (found != values_.end()) return found->second;
  throw ValueError(fmt::format("[{}] reads an option '{}' that its entry does not list",
                               mechanism_, name));
}

Index OptionValues::whole(const std::string& name) const {
  const double value = (*this)[name];
  constexpr double most = 1e15;
  if (value == std::floor(value) && std::abs(value) < most) return static_cast<Index>(value);
  throw ValueError(fmt::format("[{}] {} must be a whole number: {}", mechanism_, name, value));
}

Positions OptionValues::positions() const {
  const Index kind = whole("positions");
  if (kind >= 0 && kind <= static_cast<Index>(Positions::t5)) return static_cast<Positions>(kind);
  throw ValueError(fmt::format("[{}] positions must be one of {}: {}", mechanism_,
                               fmt::join(position_names(), ", "), kind));
}

const Option& Mechanism::option(const std::string& wanted) const {
  values({{wanted, 0}});  // throws where there is none
  return *std::ranges::find(options, wanted, &Option::name);
}

std::string Mechanism::family() const {
  const std::size_t end = file.rfind('/');
  if (end == std::string::npos) return "";
  const std::size_t start = file.rfind('/', end - 1);
  return file.substr(start + 1, end - start - 1);
}

OptionValues Mechanism::values(const std::map<std::string, double>& changed) const {
  return OptionValues(name, options, changed);
}

const MixerTraits& Mechanism::as_mixer() const {
  if (mixer) return *mixer;
  throw ValueError(fmt::format(
      "[{}] does not turn a sequence into a sequence: it is built by its task, see {}", name,
      file));
}

std::unique_ptr<Mixer> Mechanism::make(const MixerShape& shape, Generator& rng) const {
  return make(shape, rng, values());
}

std::unique_ptr<Mixer> Mechanism::make(const MixerShape& shape, Generator& rng,
                                       const OptionValues& chosen) const {
  const MixerTraits& traits = as_mixer();
  if (shape.causal && !traits.can.causal) {
    throw ValueError(fmt::format("[{}] has no causal form", name));
  }
  nn::check_positive(name.c_str(), {{"width", shape.width}, {"heads", shape.heads}});
  return traits.make(shape, chosen, rng);
}

Pattern Mechanism::pattern(const MixerShape& shape) const { return pattern(shape, values()); }

Pattern Mechanism::pattern(const MixerShape& shape, const OptionValues& chosen) const {
  return as_mixer().pattern(shape, chosen);
}

const std::string* Mechanism::exempt_from(std::string_view law) const {
  if (!mixer) return nullptr;
  for (const Exemption& exemption : mixer->exempt) {
    if (exemption.law == law) return &exemption.reason;
  }
  return nullptr;
}

std::string capabilities(const Mechanism& mechanism) {
  if (!mechanism.mixer) return "";
  const Capabilities& can = mechanism.mixer->can;
  std::string text;
  const auto add = [&text](bool holds, const char* what) {
    if (holds) text += (text.empty() ? "" : ", ") + std::string(what);
  };
  add(can.causal, "causal");
  add(can.padding, "padding");
  add(can.self, "self");
  add(can.cross, "cross");
  add(can.cache, "cache");
  add(can.map, "map");
  add(can.variable, "any length");
  add(!can.tokens, "pools");
  add(!can.content, "by place");
  return text;
}

std::string proof_of(const Mechanism& mechanism, const Reduction& reduction) {
  if (!reduction.test.empty()) return reduction.test;
  return fmt::format("reductions/{}/{}", mechanism.name, reduction.to);
}

Pattern full_or_causal(const MixerShape& shape, const OptionValues&) {
  return shape.causal ? causal() : full();
}

}  // namespace heed::inline HEED_REAL::attention
