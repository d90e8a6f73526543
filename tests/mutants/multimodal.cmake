# Pictures with texts, sounds with texts: more of the mutants of attention.cmake, with what is set
# there.

set(clip attention/pairs/clip.cpp)
heed_mutant(clip_scale_not_positive ${clip} "exp(logit_scale_) * cosines"
  "logit_scale_ * cosines" BY clip)
heed_mutant(clip_of_long_vectors ${clip} "nn::normalize(project_b_(b))" "project_b_(b)" BY clip)
heed_mutant(clip_scale_not_learned ${clip} "exp(logit_scale_) * cosines"
  "exp(logit_scale_.detach()) * cosines" BY clip)
heed_mutant(clip_publishes_the_other_side ${clip} "softmax(scores), 0)"
  "softmax(transpose(scores)), 0)" BY clip)
set(vilbert attention/pairs/vilbert.cpp)
heed_mutant(vilbert_streams_not_swapped ${vilbert} "if (!options_.swapped) {"
  "if (!options_.swapped || options_.width_a == options_.width_b) {" BY vilbert)
heed_mutant(vilbert_padding_of_the_first_stream ${vilbert} "{.x = b, .context = a, .mask = of_a}"
  "{.x = b, .context = a}" BY vilbert)
heed_mutant(vilbert_padding_of_the_second_stream ${vilbert} "{.x = a, .context = b, .mask = of_b}"
  "{.x = a, .context = b}" BY vilbert)
heed_mutant(vilbert_pre_norm ${vilbert} ".norm_first = false" ".norm_first = true" BY vilbert)

# Sound.
set(audio attention/audio/whisper.cpp)
heed_mutant(whisper_frames_not_halved ${audio} ".stride = 2" ".stride = 1" BY whisper_model)
heed_mutant(whisper_sees_the_future ${audio} "{.causal = true," "{.causal = false,"
  BY whisper_model)
heed_mutant(whisper_stem_without_a_bend ${audio} "gelu(conv2_(gelu(conv1_(features))))"
  "gelu(conv2_(conv1_(features)))" BY whisper_model)
heed_mutant(whisper_positions_forget_what_was_seen ${audio} "words_(ids), seen)" "words_(ids), 0)"
  BY whisper_model)
heed_mutant(whisper_hears_anew_with_each_token ${audio} "state->memory[i] = *next.memory_state"
  "state->memory[i] = {}" BY whisper_model)
set(alignment attention/audio/alignment.cpp)
heed_mutant(warping_only_both_or_down ${alignment} ", at(i, j - 1)})" "})" BY whisper_model)
heed_mutant(warping_goes_around_where_both_is_as_good ${alignment} "both <= down && both <= right"
  "both < down && both < right" BY whisper_model)
heed_mutant(warping_goes_back ${alignment} "way.columns.push_back(j - 1)"
  "way.columns.push_back(columns - j)" BY whisper_model)
heed_mutant(maps_not_smoothed ${alignment} "median_filtered(standard, smooth)" "standard"
  BY whisper_model)
