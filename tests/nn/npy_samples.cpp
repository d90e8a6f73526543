// npy_samples write FOLDER: arrays of every type and several shapes, for NumPy to read.
// npy_samples read FOLDER: reads those that NumPy wrote, of which value i is i % 100 in C order.
// numpy_test.sh runs both.
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>

#include "nn/files/npy.h"

namespace {

using namespace heed;

void write_all(const std::string& folder) {
  int made = 0;
  for (const Shape& shape : {Shape{}, Shape{5}, Shape{0, 3}, Shape{2, 3, 4}, Shape{300, 7}}) {
    std::vector<Real> reals;
    std::vector<std::int32_t> ids;
    std::vector<std::uint8_t> answers;
    for (Index i = 0; i < shape.size(); ++i) {
      reals.push_back(static_cast<Real>(i % 100));
      ids.push_back(static_cast<std::int32_t>(i % 100));
      answers.push_back(static_cast<std::uint8_t>(i % 2));
    }
    const std::string number = std::to_string(made++);
    nn::write_npy(folder + "/reals" + number + ".npy", Tensor(shape, reals));
    nn::write_npy(folder + "/ids" + number + ".npy", Indices(shape, ids));
    nn::write_npy(folder + "/answers" + number + ".npy", Mask(shape, answers));
  }
}

Real value_of(const nn::StoredTensor& array, Index i) {
  switch (array.type()) {
    case nn::ElementType::boolean:
      return array.mask()[i];
    case nn::ElementType::u8:
    case nn::ElementType::i32:
    case nn::ElementType::i64:
      return static_cast<Real>(array.indices()[i]);
    default:
      return array.tensor().values()[static_cast<std::size_t>(i)];
  }
}

int read_all(const std::string& folder) {
  int wrong = 0;
  int read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const nn::StoredTensor array = nn::read_npy(entry.path().string());
    const Index cycle = array.type() == nn::ElementType::boolean ? 2 : 100;
    for (Index i = 0; i < array.shape().size(); ++i) {
      if (value_of(array, i) == static_cast<Real>(i % cycle)) continue;
      std::printf("%s: value %lld is wrong\n", entry.path().c_str(), static_cast<long long>(i));
      ++wrong;
      break;
    }
    ++read;
  }
  std::printf("%d arrays read\n", read);
  return wrong;
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 3) return 2;
  if (std::strcmp(argv[1], "write") == 0) {
    write_all(argv[2]);
    return 0;
  }
  return read_all(argv[2]) == 0 ? 0 : 1;
}
