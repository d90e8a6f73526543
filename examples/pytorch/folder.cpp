#include "examples/pytorch/folder.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::published {

using nlohmann::json;

void require_weights(const char* who, const std::string& file, const char* where) {
  if (file.empty()) {
    throw ValueError(fmt::format("[{}] of which model? --weights FILE\nhint: {}", who, where));
  }
  if (!std::filesystem::exists(file)) {
    throw IoError(fmt::format("[{}] there is no file {}\nhint: {}", who, file, where));
  }
}

std::string named_or_beside(const std::string& named, const std::string& weights,
                            const char* usual) {
  if (!named.empty()) return named;
  return (std::filesystem::path(weights).parent_path() / usual).string();
}

json object_beside(const std::string& weights, const char* name) {
  const std::string file = named_or_beside("", weights, name);
  std::ifstream in(file);
  if (!in) return json::object();
  json read = json::parse(in, nullptr, false);
  if (!read.is_object()) throw FormatError(fmt::format("[published] {} is no JSON object", file));
  return read;
}

Index heads_of(Index asked, const std::string& weights, const char* key) {
  if (asked != 0) return asked;
  const std::string name = named_or_beside("", weights, "config.json");
  if (!std::filesystem::exists(name)) {
    throw ValueError(fmt::format("[published] how many heads has it? There is no {}\n"
                                 "hint: --heads N",
                                 name));
  }
  const json config = object_beside(weights, "config.json");
  if (config.contains(key) && config[key].is_number_integer()) return config[key].get<Index>();
  throw FormatError(fmt::format("[published] {} does not say \"{}\"\nhint: --heads N", name, key));
}

}  // namespace heed::inline HEED_REAL::published
