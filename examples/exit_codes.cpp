#include "examples/exit_codes.h"

#include "autograd/errors.h"

namespace heed::inline HEED_REAL {

int exit_code_for(const std::exception& error) {
  if (dynamic_cast<const ValueError*>(&error)) return ExitCode::wrong_usage;
  if (dynamic_cast<const FormatError*>(&error)) return ExitCode::bad_file;
  if (dynamic_cast<const IoError*>(&error)) return ExitCode::bad_file;
  if (dynamic_cast<const NonFiniteError*>(&error)) return ExitCode::non_finite;
  return ExitCode::failed;
}

}  // namespace heed::inline HEED_REAL
