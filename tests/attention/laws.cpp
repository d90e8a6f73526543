#include "tests/attention/laws.h"

#include <array>

#include "tests/attention/law_list.h"
#include "tests/attention/violators.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using attention::Capabilities;

bool always(const Capabilities&) { return true; }
bool with_map(const Capabilities& can) { return can.map; }
bool with_padding(const Capabilities& can) { return can.padding; }
bool with_causal(const Capabilities& can) { return can.causal; }
bool with_cache(const Capabilities& can) { return can.cache; }

const std::array all{
    Law{"U1", "gradients equal central differences", 1e-6, always, gradients_are_right,
        straight_through_gradient},
    Law{"U2", "weights are >= 0 and sum to 1", 1e-12, with_map, weights_are_a_distribution,
        sigmoid_weights},
    Law{"U4", "without positions order does not matter", 1e-12, always, order_does_not_matter,
        nullptr},
    Law{"U5", "causal: nothing sees the future", 0, with_causal, future_is_invisible,
        bidirectional_as_causal},
    Law{"U6", "what is seen is what is declared", 0, always, support_is_the_pattern,
        pattern_declared_wrong},
    Law{"U7a", "the content of padding is ignored", 1e-12, with_padding, padding_content_is_ignored,
        mean_over_padding},
    Law{"U7b", "the amount of padding is ignored", 1e-12, with_padding, padding_length_is_ignored,
        mean_over_padding},
    Law{"U8", "a query without keys gives 0", 0, with_padding, nothing_visible_gives_zero,
        nothing_over_nothing},
    Law{"U9", "a shift of all scores is ignored", 1e-9, with_map, shift_of_scores_is_ignored,
        softmax_without_maximum},
    Law{"U10", "batch rows and heads are independent", 0, always, batch_and_heads_are_independent,
        batch_statistics},
    Law{"U11", "same seed, same bits, 1 or 2 threads", 0, always, runs_repeat_bitwise,
        counting_its_calls},
    Law{"U12", "temperature: the mean and the best", 1e-6, with_map, temperature_has_its_limits,
        linear_normaliser},
    Law{"U13", "decoding with a state is the full pass", 1e-10, with_cache,
        decoding_equals_full_pass, forgetting_its_state},
    Law{"U16", "published weights make the output", 1e-12, with_map, weights_make_the_output,
        publishing_other_weights},
    Law{"MAP", "recording maps changes nothing", 1e-12, with_map, recording_changes_nothing,
        changed_by_looking},
    Law{"REF", "what it cannot do it refuses", 0, always, cannot_means_refuses, taking_everything},
};

}  // namespace

bool Law::applies(const attention::Mechanism& row) const {
  return row.mixer && speaks_of(row.mixer->can) && row.exempt_from(id) == nullptr;
}

std::span<const Law> laws() { return all; }

}  // namespace heed::inline HEED_REAL::laws
