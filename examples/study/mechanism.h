// How a study asks the catalog: what a mechanism can do here, and how it is built.
#pragma once

#include <memory>
#include <string>

#include "attention/catalog.h"
#include "examples/study/settings.h"

namespace heed::study {

// What a task asks of a mechanism.
struct Needs {
  bool self = false;       // works without a context
  bool cross = false;      // a context
  bool causal = false;     // looking back only
  bool padding = false;    // a mask over keys
  bool variable = false;   // any length without rebuilding
  bool pools = false;      // one result for the whole sequence instead of one a query
  bool reward = false;     // the task pays a reward, which mechanisms that draw may learn from
};

// Why the mechanism cannot do what is needed; empty when it can.
std::string why_not(const Needs& needs, const std::string& mechanism);

// The mixer of a mechanism of the catalog, with some options changed.
std::unique_ptr<attention::Mixer> make_mixer(const std::string& mechanism, const Changes& options,
                                             const attention::MixerShape& shape, Generator& rng);

}  // namespace heed::study
