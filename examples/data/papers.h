// Papers that cite one another: the words of each, its field, and which are known in which part of
// an experiment. Cora as LINQS publishes it (Sen et al. 2008, "Collective classification in network
// data") with the split of Yang, Cohen, Salakhutdinov 2016, arXiv 1603.08861 (Planetoid).
//
//   cora/cora.content.gz  a line a paper: its name, a 0 or 1 for each word, its field
//   cora/cora.cites.gz    a line a citation: two names
//   cora/planetoid.split  a line a paper: its name, and train, val, test or none
//
// The fields of a line are separated by tabs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autograd/indices.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::data {

struct Papers {
  Tensor words;         // (N, F): 1 where a paper has a word
  Indices fields;       // (N): what each is about, numbered in the order of the names
  Indices citations;    // (2, 2 E): both ways, each pair once, no loops
  Index field_count = 0;
  Indices train, validation, test;

  Index size() const { return fields.size(); }
};

struct PaperTexts {
  std::string content, cites, split;
};

// `name` is for messages. Throws FormatError with the byte offset in the text that is wrong.
Papers parse_papers(const PaperTexts& texts, const std::string& name);

// The three files where find_data() finds them, and their texts. Throws IoError, FormatError.
PaperTexts read_papers(const std::string& data_dir = "");

}  // namespace heed::inline HEED_REAL::data
