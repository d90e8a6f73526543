// Lives of tensors and modules that no scope bounds: statics, threads, forked children. Every row
// of the table is a process of its own, which has to end by itself, with code 0.
//
//   lives        all rows
//   lives NAME   one
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <semaphore>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "autograd/block_pool.h"
#include "autograd/memory.h"
#include "autograd/ops.h"
#include "autograd/threads.h"
#include "nn/linear.h"
#include "nn/lstm.h"
#include "nn/sequential.h"

// A child with one thread may make others: the sanitizer doubts it unless told.
extern "C" const char* __tsan_default_options() { return "die_after_fork=0"; }

namespace {

using namespace heed;

constexpr unsigned seconds_allowed = 100;

bool same(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::ranges::equal(a.values(), b.values());
}

// Large enough to be cut into tiles for several threads.
Tensor large_product() {
  const Tensor a = Generator(1).normal({200, 200});
  return matmul(a, a);
}

void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::_Exit(1);
}

// What a child makes of the work; 0 unless a signal or a lack of time ended it.
int child_code(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(seconds_allowed / 4);
    std::exit(work());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

// ---- what is destroyed after main ---------------------------------------------------------------

std::unique_ptr<nn::Linear> module_of_main;
std::unique_ptr<nn::LSTM> nested_module_of_main;
std::vector<Tensor> tensors_of_main;
// Constructed before main begins, whatever order the files are linked in.
const Tensor made_before_main = Tensor::ones({3});
Generator rng_before_main(7);
nn::Linear module_before_main(2, 2, rng_before_main);

struct ComputesAtTheEnd {
  bool on = false;
  ~ComputesAtTheEnd() {
    if (on) expect(large_product().dim(0) == 200, "a product at the very end");
  }
} computes_at_the_end;

int modules_filled_in_main() {
  Generator rng(1);
  module_of_main = std::make_unique<nn::Linear>(3, 2, rng);
  nested_module_of_main = std::make_unique<nn::LSTM>(3, 2, rng);
  static auto inside = std::make_unique<nn::Linear>(3, 2, rng);
  sum((*module_of_main)(Tensor::ones({1, 3}))).backward();
  return 0;
}

int tensors_filled_in_main() {
  const Tensor leaf = Tensor::ones({4}).require_grad();
  tensors_of_main = {leaf, exp(leaf), sum(square(leaf))};  // with their graph
  static const Tensor inside = exp(leaf);
  return 0;
}

int made_before_main_is_used() {
  expect(same(made_before_main + made_before_main, Tensor::full({3}, 2)), "1 + 1 = 2");
  expect(module_before_main(Tensor::ones({1, 2})).size() == 2, "a module made before main");
  return 0;
}

int computes_after_main() {
  set_threads(2);
  large_product();
  computes_at_the_end.on = true;
  return 0;
}

int ends_in_another_thread() {
  static auto model = std::make_unique<nn::Linear>(2, 2, rng_before_main);
  std::thread([] {
    thread_local const Tensor last = Tensor::ones({3}) * 2;  // dropped when the thread is
    expect(last.size() == 3, "three elements");
    model.reset();
  }).join();
  return 0;
}

// ---- what changes threads -----------------------------------------------------------------------

// What was asked of the system's allocator and not given back. The resident pages would not do: a
// system may take back those that nobody looks at.
long bytes_in_use() { return static_cast<long>(mallinfo2().uordblks); }

int made_here_dropped_there() {
  constexpr int rounds = 300, at_once = 10000;
  std::vector<Tensor> handed;
  std::binary_semaphore full{0}, empty{1}, measured{0};
  std::thread dropping([&] {
    for (int round = 0; round < rounds; ++round) {
      full.acquire();
      handed.clear();
      empty.release();
    }
    measured.acquire();  // what it keeps goes with it
  });
  long early = 0;
  for (int round = 0; round < rounds; ++round) {
    empty.acquire();
    if (round == rounds / 10) early = bytes_in_use();
    for (int i = 0; i < at_once; ++i) handed.push_back(Tensor::scalar(1));
    full.release();
  }
  empty.acquire();
  const long grown = bytes_in_use() - early;
  measured.release();
  dropping.join();
  std::printf("3 million tensors: %ld MiB more\n", grown >> 20);
  // A sanitizer keeps what was freed for a while.
  expect(pass_through() || grown < (64L << 20), "the memory of 3 million small tensors is bounded");
  return 0;
}

class Model : public nn::Module {
 public:
  explicit Model(Generator& rng)
      : lstm_(child<nn::LSTM>("lstm", 4, 8, rng)), out_(child<nn::Linear>("out", 8, 3, rng)) {}
  Tensor operator()(const Tensor& x) const { return softmax(out_(lstm_(x).output)); }

 private:
  nn::LSTM& lstm_;
  nn::Linear& out_;
};

// Copies are counted right however many count them: what is counted too low is freed too early, and
// what is counted too high never.
int read_by_several_threads(bool recording) {
  const auto before = memory::counters().live_bytes;
  {
    Generator rng(1);
    Model model(rng);
    model.eval();
    const Tensor x = rng.normal({2, 5, 4});
    const Tensor expected = model(x).detach();
    std::atomic<int> wrong{0};
    std::vector<std::thread> readers;
    for (int reader = 0; reader < 4; ++reader) {
      readers.emplace_back([&] {
        const NoGrad no_grad(!recording);
        for (int i = 0; i < 200; ++i) {
          const std::vector<Parameter> parameters = model.parameters();
          for (int copy = 0; copy < 2000; ++copy) {
            const Tensor handle = parameters[0].value;
            const Tensor view = handle.detach();
            if (view.data() != handle.data()) ++wrong;
          }
          if (!same(model(x), expected)) ++wrong;
        }
      });
    }
    for (std::thread& reader : readers) reader.join();
    expect(wrong == 0, "every thread gets the same from one model");
  }
  expect(memory::counters().live_bytes == before, "what was read is freed once, and no later");
  return 0;
}

int read_without_gradients() { return read_by_several_threads(false); }
int read_with_gradients() { return read_by_several_threads(true); }

int read_beside_a_pool() {
  set_threads(2);
  return read_by_several_threads(false);
}

// ---- what is forked -----------------------------------------------------------------------------

int forked_after_threads() {
  set_threads(2);
  const Tensor expected = large_product();
  expect(child_code([] { return 0; }) == 0, "a child that does nothing ends");
  expect(child_code([&] { return same(large_product(), expected) ? 0 : 1; }) == 0,
         "a child computes the same");
  expect(child_code([] { return threads() == 1 ? 0 : 1; }) == 0, "a child begins with one thread");
  expect(child_code([&] {
           set_threads(3);
           return same(large_product(), expected) && threads() == 3 ? 0 : 1;
         }) == 0,
         "a child sets its threads");
  expect(child_code([&] { return child_code([] { return (set_threads(2), large_product(), 0); }); })
             == 0,
         "so does a child's child");
  expect(threads() == 2 && same(large_product(), expected), "the parent goes on as before");
  return 0;
}

// Locks that another thread holds at that moment are nobody's in the child.
int forked_while_another_computes() {
  set_threads(2);
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    Generator rng(1);
    while (!stop) {
      const nn::Linear layer(20, 20, rng);
      matmul(layer(rng.normal({200, 20})), rng.normal({20, 200}));
    }
  });
  int failed = 0;
  for (int i = 0; i < 100 && failed == 0; ++i) {
    failed = child_code([] {
      Generator rng(2);
      const nn::Linear layer(3, 3, rng);
      set_threads(2);
      const bool right = layer(Tensor::ones({1, 3})).size() == 3 && large_product().size() > 0;
      std::_Exit(right ? 0 : 1);  // as the other thread's variables are in the middle of things
      return 0;
    });
  }
  stop = true;
  busy.join();
  expect(failed == 0, "a child computes while its parent's other thread did");
  return 0;
}

// Further cases are further rows.
const std::vector<std::pair<std::string_view, int (*)()>> rows{
    {"modules_filled_in_main", modules_filled_in_main},
    {"tensors_filled_in_main", tensors_filled_in_main},
    {"made_before_main_is_used", made_before_main_is_used},
    {"computes_after_main", computes_after_main},
    {"ends_in_another_thread", ends_in_another_thread},
    {"made_here_dropped_there", made_here_dropped_there},
    {"read_without_gradients", read_without_gradients},
    {"read_with_gradients", read_with_gradients},
    {"read_beside_a_pool", read_beside_a_pool},
    {"forked_after_threads", forked_after_threads},
    {"forked_while_another_computes", forked_while_another_computes},
};

int all_rows(const char* program) {
  int failures = 0;
  for (const auto& [name, unused] : rows) {
    const std::string word(name);
    const pid_t child = fork();
    if (child == 0) {
      alarm(seconds_allowed);  // stays across exec
      execl(program, program, word.c_str(), nullptr);
      std::_Exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (status == 0) continue;
    ++failures;
    std::printf("FAILED: %s: %s %d\n", word.c_str(), WIFSIGNALED(status) ? "signal" : "code",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
  }
  std::printf("%zu rows, %d failed\n", rows.size(), failures);
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return all_rows("/proc/self/exe");
  for (const auto& [name, row] : rows) {
    if (name == argv[1]) return row();
  }
  return 2;
}
