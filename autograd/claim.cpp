#include "autograd/claim.h"

#include <mutex>
#include <unordered_map>

namespace heed::inline HEED_REAL {
namespace {

struct Claims {
  std::mutex mutex;
  std::unordered_map<const Node*, int> of;  // leaves that a Claim holds, so no address comes twice
};

// Never destroyed: an optimizer that is static itself may outlive every other static.
Claims& claims() {
  static Claims* const all = new Claims;
  return *all;
}

}  // namespace

Claim::Claim(const std::vector<Parameter>& parameters) {
  Claims& all = claims();
  const std::lock_guard lock(all.mutex);
  tensors_.reserve(parameters.size());
  for (const Parameter& parameter : parameters) {
    ++all.of[parameter.value.node().get()];
    tensors_.push_back(parameter.value);
  }
}

Claim::~Claim() {
  Claims& all = claims();
  const std::lock_guard lock(all.mutex);
  for (const Tensor& tensor : tensors_) {
    const auto found = all.of.find(tensor.node().get());
    if (--found->second == 0) all.of.erase(found);
  }
}

bool is_claimed(const Tensor& tensor) {
  Claims& all = claims();
  const std::lock_guard lock(all.mutex);
  return all.of.contains(tensor.node().get());
}

}  // namespace heed::inline HEED_REAL
