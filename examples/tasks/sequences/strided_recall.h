// Recall where a sparse pattern looks, and where it does not: 16 tokens that carry a key and a
// value, then 16 keys alone, each asking for its value. The pair that a query asks for stands on
// its stride of 4 (recall-on-stride), beside it (recall-off-stride), or at the end of a block of
// four (recall-of-summaries). So two patterns that cost the same are told apart, and what a pattern
// cannot see is a ceiling that can be computed. Causal, with learned positions.
// Child et al. 2019, "Generating long sequences with sparse transformers", arXiv 1904.10509.
#pragma once

#include "examples/study/task.h"

namespace heed::tasks {

inline constexpr Index recall_stride = 4;
// The option of a pattern with this stride.
inline const study::Changes by_four = {{"stride", recall_stride}};

// Where the pair stands that the query at a position means by choice 0, 1, 2 or 3; -1 for no query.
using WhereOf = Index (*)(Index position, Index choice);
// Every fourth position, each of which leaves this remainder, and the choice says which.
Index one_of(Index position, Index remainder, Index choice);

// A record with all that the three have in common.
study::Task recall_where(WhereOf where);

}  // namespace heed::tasks
