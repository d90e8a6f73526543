// ops/<row>/<check>: the generic checks of every row of the table.
#include "tests/autograd/op_checks.h"
#include "tests/framework/generated.h"

namespace heed_test {
namespace {

const Generated cases([] {
  for (const Row& row : op_table()) {
    for (const Check& check : checks_of(row)) {
      add_case("ops/" + row.name + "/" + check.name, [&row, check] { check.run(row); });
    }
  }
});

}  // namespace
}  // namespace heed_test
