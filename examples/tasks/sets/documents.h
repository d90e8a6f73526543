// The generator of the task on documents, for its tests.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"

namespace heed::tasks {

inline constexpr Index document_sentences = 6, document_words = 8;  // 8 in each sentence
inline constexpr std::int32_t document_fillers = 20, document_classes = 4;
// Words below document_fillers say nothing; behind them come the classes, and last the marker.
inline constexpr std::int32_t document_marker = document_fillers + document_classes;

// Each sentence has one class word; one sentence has the marker as well, and its class is asked.
struct DocumentBatch {
  Indices words;   // (B, 6, 8)
  Indices marked;  // (B): the sentence with the marker
  Indices labels;  // (B): its class
};
DocumentBatch draw_documents(Index batch, Generator& rng);

}  // namespace heed::tasks
