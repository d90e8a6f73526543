# Models that write (examples/models): what a writer hears, remembers and may see. They are in float
# as the program has them, so they have a library and cases of their own.

if(NOT TARGET heed_models)
  return()
endif()
set(link_of_others ${mutants_link})
set(mutants_link heed_decoder_cases heed_models)

heed_mutant(none_of_decoders examples/models/recurrent.cpp "tanh(combine_(" "tanh(combine_("
  BY decoders/*)

heed_mutant(answer_heard_before_it_is_given examples/models/recurrent.cpp
  ": right[i - 1];"
  ": right[i];"
  BY decoders/each_writer_is_its_formula)
heed_mutant(padding_read_by_a_writer examples/models/recurrent.cpp
  ".context = read.memory, .mask = read.real"
  ".context = read.memory"
  BY decoders/each_writer_is_its_formula)
heed_mutant(answer_not_fed_back examples/models/recurrent.cpp
  "move(state.answered);"
  "move(Tensor::zeros(state.h.shape()));"
  BY decoders/each_writer_is_its_formula)
heed_mutant(found_after_the_step_only examples/models/recurrent.cpp
  "if (sizes_.writer == Writer::bahdanau) move(found);"
  "if (sizes_.writer == Writer::bahdanau) move(state.answered);"
  BY decoders/each_writer_is_its_formula)
heed_mutant(found_and_state_changed_about examples/models/recurrent.cpp
  "combine_(concat({h, found}, -1))"
  "combine_(concat({found, h}, -1))"
  BY decoders/each_writer_is_its_formula)
heed_mutant(bridge_from_one_direction_twice examples/models/recurrent.cpp
  "reshape(ends, {ends.dim(0), -1})"
  "concat({select(ends, 1, 0), select(ends, 1, 0)}, 1)"
  BY decoders/each_writer_is_its_formula)
heed_mutant(cell_not_carried_over examples/models/recurrent.cpp
  "state.c = next.c;"
  ""
  BY decoders/each_writer_is_its_formula)
heed_mutant(look_added_though_removed examples/models/recurrent.cpp
  "const Tensor found = squeeze(mixed.y, 1);"
  "const Tensor found = squeeze(mixed.y, 1) + mean(read.memory, {1});"
  BY decoders/without_its_mechanism*)
heed_mutant(state_forgotten_while_writing examples/models/recurrent.cpp
  "argmax(write_from(last, context, state).y, -1)"
  "argmax(write_from(last, context, *std::make_unique<State>(read_all(read, lengths).state)).y, -1)"
  BY decoders/a_writer_writes*)
heed_mutant(positions_from_zero_with_a_cache examples/models/transformer.cpp
  "target_positions_(target_words_(previous), start)"
  "target_positions_(target_words_(previous), 0)"
  BY decoders/decoding_with*)
heed_mutant(own_cache_dropped examples/models/transformer.cpp
  "state->own[i] = *mixed.state;"
  "static_cast<void>(state);"
  BY decoders/decoding_with*)
heed_mutant(padding_read_across examples/models/transformer.cpp
  ".memory_mask = real"
  ".memory_mask = {}"
  BY decoders/nobody_reads*)
heed_mutant(padding_read_in_the_encoder examples/models/transformer.cpp
  "{.x = x, .mask = real}"
  "{.x = x}"
  BY decoders/nobody_reads*)
heed_mutant(decoder_looks_ahead examples/models/transformer.cpp
  ".causal = causal,
                                              .cache_context"
  ".causal = false,
                                              .cache_context"
  BY decoders/nobody_reads*)

set(mutants_link ${link_of_others})
