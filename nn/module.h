// Module: something with parameters and other Modules inside.
//
//   class GatedUnit : public nn::Module {
//    public:
//     GatedUnit(Index in, Index out, Generator& rng)
//         : value_(child<nn::Linear>("value", in, out, rng)),
//           gate_(child<nn::Linear>("gate", in, out, rng)) {}
//     Tensor operator()(const Tensor& x) const { return value_(x) * sigmoid(gate_(x)); }
//    private:
//     nn::Linear& value_;
//     nn::Linear& gate_;
//   };
//
// A Module owns what it is made of and hands out references: child() builds, names and owns a
// Module, param() a leaf tensor, buffer() a tensor that no gradient flows to. Names join with dots,
// so the weight above is "value.weight", as in PyTorch. Modules are neither copied nor moved. A
// Module held by value inside another would register nothing: that throws GraphError, at the first
// use at the latest, and says what to write.
//
// Several threads may run one model at once under NoGrad, as long as none writes its weights. They
// may not train it: gradients add up in the same leaves. One model a thread, or one thread.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::nn {

class Module {
 public:
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  virtual ~Module();

  // Every parameter below, under its full dotted name, in the order of construction; a shared one
  // once, under its first name.
  std::vector<Parameter> parameters() const;
  // Every buffer below in the same order: running statistics and the like, which training computes
  // and no optimizer touches.
  std::vector<Parameter> buffers() const;
  // What a file of the model holds: parameters(), then buffers().
  std::vector<Parameter> state() const;
  // The number of elements of parameters().
  Index parameter_count() const;
  // Calls visitor(path, module) for this Module (path "") and every one below, parents first.
  void visit(const std::function<void(const std::string&, Module&)>& visitor);
  void visit(const std::function<void(const std::string&, const Module&)>& visitor) const;

  // Training mode is on at first. Dropout and the like look at it.
  void train(bool on = true);
  void eval() { train(false); }
  bool training() const { return training_; }

  // Starts the random stream of every Module below that draws: a function of (seed, path, step) and
  // of nothing else. Called before each training step, it makes a resumed run draw what an
  // uninterrupted one drew, with nothing to save.
  void seed_draws(std::uint64_t seed, std::uint64_t step);

  // A table for people: layer, kind, shapes of its own parameters, number of parameters below; then
  // the remarks, and which parameters no optimizer moves although one moves others of this model
  // (frozen on purpose, or added after the optimizer was made, which knows nothing of them).
  std::string describe() const;
  // The same with what one call of `forward` costs, which is run under NoGrad:
  //   model.describe([&] { model(x); });
  // An operation counts for the layer whose parameter it reads, the last one if it reads several;
  // those that read none (attention, activations) follow below the layers, summed by name. The
  // first row is all of it. Multiply-adds and bytes are what operations count (ledger.h).
  std::string describe(const std::function<void()>& forward) const;
  // What describe() says of this Module itself under its table; empty: nothing.
  virtual std::string remark() const { return {}; }

  // They know which part of the heap is this Module, so that one held by value is found out.
  static void* operator new(std::size_t bytes);
  static void operator delete(void* block);
  static void operator delete(Module* module, std::destroying_delete_t, std::size_t bytes);

 protected:
  // Throws GraphError when this Module lies by value inside another one on the heap.
  Module();

  // Builds a T from the arguments, names it and owns it. Throws ValueError on a name in use.
  template <std::derived_from<Module> T, class... Args>
  T& child(const std::string& name, Args&&... args) {
    return adopt(name, std::make_unique<T>(std::forward<Args>(args)...));
  }
  // The same with options in braces at the end: child<nn::Linear>("w", 3, 2, rng, {.bias = false}).
  // Braces have no type by themselves; T::Options gives it, after up to four other arguments.
  template <std::derived_from<Module> T, class A>
  T& child(const std::string& name, A&& a, const typename T::Options& options) {
    return adopt(name, std::make_unique<T>(std::forward<A>(a), options));
  }
  template <std::derived_from<Module> T, class A, class B>
  T& child(const std::string& name, A&& a, B&& b, const typename T::Options& options) {
    return adopt(name, std::make_unique<T>(std::forward<A>(a), std::forward<B>(b), options));
  }
  template <std::derived_from<Module> T, class A, class B, class C>
  T& child(const std::string& name, A&& a, B&& b, C&& c, const typename T::Options& options) {
    return adopt(name, std::make_unique<T>(std::forward<A>(a), std::forward<B>(b),
                                           std::forward<C>(c), options));
  }
  template <std::derived_from<Module> T, class A, class B, class C, class D>
  T& child(const std::string& name, A&& a, B&& b, C&& c, D&& d,
           const typename T::Options& options) {
    return adopt(name, std::make_unique<T>(std::forward<A>(a), std::forward<B>(b),
                                           std::forward<C>(c), std::forward<D>(d), options));
  }
  // `count` of them, each from the same arguments: name.0, name.1, ...
  template <std::derived_from<Module> T, class... Args>
  std::vector<T*> children(const std::string& name, Index count, Args&&... args) {
    std::vector<T*> made;
    for (Index i = 0; i < count; ++i) {
      made.push_back(&child<T>(name + '.' + std::to_string(i), args...));
    }
    return made;
  }
  // Builds and owns a T that adds no level of names: its parts are named as if they stood here. For
  // parts that do not draw. Throws ValueError on a name in use.
  template <std::derived_from<Module> T, class... Args>
  T& part(Args&&... args) {
    auto module = std::make_unique<T>(std::forward<Args>(args)...);
    T* const made = module.get();
    own_unnamed(std::move(module));
    return *made;
  }
  // Names and owns a Module that was made elsewhere. Throws ValueError on null or a name in use.
  template <std::derived_from<Module> T>
  T& adopt(const std::string& name, std::unique_ptr<T> module) {
    T* const made = module.get();
    own(name, std::move(module));
    return *made;
  }
  // Names a leaf and marks it as wanting a gradient. A leaf that another Module has already is
  // shared. Throws ValueError on a name in use, GraphError on a computed tensor.
  Tensor param(const std::string& name, Tensor init);
  // Names a tensor that training computes but no gradient reaches (running statistics): saved and
  // loaded with the parameters, written with assign(). Throws ValueError on a name in use,
  // GraphError on a tensor that wants a gradient.
  Tensor buffer(const std::string& name, const Tensor& init);

  // The stream for what this Module draws in training. Throws ValueError before the first
  // seed_draws().
  Generator& draws() const;

 private:
  struct Child {
    std::string name;  // empty: a part()
    std::unique_ptr<Module> module;
  };

  void own(const std::string& name, std::unique_ptr<Module> module);
  void own_unnamed(std::unique_ptr<Module> module);
  // Of describe(): a header, this Module, and those below, a word or number a column.
  std::vector<std::vector<std::string>> rows() const;
  std::string remarks() const;
  // Is there a piece of this name here, or in a part()?
  bool has(const std::string& name) const;
  void check_name(const std::string& name) const;

  std::vector<Child> children_;
  std::vector<Parameter> parameters_;
  std::vector<Parameter> buffers_;
  bool training_ = true;
  mutable std::optional<Generator> draws_;
};

}  // namespace heed::inline HEED_REAL::nn
