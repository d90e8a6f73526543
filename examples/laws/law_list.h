// One measuring function a law; laws.cpp says what each is for.
#pragma once

#include "examples/laws/laws.h"

namespace heed::inline HEED_REAL::laws {

Verdict gradients_are_right(const attention::Mechanism& mechanism, double bar);
Verdict weights_are_a_distribution(const attention::Mechanism& mechanism, double bar);
Verdict order_does_not_matter(const attention::Mechanism& mechanism, double bar);
Verdict future_is_invisible(const attention::Mechanism& mechanism, double bar);
Verdict support_is_the_pattern(const attention::Mechanism& mechanism, double bar);
Verdict padding_content_is_ignored(const attention::Mechanism& mechanism, double bar);
Verdict padding_length_is_ignored(const attention::Mechanism& mechanism, double bar);
Verdict nothing_visible_gives_zero(const attention::Mechanism& mechanism, double bar);
Verdict shift_of_scores_is_ignored(const attention::Mechanism& mechanism, double bar);
Verdict batch_and_heads_are_independent(const attention::Mechanism& mechanism, double bar);
Verdict runs_repeat_bitwise(const attention::Mechanism& mechanism, double bar);
Verdict temperature_has_its_limits(const attention::Mechanism& mechanism, double bar);
Verdict decoding_equals_full_pass(const attention::Mechanism& mechanism, double bar);
Verdict weights_make_the_output(const attention::Mechanism& mechanism, double bar);
Verdict recording_changes_nothing(const attention::Mechanism& mechanism, double bar);
Verdict capabilities_are_found(const attention::Mechanism& mechanism, double bar);
Verdict cannot_means_refuses(const attention::Mechanism& mechanism, double bar);

}  // namespace heed::inline HEED_REAL::laws
