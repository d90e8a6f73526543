// Uses a bit of every library through the header a user sees, and prints the size of a number.
#include "heed.h"

#include <cstdio>

int main() {
  heed::Generator rng(1);
  const auto mixer = heed::attention::find("multihead").make({.width = 4, .heads = 2}, rng);
  heed::optim::SGD optimizer(mixer->parameters(), {.lr = 0.1});
  const heed::Tensor x = rng.normal({2, 3, 4});
  const auto loss = [&] { return heed::nn::mse(mixer->mix({.x = x}).y, x); };
  const heed::Tensor before = loss();
  before.backward();
  optimizer.step();
  std::printf("%d\n", static_cast<int>(sizeof(heed::Real)));
  return loss().item() < before.item() ? 0 : 1;
}
