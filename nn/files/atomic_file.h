// Replacing a file so that no crash can lose it.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "nn/files/system_calls.h"

namespace heed::inline HEED_REAL::nn {

// After a crash at any moment, of the program or of the machine, either the old or the new content
// is there, whole: the content is written under a temporary name in the same folder, synced and
// renamed, and the folder is synced. A link is followed, and the file keeps its mode; what is no
// regular file, or must not be written, is refused. Throws IoError naming the call that failed.
// Before the rename the old content is then untouched and the temporary file is removed.
void write_atomically(const std::string& path, std::span<const std::byte> content,
                      const SystemCalls& calls = system_calls());

// Whether a file name is one of the temporary names of write_atomically, left behind by a crash.
bool is_temporary_name(const std::string& name);

}  // namespace heed::inline HEED_REAL::nn
