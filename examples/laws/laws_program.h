// The program heed_laws, for a program of one's own as well: it links heed64_laws, adds its
// mechanisms to the catalog, and gets them measured.
//
//   int main(int argc, char* argv[]) {
//     heed::attention::add(my_entry());
//     return heed::laws_program(argc, argv);
//   }
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// Prints which laws each mechanism keeps and what it becomes, with the difference that was
// measured: all as a table, or those named, law by law. Returns the exit code: 0 when every law and
// every reduction holds and every exemption is needed.
int laws_program(int argc, char* argv[]);

}  // namespace heed::inline HEED_REAL
