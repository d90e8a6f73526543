// heed_laws: which laws each attention mechanism keeps, with the difference that was measured. In
// double precision.
//
//   heed_laws                    every mechanism, as a table
//   heed_laws local multihead    these, law by law
//   heed_laws --dot              what becomes what, for graphviz
#include "examples/laws/laws_program.h"

int main(int argc, char* argv[]) { return heed::laws_program(argc, argv); }
