#include "autograd/calling.h"

#include <string_view>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL {

constinit thread_local const char* detail::calling = nullptr;

Calling::Calling(const char* name) : outermost_(detail::calling == nullptr) {
  if (outermost_) detail::calling = name;
}

Calling::~Calling() {
  if (outermost_) detail::calling = nullptr;
}

std::string detail::in_its_name(const std::string& message) {
  if (calling == nullptr || !message.starts_with('[')) return message;
  const std::string_view name = calling;
  const std::size_t end = message.find(']');
  // Also where it names itself and a part: [mse: square].
  if (end == std::string::npos || message.compare(1, name.size(), name) == 0) return message;
  return "[" + std::string(name) + message.substr(end);
}

std::string detail::named_part(const char* part, const char* whole) {
  if (whole == nullptr || std::string_view(whole) == part) return part;
  return std::string(whole) + ": " + part;
}

}  // namespace heed::inline HEED_REAL
