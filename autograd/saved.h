// What a graph holds for its backward pass, by operation.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

struct SavedBytes {
  std::string operation;
  std::uint64_t bytes = 0;
};

// While one lives, the backward passes of this thread that free their graph count what they free:
// the values that the rules of each operation had kept. A value that two operations keep counts for
// the one that lets go last; one that the program holds besides (a parameter, a batch, an output)
// for none. They nest; the newest counts.
//
//   const SavedLedger saved;
//   loss.backward();
//   for (const SavedBytes& each : saved.by_operation()) ...
class SavedLedger {
 public:
  SavedLedger();
  ~SavedLedger();
  SavedLedger(const SavedLedger&) = delete;
  SavedLedger& operator=(const SavedLedger&) = delete;

  // The most first.
  std::vector<SavedBytes> by_operation() const;

  // Called by the pass.
  void count(const char* operation, std::uint64_t bytes) { bytes_[operation] += bytes; }

 private:
  std::map<std::string, std::uint64_t> bytes_;
  SavedLedger* before_;
};

namespace detail {
// The ledger that counts, or none.
extern constinit thread_local SavedLedger* saved_ledger;
}  // namespace detail

}  // namespace heed::inline HEED_REAL
