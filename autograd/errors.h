// What heed throws. Every message starts with the op the user called: `[matmul] ...`; where the
// usual mistake is known it ends with `hint: ...`.
#pragma once

#include <stdexcept>
#include <string>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

namespace detail {
// With the name in front of the message exchanged for that of the operation that is at work
// (calling.h).
std::string in_its_name(const std::string& message);
// "mse: square", an operation and the one it is a part of; the operation alone when null.
std::string named_part(const char* part, const char* whole);
}  // namespace detail

struct Error : std::runtime_error {
  explicit Error(const std::string& message) : std::runtime_error(detail::in_its_name(message)) {}
};

// Shapes that do not fit the op or each other.
struct ShapeError : Error {
  using Error::Error;
};

// A value that is out of its range: a probability of 2, a negative window, an id beyond the
// vocabulary.
struct ValueError : Error {
  using Error::Error;
};

// The graph was used against its rules: a second backward, a saved value that was overwritten.
struct GraphError : Error {
  using Error::Error;
};

// A file that is not what it says it is. Names the byte offset.
struct FormatError : Error {
  using Error::Error;
};

// The system refused: a missing file, a full disk.
struct IoError : Error {
  using Error::Error;
};

// A NaN or an infinity where a finite number is needed.
struct NonFiniteError : Error {
  using Error::Error;
};

// A request beyond the byte cap or beyond what the system has.
struct OutOfMemory : Error {
  using Error::Error;
};

}  // namespace heed::inline HEED_REAL
