#include "tests/framework/leaks.h"

#include "autograd/memory.h"
#include "autograd/tensor.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

heed::Index nodes_before = 0;
std::uint64_t bytes_before = 0;

void begin() {
  nodes_before = heed::live_nodes();
  bytes_before = heed::memory::counters().live_bytes;
}

const Watch watch(begin, left_over);

}  // namespace

std::string left_over() {
  const heed::Index nodes = heed::live_nodes();
  const std::uint64_t bytes = heed::memory::counters().live_bytes;
  std::string text;
  if (nodes > nodes_before) text += std::to_string(nodes - nodes_before) + " nodes ";
  if (bytes > bytes_before) text += std::to_string(bytes - bytes_before) + " bytes ";
  return text.empty() ? text : text + "are left over";
}

}  // namespace heed_test
