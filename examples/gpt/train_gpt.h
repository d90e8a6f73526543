// `heed train gpt`: trains a small GPT on Tiny Shakespeare, character by character.
//
// Checkpoints cannot be lost by a crash, --resume continues bit for bit, Ctrl-C saves.
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// As main(): argv[0] is the name to show in --help. Returns the exit code of the process: 0 ok,
// 1 failed, 2 wrong usage, 3 bad file, 4 non-finite numbers, 130 interrupted.
int train_gpt(int argc, char** argv);

}  // namespace heed::inline HEED_REAL
