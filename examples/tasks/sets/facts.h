// The generator of the tasks on facts.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"

#include <string>

namespace heed::tasks {

// Words: people, then objects, then places.
inline constexpr Index fact_people = 10, fact_objects = 10, fact_places = 10;
inline constexpr Index fact_words = fact_people + fact_objects + fact_places;
inline constexpr Index fact_count = fact_people + fact_objects;

struct FactBatch {
  Indices facts;      // (B, 20, 2), in no order: a person and a place, or an object and a person
  Indices questions;  // (B, 1): a person or an object
  Indices answers;    // (B): the place, as a word
  Mask joined;        // (B): the question is about an object, and takes two facts
};

// `half`: half of the questions are about people; otherwise all are about objects.
FactBatch draw_facts(Index batch, bool half, Generator& rng);
// "person 3, place 7".
std::string fact_in_words(const FactBatch& batch, Index sample, Index fact);

// Of the questions about objects (joined) or people, the share answered right; logits (B, words).
double share_right(const FactBatch& batch, const Tensor& logits, bool joined);

}  // namespace heed::tasks
