#include "attention/memory/memory_network.h"

#include <fmt/format.h>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/pooling/key_mask.h"
#include "attention/scores.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "memory";

MemoryNetworkOptions checked(const MemoryNetworkOptions& options) {
  nn::check_positive(name, {{"vocabulary", options.vocabulary},
                            {"width", options.width},
                            {"hops", options.hops}});
  return options;
}

// The words of each sentence together: (..., L) -> (..., C).
Tensor bag_of(const nn::Embedding& table, const Indices& words) { return sum(table(words), {-2}); }

}  // namespace

MemoryNetwork::MemoryNetwork(const MemoryNetworkOptions& options, Generator& rng)
    : options_(checked(options)),
      tables_(children<nn::Embedding>(
          "table", options.hops + 1, options.vocabulary, options.width, rng,
          nn::EmbeddingOptions{.padding_id = options.padding_id,
                               .deviation = options.deviation})) {}

std::vector<Tensor> MemoryNetwork::remember(const Indices& facts) const {
  if (facts.shape().rank() != 3) {
    throw ShapeError(fmt::format("[{}] facts must be (B, S, L), words of sentences: got {}", name,
                                 facts.shape().str()));
  }
  std::vector<Tensor> memory;
  for (const nn::Embedding* table : tables_) memory.push_back(bag_of(*table, facts));
  return memory;
}

Tensor MemoryNetwork::ask(const Indices& question, const std::vector<Tensor>& memory,
                          const Mask& real) const {
  const auto hops = static_cast<std::size_t>(options_.hops);
  if (memory.size() != hops + 1) {
    throw ShapeError(fmt::format("[{}] {} hops read {} tensors of facts, got {}\nhint: remember() "
                                 "makes them",
                                 name, hops, hops + 1, memory.size()));
  }
  const Index batch = memory[0].dim(0);
  if (question.shape().rank() != 2 || question.dim(0) != batch) {
    throw ShapeError(fmt::format("[{}] the question must be ({}, Q), as there are facts for {}: "
                                 "got {}",
                                 name, batch, batch, question.shape().str()));
  }
  const Mask visible = over_scores(name, memory[0], real);  // (B, 1, 1, S)
  Tensor u = unsqueeze(unsqueeze(bag_of(*tables_[0], question), 1), 1);  // (B, 1, 1, C)
  for (std::size_t hop = 0; hop < hops; ++hop) {
    const Tensor keys = unsqueeze(memory[hop], 1), values = unsqueeze(memory[hop + 1], 1);
    const Tensor weights = softmax_over(shifted(dot(u, keys)), visible);  // (B, 1, 1, S)
    publish_map(name, weights);
    u = u + combine(weights, values);
  }
  return matmul(reshape(u, {batch, options_.width}), transpose(tables_[hops]->weight()));
}

Tensor MemoryNetwork::operator()(const Indices& facts, const Indices& question,
                                 const Mask& real) const {
  return ask(question, remember(facts), real);
}

Mechanism memory_entry() {
  return {.name = name,
          .title = "Memory network (MemN2N)",
          .what = "A question reads a set of facts several times, with what it found before.",
          .paper = "Sukhbaatar et al. 2015, arXiv 1503.08895",
          .file = "attention/memory/memory_network.h",
          .limit = "one_hop_is_cross_attention",
          .aliases = {"memory-network"},
          .options = {{"hops", 2, "times that the memory is read"}},
          .reductions = {{.to = "cross-attention",
                          .when = "one hop",
                          .reason = "facts are keys by one table and values by the next",
                          .test = "one_hop_is_cross_attention"}}};
}

}  // namespace heed::inline HEED_REAL::attention
