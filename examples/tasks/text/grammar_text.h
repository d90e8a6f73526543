// Texts of a small grammar in which words agree over distances that vary, and the arcs that say
// with whom.
//
//   S    -> Subj (Adv) V Obj .                       V has the number of its subject
//   Subj -> NP | Pron                                Pron: of kind and number of the subject of the
//   Obj  -> Det Adj* N | Poss Adj* N                 sentence before; Poss: of the kind of its own
//   NP   -> Det Adj* N | Det Adj* N Prep Det Adj* N  sentence's subject
//
// A noun has a kind (of three) and a number. Determiners, adjectives, adverbs and prepositions
// agree with nobody, so that nothing but its governor tells the form of a word. What stands between
// them varies, and the noun behind a preposition, which lies nearer, is not the one.
#pragma once

#include <vector>

#include "autograd/indices.h"
#include "autograd/random.h"

namespace heed::tasks {

inline constexpr Index grammar_length = 20, grammar_words = 35;
inline constexpr std::int32_t hidden_word = 0;  // stands in the place of what is hidden

// Who is asked for: the subject of a verb, the owner that a possessive stands for, the antecedent
// of a pronoun.
enum class Arc { verb, possessive, pronoun };
inline constexpr int arcs = 3;

struct GrammarTexts {
  Indices words;              // (B, T)
  Indices shown;              // (B, T): with a mask over some words
  Indices hidden;             // (B, T, 1): the words under the masks, not_asked elsewhere
  std::vector<Indices> gold;  // for each Arc (B, T): of a masked word whose governor is shown where
                              // that stands, no_arc elsewhere
};

GrammarTexts draw_grammar(Index batch, Generator& rng);

// What agreement decides of a verb, a possessive or a pronoun: two with equal forms are equally
// right. Of any other word: none.
inline constexpr Index no_form = -1;
Index form_of(std::int32_t word);
// Of how many forms the word of such an arc has one.
Index forms_of(Arc arc);

}  // namespace heed::tasks
