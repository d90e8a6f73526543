// The main program: trains every mechanism of the catalog on its task and writes a report.
#include "examples/program.h"

int main(int argc, char** argv) { return heed::program(argc, argv); }
