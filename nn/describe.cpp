#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "autograd/claim.h"
#include "autograd/ledger.h"
#include "autograd/watch.h"
#include "nn/module.h"
#include "nn/type_name.h"

namespace heed::inline HEED_REAL::nn {
namespace {

using Row = std::vector<std::string>;

// The first three columns are words, the others numbers.
std::string table(const std::vector<Row>& rows) {
  constexpr std::size_t words = 3;
  std::vector<std::size_t> widths(rows[0].size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += "  ";
      text += i < words ? fmt::format("{:<{}}", row[i], widths[i])
                        : fmt::format("{:>{}}", row[i], widths[i]);
    }
    text += '\n';
  }
  return text;
}

Cost& operator+=(Cost& sum, const Cost& cost) {
  sum.multiply_adds += cost.multiply_adds;
  sum.bytes += cost.bytes;
  return sum;
}

// Who pays for what is computed while it lives: a layer by the path of its parameter, or an
// operation that reads no parameter by its name.
class Bill {
 public:
  explicit Bill(const Module& model)
      : watcher_([this](const Operation& operation) { add(operation); }) {
    for (const Parameter& parameter : model.parameters()) {
      owner_.emplace(parameter.value.storage().get(), parameter.name);
    }
  }

  Cost all() const { return ledger_.cost(); }
  // Of the parameters whose names begin with the path.
  Cost of_layer(const std::string& path) const {
    Cost sum;
    for (const auto& [name, cost] : by_parameter_) {
      if (name.rfind(path + '.', 0) == 0) sum += cost;
    }
    return sum;
  }
  const std::map<std::string, Cost>& of_the_others() const { return by_operation_; }

 private:
  // What was counted since the operation before: this one counted before it was announced.
  void add(const Operation& operation) {
    const Cost now = ledger_.cost();
    const Cost own{now.multiply_adds - seen_.multiply_adds, now.bytes - seen_.bytes};
    seen_ = now;
    const std::string* payer = nullptr;
    for (const Tensor* input : operation.inputs) {
      if (!input->defined()) continue;
      const auto owner = owner_.find(input->storage().get());
      if (owner != owner_.end()) payer = &owner->second;
    }
    (payer ? by_parameter_[*payer] : by_operation_[operation.name]) += own;
  }

  std::unordered_map<const Storage*, std::string> owner_;
  std::map<std::string, Cost> by_parameter_;
  std::map<std::string, Cost> by_operation_;
  Cost seen_;
  Ledger ledger_;
  Watcher watcher_;
};

std::vector<Row> with_cost(std::vector<Row> rows, const Module& model,
                           const std::function<void()>& forward) {
  const Bill bill(model);
  {
    const NoGrad off;
    forward();
  }
  const auto append = [](Row& row, const Cost& cost) {
    row.push_back(fmt::format("{}", cost.multiply_adds));
    row.push_back(fmt::format("{}", cost.bytes));
  };
  rows[0].insert(rows[0].end(), {"multiply-adds", "bytes"});
  append(rows[1], bill.all());
  for (std::size_t i = 2; i < rows.size(); ++i) append(rows[i], bill.of_layer(rows[i][0]));
  for (const auto& [name, cost] : bill.of_the_others()) {
    append(rows.emplace_back(Row{"(no layer)", name, "", ""}), cost);
  }
  return rows;
}

}  // namespace

std::vector<std::vector<std::string>> Module::rows() const {
  std::vector<Row> rows{{"layer", "kind", "own parameters", "total"}};
  visit([&](const std::string& path, const Module& module) {
    std::string shapes;
    for (const Parameter& own : module.parameters_) {
      if (!shapes.empty()) shapes += ", ";
      shapes += own.name + ' ' + own.value.shape().str();
    }
    rows.push_back({path.empty() ? "(model)" : path, type_name(module), shapes,
                    fmt::format("{}", module.parameter_count())});
  });
  return rows;
}

std::string Module::remarks() const {
  std::string text;
  visit([&](const std::string& path, const Module& module) {
    const std::string remark = module.remark();
    if (!remark.empty()) text += fmt::format("{}: {}\n", path.empty() ? "(model)" : path, remark);
  });
  std::string unmoved;
  bool any_moved = false;
  for (const Parameter& parameter : parameters()) {
    if (is_claimed(parameter.value)) {
      any_moved = true;
    } else {
      unmoved += (unmoved.empty() ? "" : ", ") + parameter.name;
    }
  }
  if (any_moved && !unmoved.empty()) text += "moved by no optimizer: " + unmoved + '\n';
  return text;
}

std::string Module::describe() const { return table(rows()) + remarks(); }

std::string Module::describe(const std::function<void()>& forward) const {
  return table(with_cost(rows(), *this, forward)) + remarks();
}

}  // namespace heed::inline HEED_REAL::nn
