// What unicode.cpp looks up. The tables are made by make_unicode.py.
#pragma once

#include <array>
#include <cstddef>

#include "examples/tokenizers/unicode.h"

namespace heed::inline HEED_REAL::tokenizers {

struct KindRun {
  char32_t first;
  Kind kind;
};
struct LowerRun {
  char32_t first, last;
  int step, added;
};
struct Bare {
  char32_t code, letter;
};
struct BareParts {
  char32_t code;
  std::array<char32_t, 3> letters;
};

extern const KindRun kind_runs[];
extern const std::size_t kind_runs_count;
extern const LowerRun lower_runs[];
extern const std::size_t lower_runs_count;
extern const Bare bare_letters[];
extern const std::size_t bare_letters_count;
extern const BareParts bare_parts[];
extern const std::size_t bare_parts_count;

}  // namespace heed::inline HEED_REAL::tokenizers
