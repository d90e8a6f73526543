// Model files: what is read can be written, and reads back as the same.
#include "nn/files/safetensors.h"
#include "tests/fuzz/target.h"

namespace heed_test {
namespace {

constexpr std::string_view words[] = {"\"dtype\":",
                                      "\"shape\":[",
                                      "\"data_offsets\":[",
                                      "\"__metadata__\":{",
                                      "\"F32\"",
                                      "\"F64\"",
                                      "\"BF16\"",
                                      "\"I64\"",
                                      "\"BOOL\"",
                                      "[0,0]",
                                      "{",
                                      "}",
                                      "\"a\":{",
                                      "\\u0061",
                                      ","};

void read_values(const heed::nn::StoredTensor& tensor) {
  using heed::nn::ElementType;
  switch (tensor.type()) {
    case ElementType::boolean:
      tensor.mask();
      break;
    case ElementType::u8:
    case ElementType::i32:
    case ElementType::i64:
      tensor.indices();
      break;
    default:
      if (!heed::nn::is_readable(tensor.type())) break;
      require(tensor.tensor().size() == tensor.shape().size(), "size");
  }
}

}  // namespace

const std::span<const std::string_view> dictionary = words;

void try_to_read(std::span<const std::byte> bytes) {
  try {
    const heed::nn::TensorFile file = heed::nn::parse_safetensors(bytes, "f");
    const auto written = heed::nn::format_safetensors(file);
    const auto again = heed::nn::parse_safetensors(written, "f");
    require(again.metadata == file.metadata, "the metadata comes back");
    require(again.tensors.size() == file.tensors.size(), "every tensor comes back");
    require(heed::nn::format_safetensors(again) == written, "the bytes come back");
    for (const heed::nn::StoredTensor& tensor : file.tensors) read_values(tensor);
  } catch (const heed::FormatError&) {
  }
}

}  // namespace heed_test
