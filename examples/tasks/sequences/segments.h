// A text that is read segment after segment: what the tasks on memories have in common.
#pragma once

#include "examples/models/encoder.h"

namespace heed::tasks {

inline constexpr Index segment = 16;

// Reads the tokens of a text in segments of 16, with a state a block, and answers in each.
class SegmentStudy : public models::TokenStudy {
 public:
  SegmentStudy(const models::Tokens& tokens, const study::Setup& setup, Generator& rng)
      : TokenStudy(tokens, setup, rng), length_(tokens.length) {}

  // Where the last segment looked, in what was left of those before it and in itself.
  std::vector<study::DrawnMap> look() const override;

 protected:
  attention::Mixed answer(const std::vector<Indices>& inputs) const override;
  // Of the answers asked for in one segment.
  double share(Index part) const;

 private:
  // One segment of the first `rows` texts, (B, T) each -> (rows, 16) each.
  std::vector<Indices> part_of(const std::vector<Indices>& inputs, Index part, Index rows) const;
  Index parts() const { return length_ / segment; }

  Index length_;
};

}  // namespace heed::tasks
