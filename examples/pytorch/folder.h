// A model as it is published: a folder with its weights, its vocabulary and a few words about it.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "autograd/random.h"
#include "autograd/skip_init.h"
#include "nn/files/weights.h"

namespace heed::inline HEED_REAL::published {

// Throws ValueError when no file of weights was named and IoError when there is none, both with the
// hint where some are published.
void require_weights(const char* who, const std::string& file, const char* where);
// The file that was named, or else the one of the usual name that lies beside the weights.
std::string named_or_beside(const std::string& named, const std::string& weights,
                            const char* usual);
// The object in a file beside the weights; an empty one when there is no such file. Throws
// FormatError when it holds anything else.
nlohmann::json object_beside(const std::string& weights, const char* name);
// How many heads, which no shape of a tensor tells: those asked for, or else config.json under
// `key`. Throws ValueError when there is no such file, FormatError when it does not say.
Index heads_of(Index asked, const std::string& weights, const char* key);

// A model whose weights come from a file, ready to be asked.
template <class Model, class Options>
std::unique_ptr<Model> loaded(const Options& options, const nn::TensorFile& weights,
                              const nn::LoadOptions& names) {
  Generator rng(1);
  const SkipInit skip;
  auto model = std::make_unique<Model>(options, rng);
  nn::load_into(*model, weights, "", names);
  model->eval();
  return model;
}

}  // namespace heed::inline HEED_REAL::published
