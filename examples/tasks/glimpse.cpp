#include "examples/tasks/glimpse.h"

#include "autograd/ops.h"
#include "examples/tasks/encoder.h"

namespace heed::inline HEED_REAL::tasks {

Glimpse::Glimpse(const Settings& settings, const attention::Mechanism& mechanism, Generator& rng)
    : query_(param("query", rng.normal({1, 1, settings.width}))),
      attention_(adopt("attention", make_mechanism(mechanism, settings, false, rng))),
      hidden_(child<nn::Linear>("hidden", settings.width, settings.width, rng)),
      answer_(child<nn::Linear>("answer", settings.width, data::Digits::classes, rng)) {}

Glimpse::Seen Glimpse::operator()(const Tensor& cells) const {
  const Tensor query = expand(query_, {cells.dim(0), 1, query_.dim(-1)});
  const attention::Mixed picked = attention_.mix({.x = query, .context = cells});  // (B, 1, C)
  return {answer_(relu(hidden_(select(picked.y, 1, 0)))), picked.log_probability};
}

}  // namespace heed::inline HEED_REAL::tasks
