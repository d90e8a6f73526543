#include "examples/compare/machine.h"

#include <fstream>
#include <thread>

namespace heed::compare {
namespace {

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

std::string compiler() {
#ifdef __clang__
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

}  // namespace

std::string version() { return HEED_VERSION; }

std::vector<std::pair<std::string, std::string>> machine_facts() {
  return {{"processor", processor()},
          {"cores", std::to_string(std::thread::hardware_concurrency())},
          {"compiler", compiler()},
          {"number type", sizeof(Real) == sizeof(float) ? "float" : "double"},
          {"instruction set", HEED_BUILT_FOR}};
}

}  // namespace heed::compare
