# More of the mutants of attention.cmake, with what is set there: sums over sequences and trees.

set(chains attention/structured/linear_chain.cpp)
heed_mutant(chain_read_one_way ${chains} "messages(chain) + chain.unary + behind"
  "messages(chain) + chain.unary" BY linear_chains)
heed_mutant(chain_steps_turned ${chains} ".pairs = transpose(chain.pairs)" ".pairs = chain.pairs"
  BY linear_chains)
heed_mutant(chain_absent_tokens_speak ${chains}
  "real.defined() ? where(real, passed, said.back()) : passed" "passed" BY laws/U7b)
heed_mutant(chain_absent_tokens_weigh ${chains}
  "kept(softmax(messages(chain) + chain.unary + behind), chain.real)"
  "softmax(messages(chain) + chain.unary + behind)" BY laws/U7a)
heed_mutant(chain_ends_with_the_padding ${chains}
  "while (t >= 0 && chain.real.defined() && !chain.real[b * count + t]) --t;" "" BY linear_chains)
heed_mutant(chain_step_counted_twice ${chains} "reshape(here + chain.pairs + next,"
  "reshape(here + chain.pairs * 2.0 + next," BY linear_chains)
heed_mutant(viterbi_is_greedy ${chains}
  "score += before[choice] + static_cast<double>(pair[choice])"
  "score += static_cast<double>(pair[choice])" BY linear_chains)
set(crf attention/structured/crf.cpp)
heed_mutant(crf_ships_sigmoids ${crf} ".pairs = pairs_," ".pairs = pairs_ * 0.0," BY formula/crf/*)
heed_mutant(crf_weighs_who_is_out ${crf} "select(state_marginals(chain(h, real)), 2, 1)"
  "select(state_marginals(chain(h, real)), 2, 0)" BY formula/crf/*)

set(trees attention/structured/trees.cpp)
heed_mutant(trees_of_many_roots ${trees} "logsumexp(slice(own, 1, 1, word + 1), {1}, true)"
  "logsumexp(own, {1}, true)" BY trees)
heed_mutant(trees_read_from_below ${trees} "concat({unsqueeze(scores.root, 2), scores.arcs}, 2)"
  "concat({unsqueeze(scores.root, 2), transpose(scores.arcs)}, 2)" BY trees)
heed_mutant(trees_with_absent_heads ${trees} "there && is_there(scores, b, head)" "there" BY trees)
heed_mutant(trees_forget_who_left ${trees}
  "logsumexp(stack({slice(above, 2, 0, word + 1), over}, 0), {0})" "slice(above, 2, 0, word + 1)"
  BY trees)
heed_mutant(trees_of_later_words_only ${trees} "before || is_there(scores, b, other)" "true"
  BY trees)
set(projective attention/structured/projective.cpp)
heed_mutant(projective_heads_turned ${projective} "between + diagonal(arcs, -width)"
  "between + diagonal(arcs, width)" BY trees)
heed_mutant(projective_of_full_length ${projective}
  "ends_here, of_length(chart, scores.root, length)"
  "ends_here, of_length(chart, scores.root, scores.root.dim(1))" BY trees)
heed_mutant(projective_between_is_linked ${projective}
  "joined(chart.right, chart.left, 0, width - 1, width, 1)"
  "joined(chart.linked_right, chart.left, 0, width - 1, width, 1)" BY trees)
set(tree attention/structured/tree.cpp)
heed_mutant(tree_without_a_root ${tree} "transpose(root_(input.x))"
  "transpose(root_(input.x)) * 0.0"
  BY formula/tree/*)

set(streams attention/training/two_stream.cpp)
heed_mutant(query_sees_itself ${streams} "return ranks.seen < ranks.looking;"
  "return ranks.seen <= ranks.looking;" BY two_streams)
heed_mutant(content_does_not_see_itself ${streams} "return ranks.seen <= ranks.looking;"
  "return ranks.seen < ranks.looking;" BY two_streams)
heed_mutant(order_turned_round ${streams} "return {order.reshape({batch, 1, length, 1}),"
  "return {order.reshape({batch, 1, 1, length})," BY two_streams)
heed_mutant(query_stream_reads_itself ${streams} ".context = streams.content"
  ".context = streams.query" BY two_streams)
