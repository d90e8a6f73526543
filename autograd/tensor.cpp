#include "autograd/tensor.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

#include "autograd/block_pool.h"
#include "autograd/graph.h"
#include "autograd/reference_count.h"
#include "autograd/storage.h"

namespace heed::inline HEED_REAL {

struct TensorRecord {
  Shape shape;
  Pointer<Storage> storage;
  Real* data = nullptr;
  Pointer<Node> node;
  std::uint32_t references = 0;
};

void retain(TensorRecord* record) { count_up(record->references); }
void release(TensorRecord* record) {
  if (!count_down(record->references)) return;
  std::destroy_at(record);
  return_block(record, sizeof(TensorRecord));
}

namespace {

Pointer<TensorRecord> make_record(const Shape& shape, Pointer<Storage> storage, Real* data) {
  auto* record = new (take_block(sizeof(TensorRecord))) TensorRecord;
  record->shape = shape;
  record->storage = std::move(storage);
  record->data = data;
  return Pointer<TensorRecord>(record);
}

const TensorRecord& existing(const Pointer<TensorRecord>& record) {
  if (!record) {
    throw ValueError(
        "[Tensor] used while undefined\nhint: nothing is held by a Tensor that the default "
        "constructor made or that was moved from, nor by grad() before backward()");
  }
  return *record;
}

}  // namespace

Tensor Tensor::empty(const Shape& shape) {
  Tensor result;
  Pointer<Storage> storage = allocate(shape.size());
  Real* data = storage->data;
  result.record_ = make_record(shape, std::move(storage), data);
  return result;
}

Tensor::Tensor(const Shape& shape, std::span<const Real> values) {
  if (static_cast<Index>(values.size()) != shape.size()) {
    throw ShapeError(fmt::format("[Tensor] {} values for shape {} of {} elements", values.size(),
                                 shape.str(), shape.size()));
  }
  *this = empty(shape);
  std::copy(values.begin(), values.end(), mutable_data());
}

Tensor::Tensor(const Shape& shape, std::initializer_list<Real> values)
    : Tensor(shape, std::span<const Real>(values.begin(), values.size())) {}

Tensor Tensor::scalar(Real value) { return full({}, value); }

Tensor Tensor::full(const Shape& shape, Real value) {
  Tensor result = empty(shape);
  std::fill_n(result.mutable_data(), shape.size(), value);
  return result;
}

Tensor Tensor::arange(Index n) {
  if (n < 0) throw ValueError(fmt::format("[arange] n must not be negative, got {}", n));
  Tensor result = empty({n});
  for (Index i = 0; i < n; ++i) result.mutable_data()[i] = static_cast<Real>(i);
  return result;
}

Tensor Tensor::eye(Index n, Index m) {
  Tensor result = zeros({n, m});
  for (Index i = 0; i < std::min(n, m); ++i) result.mutable_data()[i * m + i] = 1;
  return result;
}

Tensor Tensor::linspace(double first, double last, Index count) {
  Tensor result = empty({count});
  const double step = count > 1 ? (last - first) / static_cast<double>(count - 1) : 0;
  for (Index i = 0; i < count; ++i) {
    // From the nearer end, so that both ends are what was asked for.
    const double value = i < count - i ? first + static_cast<double>(i) * step
                                       : last - static_cast<double>(count - 1 - i) * step;
    result.mutable_data()[i] = static_cast<Real>(value);
  }
  return result;
}

const Shape& Tensor::shape() const { return existing(record_).shape; }
const Real* Tensor::data() const { return existing(record_).data; }
Real* Tensor::mutable_data() const { return existing(record_).data; }
const Pointer<Storage>& Tensor::storage() const { return existing(record_).storage; }
std::uint64_t Tensor::version() const { return storage()->version; }

const Pointer<Node>& Tensor::node() const {
  static const Pointer<Node> none;
  return record_ ? record_->node : none;
}

void Tensor::set_node(Pointer<Node> node) const {
  existing(record_);
  record_->node = std::move(node);
}

bool Tensor::is_sole_handle() const { return existing(record_), is_one(record_->references); }

Real Tensor::item() const {
  if (size() != 1) {
    throw ShapeError(fmt::format("[item] needs one element, shape is {}", shape().str()));
  }
  return data()[0];
}

bool Tensor::requires_grad() const { return static_cast<bool>(node()); }
bool Tensor::is_leaf() const { return !node() || node()->leaf_grad; }

Tensor Tensor::alias(const Shape& shape, Index offset) const {
  const TensorRecord& record = existing(record_);
  Storage& memory = *record.storage;
  // Inside this tensor, or inside what memory that grows has given away behind it.
  const auto grown = static_cast<Index>(std::atomic_ref(memory.grown).load());
  const Index reach = std::max(size(), grown - (record.data - memory.data));
  if (offset < 0 || offset + shape.size() > reach) {
    throw ShapeError(fmt::format("[alias] shape {} from element {} on does not lie inside {}",
                                 shape.str(), offset, this->shape().str()));
  }
  Tensor result;
  result.record_ = make_record(shape, record.storage, record.data + offset);
  return result;
}

Tensor Tensor::detach() const { return alias(shape()); }

void Tensor::assign(std::span<const Real> values) const {
  if (!is_leaf()) {
    throw GraphError(fmt::format(
        "[assign] the tensor was computed by {}; only a leaf can be written", node()->name));
  }
  if (static_cast<Index>(values.size()) != size()) {
    throw ShapeError(fmt::format("[assign] {} values into shape {}", values.size(), shape().str()));
  }
  // values may overlap our own memory (a slice of this very tensor).
  if (!values.empty()) std::memmove(mutable_data(), values.data(), values.size_bytes());
  ++storage()->version;
}

void Tensor::assign(const Tensor& values) const {
  if (!(values.shape() == shape())) {
    throw ShapeError(
        fmt::format("[assign] shape {} into shape {}", values.shape().str(), shape().str()));
  }
  assign(values.values());
}

void Tensor::backward() const { backward(Tensor(), false); }

}  // namespace heed::inline HEED_REAL
