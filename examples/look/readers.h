// Published models with their tokenizers, which read a text and let themselves be looked at.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "examples/look/reading.h"
#include "examples/pytorch/bert.h"
#include "examples/pytorch/gpt2.h"
#include "examples/tokenizers/byte_pairs.h"
#include "examples/tokenizers/word_piece.h"

namespace heed::look {

// Where a model lies. What is empty or 0 is looked for beside the weights.
struct Files {
  std::string weights;          // safetensors
  std::string vocabulary = {};  // BERT: vocab.txt; GPT-2: vocab.json
  std::string merges = {};      // GPT-2: merges.txt
  Index heads = 0;              // config.json says it: num_attention_heads, or n_head
};

// All throw IoError and FormatError when a file is missing or is not what it should be, and
// ValueError when the vocabulary has more tokens than the model.
//
// read() throws ValueError on a text without words, on one that is no UTF-8, and on one longer than
// the model's context.
class BertReader {
 public:
  BertReader(const Files& files, bool lowercase);
  Reading read(const std::string& text) const;

 private:
  tokenizers::WordPiece tokenizer_;
  Index context_;
  std::unique_ptr<BertEncoder> model_;
};

class Gpt2Reader {
 public:
  explicit Gpt2Reader(const Files& files);
  Reading read(const std::string& text) const;
  // The text and what the model writes behind it: `count` tokens, or up to the end of the text. A
  // temperature of 0 takes the likeliest token.
  std::string write(const std::string& text, Index count, double temperature,
                    std::uint64_t seed) const;

 private:
  tokenizers::BytePairs tokenizer_;
  std::unique_ptr<Gpt2> model_;
};

}  // namespace heed::look
