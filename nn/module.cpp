#include "nn/module.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "nn/by_value.h"

namespace heed::inline HEED_REAL::nn {
namespace {

std::string joined(const std::string& path, const std::string& name) {
  if (name.empty()) return path;
  return path.empty() ? name : path + '.' + name;
}

}  // namespace

Module::Module() { by_value::enter(*this); }

Module::~Module() { by_value::leave(*this); }

void* Module::operator new(std::size_t bytes) { return by_value::allocate(bytes); }

void Module::operator delete(void* block) { by_value::deallocate(block); }

void Module::operator delete(Module* module, std::destroying_delete_t, std::size_t bytes) {
  if (by_value::answer_length(bytes)) return;
  void* const block = dynamic_cast<void*>(module);
  module->~Module();
  by_value::deallocate(block);
}

void Module::check_name(const std::string& name) const {
  const auto bad = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; };
  if (name.empty() || name.front() == '.' || name.back() == '.' ||
      std::any_of(name.begin(), name.end(), bad)) {
    throw ValueError(fmt::format("[Module] '{}' is no name for a part of a module", name));
  }
  if (has(name)) {
    throw ValueError(fmt::format("[Module] the name '{}' is in use\nhint: give each child and each "
                                 "param of a module a name of its own",
                                 name));
  }
}

bool Module::has(const std::string& name) const {
  const auto same = [&](const auto& piece) { return piece.name == name; };
  const auto inside = [&](const Child& child) {
    return child.name.empty() && child.module->has(name);
  };
  return std::any_of(children_.begin(), children_.end(), same) ||
         std::any_of(children_.begin(), children_.end(), inside) ||
         std::any_of(parameters_.begin(), parameters_.end(), same) ||
         std::any_of(buffers_.begin(), buffers_.end(), same);
}

void Module::own(const std::string& name, std::unique_ptr<Module> module) {
  check_name(name);
  if (!module) throw ValueError(fmt::format("[Module] there is no module to adopt as '{}'", name));
  by_value::leave(*module);
  children_.push_back({name, std::move(module)});
}

void Module::own_unnamed(std::unique_ptr<Module> module) {
  // Its own names, and those of parts in it: they all stand on this Module's level now.
  module->visit([&](const std::string& path, const Module& below) {
    for (const Child& child : below.children_) {
      if (path.empty() && !child.name.empty()) check_name(child.name);
    }
    if (!path.empty()) return;
    for (const Parameter& parameter : below.parameters_) check_name(parameter.name);
    for (const Parameter& buffer : below.buffers_) check_name(buffer.name);
  });
  by_value::leave(*module);
  children_.push_back({"", std::move(module)});
}

Tensor Module::param(const std::string& name, Tensor init) {
  check_name(name);
  init.require_grad();
  parameters_.push_back({name, init});
  return init;
}

Tensor Module::buffer(const std::string& name, const Tensor& init) {
  check_name(name);
  if (init.requires_grad()) {
    throw GraphError(fmt::format("[Module] the buffer '{}' must not want a gradient\n"
                                 "hint: what an optimizer should train is a param()",
                                 name));
  }
  buffers_.push_back({name, init});
  return init;
}

Generator& Module::draws() const {
  if (!draws_) {
    throw ValueError(
        "[Module] a layer draws random numbers, and the model has no seed for them\n"
        "hint: call model.seed_draws(seed, step) before each training step, or model.eval()");
  }
  return *draws_;
}

void Module::visit(const std::function<void(const std::string&, Module&)>& visitor) {
  by_value::check(*this);
  std::vector<std::pair<std::string, Module*>> waiting{{"", this}};
  while (!waiting.empty()) {
    const auto [path, module] = std::move(waiting.back());
    waiting.pop_back();
    visitor(path, *module);
    for (auto child = module->children_.rbegin(); child != module->children_.rend(); ++child) {
      waiting.emplace_back(joined(path, child->name), child->module.get());
    }
  }
}

void Module::visit(const std::function<void(const std::string&, const Module&)>& visitor) const {
  const_cast<Module*>(this)->visit(
      [&](const std::string& path, Module& module) { visitor(path, std::as_const(module)); });
}

std::vector<Parameter> Module::parameters() const {
  std::vector<Parameter> all;
  std::unordered_set<const Node*> seen;
  visit([&](const std::string& path, const Module& module) {
    for (const Parameter& own : module.parameters_) {
      if (seen.insert(own.value.node().get()).second) {
        all.push_back({joined(path, own.name), own.value});
      }
    }
  });
  return all;
}

std::vector<Parameter> Module::buffers() const {
  std::vector<Parameter> all;
  visit([&](const std::string& path, const Module& module) {
    for (const Parameter& own : module.buffers_) {
      all.push_back({joined(path, own.name), own.value});
    }
  });
  return all;
}

std::vector<Parameter> Module::state() const {
  std::vector<Parameter> all = parameters();
  for (Parameter& buffer : buffers()) all.push_back(std::move(buffer));
  return all;
}

Index Module::parameter_count() const {
  Index count = 0;
  for (const Parameter& parameter : parameters()) count += parameter.value.size();
  return count;
}

void Module::train(bool on) {
  visit([on](const std::string&, Module& module) { module.training_ = on; });
}

void Module::seed_draws(std::uint64_t seed, std::uint64_t step) {
  const Generator root(seed);
  visit([&](const std::string& path, Module& module) {
    module.draws_ = root.stream(path).stream(step);
  });
}

}  // namespace heed::inline HEED_REAL::nn
