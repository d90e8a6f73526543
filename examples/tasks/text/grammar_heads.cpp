#include "examples/tasks/text/grammar_heads.h"

#include <algorithm>
#include <string>

#include "attention/heads/arcs.h"
#include "attention/heads/rollout.h"
#include "autograd/ops.h"

namespace heed::tasks {
namespace {

constexpr const char* arc_names[arcs] = {"verb", "possessive", "pronoun"};

}  // namespace

void tell_arcs(const std::vector<Tensor>& maps, const std::vector<Indices>& gold,
               study::Details& details) {
  const Tensor heads = concat(maps, 1);  // (B, all heads, T, T)
  const Tensor flow = unsqueeze(attention::rollout(maps), 1);
  double ahead = -1;
  for (std::size_t arc = 0; arc < gold.size(); ++arc) {
    const auto best = static_cast<double>(max(attention::arc_score(heads, gold[arc])).item());
    const double offset = attention::best_offset(gold[arc]).score;
    const std::string name = arc_names[arc];
    details[name + ": best head"] = best;
    details[name + ": best offset"] = offset;
    details[name + ": rollout"] =
        static_cast<double>(attention::arc_score(flow, gold[arc]).item());
    ahead = std::max(ahead, best - offset);
  }
  details["best head ahead of its offset"] = ahead;
}

}  // namespace heed::tasks
