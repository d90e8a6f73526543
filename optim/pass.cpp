#include "optim/pass.h"

#include "autograd/update.h"

namespace heed::inline HEED_REAL::optim {

void update_all(const std::vector<Parameter>& parameters,
                const std::function<void(const Piece&)>& kernel) {
  std::vector<Tensor> targets;
  std::vector<std::size_t> numbers;  // of each target among all parameters
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!parameters[i].value.grad().defined()) continue;
    targets.push_back(parameters[i].value);
    numbers.push_back(i);
  }
  update_in_place(targets, [&](std::size_t target, Index begin, Index end) {
    const Tensor& tensor = targets[target];
    kernel({numbers[target], begin, end - begin, tensor.mutable_data() + begin,
            tensor.grad().data() + begin});
  });
}

}  // namespace heed::inline HEED_REAL::optim
