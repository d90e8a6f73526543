// Hierarchical attention: the words of each sentence are pooled into a sentence, and the sentences
// into a document.
// Yang et al. 2016, "Hierarchical attention networks for document classification" (HAN), NAACL,
// section 2.2.
//
//   words       a_it = softmax_t(u_w . tanh(W_w h_it + b_w)),   s_i = sum_t a_it h_it
//   sentences   a_i  = softmax_i(u_s . tanh(W_s s_i + b_s)),    z = sum_i a_i s_i
//
// Shapes   h (B, S, W, C) -> z (B, C); weights of the sentences (B, S) and of the words in each
//          (B, S, W).
// Cost     that of pooling S W words and of pooling S sentences: the second is hardly more.
// Differs  from pooling all words at once: a word is compared with the words of its sentence only,
//          and a sentence by what was made of it. That pays where what matters about a word is said
//          by another one in its sentence; where each word speaks for itself take `pooling`.
// Limit    one sentence is pooling of its words (one_sentence_is_pooling_of_its_words); u_s = 0 is
//          the mean of the sentences (a_silent_question_means_the_sentences).
//
// The order of sentences, and of words in one, does not count. Yang et al. run a recurrent layer
// before each level: a model that wants one calls words() and sentences() itself, with the layer
// in between. A sentence without a word is none. Looked at (maps.h) it has two maps, (B S, 1, 1, W)
// and (B, 1, 1, S).
#pragma once

#include "attention/pooling/attention_pooling.h"

namespace heed::inline HEED_REAL::attention {

struct HierarchicalOptions {
  Index width = 0;
  Index hidden = 0;  // of both levels; 0: the width
};

struct Document {
  Tensor z;          // (B, C)
  Tensor sentences;  // (B, S): the weight of each sentence
  Tensor words;      // (B, S, W): of each word in its sentence
};

class Hierarchical : public nn::Module {
 public:
  Hierarchical(const HierarchicalOptions& options, Generator& rng);

  // `real` (B, S, W) says which words are there; undefined: all. Throws ShapeError.
  Document operator()(const Tensor& h, const Mask& real = {}) const;

  const AttentionPooling& words() const { return words_; }
  const AttentionPooling& sentences() const { return sentences_; }

 private:
  Index width_;
  AttentionPooling& words_;
  AttentionPooling& sentences_;
};

}  // namespace heed::inline HEED_REAL::attention
