// Reduction: what a mechanism becomes under conditions. `local` with a window that covers
// everything is `multihead`.
//
// It is declared once, in the entry of the mechanism that has the conditions, and one law measures
// all of them (examples/laws/reductions.h): both mechanisms are built, the other takes over the
// parameters of the same names, and results and gradients have to agree. Each condition has to be
// needed: without it they must differ. What is no equality of two mixers names the test that
// proves it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "autograd/shape.h"

namespace heed::inline HEED_REAL::attention {

// A parameter that has to have a value: everywhere, or on the diagonal of each of the squares that
// lie on top of each other in it, with 0 beside them.
struct Held {
  std::string parameter;  // "in_proj_weight"
  double value = 0;
  bool diagonal = false;
};

struct Reduction {
  std::string to;           // "multihead"; with a test of its own also what has no entry: "mean"
  std::string when = {};    // for people: "window >= T - 1"; "": always
  std::string reason = {};  // "the window covers every key"
  std::map<std::string, double> options = {};     // of this mechanism, for at most 9 tokens
  std::map<std::string, double> to_options = {};  // of the other
  std::vector<Held> held = {};                    // parameters of this mechanism
  bool unit_tokens = false;                       // every token has the length 1
  bool causal = false;                            // only in the causal form of the other
  Index width = 8, heads = 2;
  std::string test = {};  // the case in tests/ that proves it; "": the law does
};

}  // namespace heed::inline HEED_REAL::attention
