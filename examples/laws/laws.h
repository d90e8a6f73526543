// The universal laws: statements that hold for every attention mechanism, measured on the mechanism
// itself over the whole catalog. In double precision: link heed64_laws.
//
// A law looks at what a mechanism says it can do and at what it computes, never at what it is made
// of, so a new mechanism is under all of them with its entry. What it cannot do is not asked of it
// (but refusing is: law REF). A mechanism that is exempt from a law has to break it: that is at the
// same time the law's negative control.
#pragma once

#include <span>
#include <string>

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
  bool (*asks)(const attention::Capabilities& can);
  Verdict (*measured)(const attention::Mechanism& mechanism, double bar);

  // Is it asked of this mechanism at all? Not of one without a mixer part.
  bool applies(const attention::Mechanism& mechanism) const;
  // Whether it holds, exempt or not. A mechanism that throws where it should work breaks it.
  Verdict measure(const attention::Mechanism& mechanism) const;
};

std::span<const Law> laws();

}  // namespace heed::inline HEED_REAL::laws
