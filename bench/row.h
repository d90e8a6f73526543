// What is measured: one list of rows, which the worker beside PyTorch and the interactive program
// read alike.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autograd/real.h"
#include "bench/work.h"

namespace heed::inline HEED_REAL::bench {

struct Row {
  // limit, kernels, layers, attention, steps, generation, graph, mechanisms, scale
  std::string group;
  std::string name;
  std::function<Work()> prepare;  // same work, same numbers at every call
};

const std::vector<Row>& rows();

// Throws ValueError, with the names there are.
const Row& find_row(const std::string& name);

// What stands behind the rows, by group.
std::vector<Row> limit_rows();       // matrix products, the rate that nothing can pass
std::vector<Row> kernel_rows();      // one operation on a big array
std::vector<Row> layer_rows();       // convolutions and recurrences
std::vector<Row> attention_rows();   // at three lengths
std::vector<Row> step_rows();        // a GPT learns: forward, backward, clip, AdamW
std::vector<Row> generation_rows();  // a GPT of GPT-2's size writes a token, reads a prompt
std::vector<Row> graph_rows();       // many small operations
std::vector<Row> mechanism_rows();   // what claims less than all pairs, over 128 ... 16384 tokens
std::vector<Row> scale_rows();       // attention over 128 ... 16384 tokens

}  // namespace heed::inline HEED_REAL::bench
