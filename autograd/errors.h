// What heed throws. Every message starts with the op the user called: `[matmul] ...`; where the
// usual mistake is known it ends with `hint: ...`.
#pragma once

#include <stdexcept>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
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
