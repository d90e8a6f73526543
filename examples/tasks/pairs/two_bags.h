// The generator of the task on two bags.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"

namespace heed::tasks {

inline constexpr Index bag_items = 6;  // in each of the two
inline constexpr std::int32_t bag_keys = 24, bag_payloads = 10;

// Within a bag all keys differ; one key lies in both.
struct TwoBags {
  Indices keys_a, payloads_a, keys_b, payloads_b;  // (B, 6)
  Indices shared_a, shared_b;                      // (B): where the key lies that both have
  Indices labels;                                  // (B, 2): its payload in A and in B
};
TwoBags draw_two_bags(Index batch, Generator& rng);

}  // namespace heed::tasks
