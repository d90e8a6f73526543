// What `heed look` shows, as a page that needs no network and no script.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "examples/look/reading.h"

namespace heed::look {

struct Asked {
  std::size_t word;         // of Reading::words
  std::vector<Link> links;  // its strongest heads
};

struct Near {
  std::string sentence;
  double cosine;
};

struct Shown {
  std::string model, text;  // "bert", what was read
  Reading reading;
  std::vector<Asked> asked;
  std::vector<std::pair<std::size_t, std::size_t>> heads;  // layer and head, to be drawn large
  std::vector<Near> near;  // the nearest first
  std::string written;     // what the model wrote behind the text; empty: nothing
};

std::string html_page(const Shown& shown);
// The same for programs, every digit kept: "tokens", "words", "maps" ([layer][head][row][column]),
// "hidden" ([token][channel], after the last layer), "near", "written".
std::string json_of(const Shown& shown);

}  // namespace heed::look
