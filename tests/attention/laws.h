// The universal laws: statements that hold for every attention mechanism, measured over the whole
// catalog.
//
// A law looks at a catalog row only, so a new mechanism is under all of them with its one catalog
// line. What a row cannot do is not asked of it (but refusing is: law REF). Every law names rows
// that must break it.
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
  bool (*applies)(const attention::Row& row);
  Verdict (*measure)(const attention::Row& row, double bar);
  // Mechanisms, real or made wrong on purpose, that break it: the negative control.
  std::vector<attention::Row> (*violators)();
};

std::span<const Law> laws();

}  // namespace heed::inline HEED_REAL::laws
