// What a model saw of a text, word by word.
#pragma once

#include <string>
#include <vector>

#include "autograd/tensor.h"

namespace heed::look {

struct Reading {
  std::vector<std::string> tokens;   // T, as a reader sees them
  std::vector<std::string> words;    // W, of one token or more
  std::vector<std::size_t> word_of;  // T, the word that a token is part of
  std::vector<bool> marks;           // W, true for what the tokenizer added: [CLS], [SEP]
  std::vector<Tensor> maps;          // of each layer, (H, T, T): the row of a token sums to 1
  Tensor hidden;                     // (T, C), after the last layer

  // A layer's map between words, (H, W, W): what a word's tokens get together, from the mean of
  // what the asking word's tokens give. Rows still sum to 1. Clark et al. 2019, arXiv 1906.04341,
  // section 4.1.
  Tensor between_words(std::size_t layer) const;
  // (C): the mean over the tokens, of length 1, as sentences are compared by. Reimers, Gurevych
  // 2019, arXiv 1908.10084.
  Tensor summary() const;
  // Every place where the word stands, small and large letters alike. Throws ValueError with the
  // words there are when there is none.
  std::vector<std::size_t> find(const std::string& word) const;
};

// The weight that a word gives another one.
struct Link {
  std::size_t layer = 0, head = 0;
  std::size_t to = 0;
  double weight = 0;
};
// For each head of each layer the word that `from` gives most to, marks and itself aside; the
// `count` strongest, the strongest first.
std::vector<Link> strongest_heads(const Reading& reading, std::size_t from, std::size_t count);

}  // namespace heed::look
