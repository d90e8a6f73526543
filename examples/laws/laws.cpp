#include "examples/laws/laws.h"

#include <array>
#include <exception>

#include "examples/laws/law_list.h"
#include "examples/laws/rounding.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using attention::Capabilities;

bool always(const Capabilities&) { return true; }
bool with_map(const Capabilities& can) { return can.map; }
bool with_padding(const Capabilities& can) { return can.padding; }
bool with_causal(const Capabilities& can) { return can.causal; }
bool with_cache(const Capabilities& can) { return can.cache; }

const std::array all{
    Law{"U1", "gradients equal central differences", 1e-6, always, gradients_are_right},
    Law{"U2", "weights are >= 0 and sum to 1", 1e-12, with_map, weights_are_a_distribution},
    Law{"U4", "without positions order does not matter", 1e-12, always, order_does_not_matter},
    Law{"U5", "causal: nothing sees the future", 0, with_causal, future_is_invisible},
    Law{"U6", "what is seen is what is declared", 0, always, support_is_the_pattern},
    Law{"U7a", "the content of padding is ignored", 1e-12, with_padding,
        padding_content_is_ignored},
    Law{"U7b", "the amount of padding is ignored", 1e-12, with_padding, padding_length_is_ignored},
    Law{"U8", "a query without keys gives 0", 0, with_padding, nothing_visible_gives_zero},
    Law{"U9", "a shift of all scores is ignored", 1e-9, with_map, shift_of_scores_is_ignored},
    Law{"U10", "batch rows and heads are independent", 0, always, batch_and_heads_are_independent},
    Law{"U11", "same seed, same bits, 1 or 2 threads", 0, always, runs_repeat_bitwise},
    Law{"U12", "temperature: the mean and the best", 1e-6, with_map, temperature_has_its_limits},
    Law{"U13", "decoding with a state is the full pass", 1e-10, with_cache,
        decoding_equals_full_pass},
    Law{"U16", "weights times values are the output", 1e-9, with_map, weights_make_the_output},
    Law{"MAP", "recording maps changes nothing", 1e-12, with_map, recording_changes_nothing},
    Law{"CAN", "it can what it declares, no less, no more", 0, always, capabilities_are_found},
    Law{"REF", "what it cannot do it refuses", 0, always, cannot_means_refuses},
};

}  // namespace

bool Law::applies(const attention::Mechanism& mechanism) const {
  return mechanism.mixer && asks(mechanism.mixer->can);
}

Verdict Law::measure(const attention::Mechanism& mechanism) const {
  try {
    return measured(mechanism, bar_of(*this, mechanism));
  } catch (const std::exception& error) {
    return {.holds = false, .note = error.what()};
  }
}

std::span<const Law> laws() { return all; }

}  // namespace heed::inline HEED_REAL::laws
