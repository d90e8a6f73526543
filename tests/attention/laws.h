// The universal laws: statements that hold for every attention mechanism, measured over the whole
// catalog.
//
// A law looks at what an entry builds, through the interface of Mixer, so a new mechanism is under
// all of them with its one catalog line. What it cannot do is not asked of it (but refusing is: law
// REF), nor what its entry is exempt from, with a reason; an exempt mechanism must break the law.
// Every law has at least one mechanism, real or made wrong on purpose, that breaks it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "attention/catalog.h"

namespace heed::inline HEED_REAL::laws {

struct Verdict {
  double measured = 0;  // the largest difference seen; compared with the law's bar
  bool holds = true;
  std::string note;  // why not, or what else was seen
};

struct Law {
  const char* id;
  const char* title;
  double bar;  // in double precision
  // Can the mechanism be asked? Exemptions are another matter.
  bool (*speaks_of)(const attention::Capabilities& can);
  Verdict (*measure)(const attention::Mechanism& row, double bar);
  // Mechanisms made wrong on purpose that break it; null: the exempt ones do.
  std::vector<attention::Mechanism> (*violators)();

  bool applies(const attention::Mechanism& row) const;
};

std::span<const Law> laws();

}  // namespace heed::inline HEED_REAL::laws
