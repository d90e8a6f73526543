// What a valid file holds, a model takes or refuses; alone in a folder it is found as a checkpoint,
// or passed over with a reason.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "nn/files/checkpoint.h"
#include "nn/linear.h"
#include "tests/fuzz/target.h"

namespace heed_test {
namespace {

using namespace heed;

constexpr std::string_view words[] = {"\"xxh3\":\"", "\"score\":\"", "\"step\":\"",  "0x1.8p+1",
                                      "-0x0p+0",     "inf",          "\"m.weight\"", "\"m.bias\"",
                                      "[1,2]",       "\"F32\"",      "\"I32\""};

// This process's own, gone with it.
struct Folder {
  std::string path = (std::filesystem::temp_directory_path() /
                      ("heed-fuzz-checkpoint-" + std::to_string(::getpid())))
                         .string();
  ~Folder() { std::filesystem::remove_all(path); }
};

void read_folder(std::span<const std::byte> bytes) {
  static const Folder folder;
  nn::Checkpoints store(folder.path);
  {
    std::ofstream file(folder.path + "/step-00000001.safetensors", std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
  const auto found = store.newest();
  require(found.has_value() != (store.rejected().size() == 1), "found or rejected");
}

template <class Read>
void read_or_refuse(Read&& read) {
  try {
    read();
  } catch (const FormatError&) {
  }
}

void read_content(const nn::TensorFile& file) {
  for (const auto& entry : file.metadata) {
    const std::string& key = entry.first;
    read_or_refuse([&] { nn::exact_double(file, key); });
    read_or_refuse([&] { nn::exact_int(file, key); });
    read_or_refuse([&] { nn::exact_unsigned(file, key); });
  }
  Generator rng(1);
  nn::Linear layer(2, 1, rng);
  read_or_refuse([&] { nn::load_into(layer, file, "m."); });
  read_or_refuse([&] { nn::load_into(layer, file, "m.", {.strict = false}); });
}

}  // namespace

const std::span<const std::string_view> dictionary = words;

void try_to_read(std::span<const std::byte> bytes) {
  read_or_refuse([&] {
    read_content(nn::parse_safetensors(bytes, "f"));
    read_folder(bytes);  // only what is valid so far: disks are slow
  });
}

}  // namespace heed_test
