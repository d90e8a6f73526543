#include "autograd/saved.h"

#include <algorithm>
#include <utility>

namespace heed::inline HEED_REAL {

namespace detail {
constinit thread_local SavedLedger* saved_ledger = nullptr;
}  // namespace detail

SavedLedger::SavedLedger() : before_(std::exchange(detail::saved_ledger, this)) {}

SavedLedger::~SavedLedger() { detail::saved_ledger = before_; }

std::vector<SavedBytes> SavedLedger::by_operation() const {
  std::vector<SavedBytes> sorted;
  for (const auto& [operation, bytes] : bytes_) sorted.push_back({operation, bytes});
  const auto more = [](const SavedBytes& a, const SavedBytes& b) { return a.bytes > b.bytes; };
  std::stable_sort(sorted.begin(), sorted.end(), more);
  return sorted;
}

}  // namespace heed::inline HEED_REAL
