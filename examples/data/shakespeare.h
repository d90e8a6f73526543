// Tiny Shakespeare: 1,115,394 characters of the plays, as published with char-rnn (Karpathy 2015).
#pragma once

#include <string>

#include "examples/data/characters.h"

namespace heed::inline HEED_REAL::data {

// 65 distinct characters; 1,003,854 to train on and 111,540 to validate on. Reads
// tiny_shakespeare.txt.gz where find_data() finds it. Throws IoError, FormatError.
CharCorpus load_shakespeare(const std::string& data_dir = "");

}  // namespace heed::inline HEED_REAL::data
