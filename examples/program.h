// The main program as a function, for programs that add mechanisms and tasks of their own:
//
//   int main(int argc, char** argv) {
//     heed::attention::add(my_mechanism());
//     heed::tasks::add(my_task());
//     return heed::program(argc, argv);
//   }
//
// The list, the training, the comparison and the report then have them. Workers are the program
// itself, started again: what is added has to be added before the call, every time.
#pragma once

namespace heed {

// Returns the exit code of the process; prints errors and throws nothing.
int program(int argc, char** argv);

}  // namespace heed
