#include "examples/trainers/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>

#include "autograd/errors.h"
#include "examples/command_line.h"
#include "nn/files/checkpoint.h"

namespace heed::trainers {
namespace {

template <class T>
constexpr bool is_number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

std::string key_of(const std::string& name) { return "run." + name; }

template <class T>
std::string text_of(const T& value) {
  if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    return fmt::format("{}", fmt::join(value, ","));
  } else if constexpr (std::is_same_v<T, std::optional<std::string>>) {
    return value.value_or("");
  } else {
    return fmt::format("{}", value);
  }
}

void read(const nn::TensorFile& file, const std::string& key, double& value) {
  value = nn::exact_double(file, key);
}
void read(const nn::TensorFile& file, const std::string& key, Index& value) {
  value = nn::exact_int(file, key);
}
void read(const nn::TensorFile& file, const std::string& key, std::uint64_t& value) {
  value = nn::exact_unsigned(file, key);
}

void read_text(const std::string& text, std::string& value) { value = text; }
void read_text(const std::string& text, std::vector<std::string>& value) {
  value.clear();
  if (!text.empty()) value = CLI::detail::split(text, ',');
}

std::string words(const Range& range) {
  constexpr double most = std::numeric_limits<double>::max();
  if (range.least == -most && range.most == most) return "";
  if (range.most == most) return fmt::format(" of at least {:g}", range.least);
  return fmt::format(" from {:g} to {:g}", range.least, range.most);
}

CLI::Validator within(const Range& range) {
  return CLI::Validator(
      [range](std::string& text) -> std::string {
        try {
          check_range(text, range);
          return {};
        } catch (const ValueError& error) {
          return error.what();
        }
      },
      "");
}

}  // namespace

void check_range(const std::string& text, const Range& range) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  // Asked so that a NaN is refused, too.
  if (error != std::errc() || stop != end || !(value >= range.least && value <= range.most)) {
    throw ValueError(fmt::format("{} is no number{}", text, words(range)));
  }
}

void Settings::push(Entry entry) {
  if (entry.defines) {
    std::visit([&](auto* field) { entry.usual = text_of(*field); }, entry.field);
  }
  entries_.push_back(std::move(entry));
}

void Settings::add(const std::string& name, Index& field, const Range& range,
                   const std::string& help) {
  push({name, &field, range, help, true});
}
void Settings::add(const std::string& name, double& field, const Range& range,
                   const std::string& help) {
  push({name, &field, range, help, true});
}
void Settings::add(const std::string& name, std::uint64_t& field, const Range& range,
                   const std::string& help) {
  push({name, &field, range, help, true});
}
void Settings::add(const std::string& name, std::string& field, const std::string& help) {
  push({name, &field, {}, help, true});
}
void Settings::add(const std::string& name, std::vector<std::string>& field,
                   const std::string& help) {
  push({name, &field, {}, help, true});
}
void Settings::option(const std::string& name, Index& field, const Range& range,
                      const std::string& help) {
  push({name, &field, range, help, false});
}
void Settings::option(const std::string& name, double& field, const Range& range,
                      const std::string& help) {
  push({name, &field, range, help, false});
}
void Settings::option(const std::string& name, std::string& field, const std::string& help) {
  push({name, &field, {}, help, false});
}
void Settings::option(const std::string& name, std::optional<std::string>& field,
                      const std::string& help) {
  push({name, &field, {}, help, false});
}
void Settings::option(const std::string& name, bool& field, const std::string& help) {
  push({name, &field, {}, help, false});
}

void Settings::offer(CLI::App& app) {
  for (Entry& entry : entries_) {
    const std::string flag = "--" + entry.name;
    std::visit(
        [&](auto* field) {
          using T = std::remove_pointer_t<decltype(field)>;
          if constexpr (std::is_same_v<T, bool>) {
            app.add_flag(flag, *field, entry.help);
          } else if constexpr (is_number<T>) {
            app.add_option(flag, *field, entry.help)
                ->check(within(entry.range))
                ->capture_default_str();
          } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
            add_names(app, flag, *field, entry.help);
          } else if constexpr (std::is_same_v<T, std::string>) {
            app.add_option(flag, *field, entry.help)->capture_default_str();
          } else {
            app.add_option(flag, *field, entry.help);
          }
        },
        entry.field);
  }
}

void Settings::store(nn::TensorFile& into) const {
  for (const Entry& entry : entries_) {
    if (!entry.defines) continue;
    std::visit(
        [&](const auto* field) {
          using T = std::remove_cv_t<std::remove_pointer_t<decltype(field)>>;
          if constexpr (is_number<T>) {
            into.metadata[key_of(entry.name)] = nn::exact_text(*field);
          } else if (const std::string text = text_of(*field); text != entry.usual) {
            into.metadata[key_of(entry.name)] = text;
          }
        },
        entry.field);
  }
}

void Settings::restore(const nn::TensorFile& from) {
  for (Entry& entry : entries_) {
    if (!entry.defines) continue;
    std::visit(
        [&](auto* field) {
          using T = std::remove_pointer_t<decltype(field)>;
          if constexpr (is_number<T>) {
            read(from, key_of(entry.name), *field);
          } else if constexpr (std::is_same_v<T, std::string> ||
                               std::is_same_v<T, std::vector<std::string>>) {
            const auto kept = from.metadata.find(key_of(entry.name));
            read_text(kept == from.metadata.end() ? entry.usual : kept->second, *field);
          }
        },
        entry.field);
  }
}

std::map<std::string, std::string> Settings::texts() const {
  std::map<std::string, std::string> result;
  for (const Entry& entry : entries_) {
    if (!entry.defines) continue;
    std::visit([&](const auto* field) { result[entry.name] = text_of(*field); }, entry.field);
  }
  return result;
}

std::string Settings::json() const {
  std::map<std::string, std::string> values = texts();
  for (const Entry& entry : entries_) {
    if (!entry.defines) continue;
    const bool number = std::visit(
        [](const auto* field) {
          return is_number<std::remove_cv_t<std::remove_pointer_t<decltype(field)>>>;
        },
        entry.field);
    if (number) continue;
    std::string& text = values.at(entry.name);
    if (text == entry.usual) {
      values.erase(entry.name);
    } else {
      text = nlohmann::json(text).dump();
    }
  }
  std::string json;
  for (const auto& [name, value] : values) {
    json += fmt::format(R"({}"{}":{})", json.empty() ? "" : ",", name, value);
  }
  return json;
}

}  // namespace heed::trainers
