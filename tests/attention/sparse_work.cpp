#include "tests/attention/sparse_work.h"

#include <limits>

#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/saved.h"

namespace heed_test {

using namespace heed;
using namespace heed::laws;

std::vector<Tensor> values_and_gradients(const Subject& subject, const Call& call) {
  Tensor leaf(call.x.shape(), call.x.values());
  leaf.require_grad();
  const Tensor y = subject({.x = leaf, .context = call.context, .mask = call.mask});
  std::vector<Tensor> wanted{leaf};
  for (const Parameter& one : subject.mixer().parameters()) wanted.push_back(one.value);
  std::vector<Tensor> made = grad({sum(y * sample(y.shape(), 5))}, wanted);
  made.insert(made.begin(), y);
  return made;
}

double furthest(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, distance(a[i], b[i]));
  return worst;
}

Work work_of(const Subject& subject, Index tokens, Index width, Index projected) {
  Tensor leaf = sample({1, tokens, width}, 7).detach();
  leaf.require_grad();
  const auto projections = static_cast<std::uint64_t>(4 * tokens * width * width * projected);
  Work work;
  Tensor loss;
  {
    const Ledger ledger;
    loss = sum(subject(leaf));
    work.forward = ledger.cost().multiply_adds - projections;
  }
  const Ledger ledger;
  const SavedLedger saved;
  loss.backward();
  work.backward = ledger.cost().multiply_adds - 2 * projections;
  for (const SavedBytes& each : saved.by_operation()) work.kept += each.bytes;
  return work;
}

}  // namespace heed_test
