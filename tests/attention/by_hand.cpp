#include "tests/attention/by_hand.h"

namespace heed::inline HEED_REAL::laws {

Tensor parameter_of(const nn::Module& module, const std::string& name) {
  for (const Parameter& parameter : module.parameters()) {
    if (parameter.name == name) return parameter.value;
  }
  throw ValueError("[parameter_of] there is no " + name);
}

void copy_parameters(const nn::Module& from, const nn::Module& to) {
  const std::vector<Parameter> source = from.parameters(), target = to.parameters();
  if (source.size() != target.size()) throw ValueError("[copy_parameters] different modules");
  for (std::size_t i = 0; i < source.size(); ++i) target[i].value.assign(source[i].value);
}

}  // namespace heed::inline HEED_REAL::laws
