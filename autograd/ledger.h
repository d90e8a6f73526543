// What a computation cost: multiply-adds and bytes, counted where the work is done.
#pragma once

#include <cstdint>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

struct Cost {
  std::uint64_t multiply_adds = 0;  // in matrix products, convolutions and attention
  std::uint64_t bytes = 0;          // read and written by operations
};

// Counts while one lives; off (and free) otherwise. Ledgers nest: each sees what happens in its
// life.
class Ledger {
 public:
  [[nodiscard("one without a name is gone at once: Ledger ledger;")]] Ledger();
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  // Since this ledger began.
  Cost cost() const;

 private:
  Cost at_start_;
};

// Called by operations.
void count_cost(std::uint64_t multiply_adds, std::uint64_t bytes);

}  // namespace heed::inline HEED_REAL
