#include "examples/trainers.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "attention/catalog.h"
#include "examples/exit_codes.h"
#include "examples/gpt/train_gpt.h"

namespace heed::inline HEED_REAL {

std::span<const Trainer> trainers() {
  static constexpr std::array table{
      Trainer{"gpt", "a character language model on Tiny Shakespeare", train_gpt},
  };
  return table;
}

int train(int argc, char** argv, std::ostream& out) {
  const std::string_view asked = argc > 1 ? argv[1] : "";
  if (asked.empty() || asked == "--help" || asked == "-h") {
    out << "heed train NAME [options], or heed train NAME --help\n\n";
    for (const Trainer& trainer : trainers()) {
      out << fmt::format("  {:<10} {}\n", trainer.name, trainer.what);
    }
    return ExitCode::ok;
  }
  std::vector<std::string> names;
  for (const Trainer& trainer : trainers()) {
    names.emplace_back(trainer.name);
    if (trainer.name != asked) continue;
    std::string name = fmt::format("heed train {}", asked);
    argv[1] = name.data();
    return trainer.run(argc - 1, argv + 1);
  }
  throw ValueError(fmt::format("[train] no trainer named '{}'\nhint: did you mean '{}'?", asked,
                               attention::nearest(asked, names)));
}

}  // namespace heed::inline HEED_REAL
