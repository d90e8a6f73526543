// Copy: between two signs a sequence of one to six steps of four bits comes in, and then it has to
// come out again while nothing comes in. The controller has no memory of its own (one layer,
// nothing recurrent): every bit goes through the slots, written and read by walking along them,
// which also works for sequences longer than any trained on.
// Graves, Wayne, Danihelka 2014, arXiv 1410.5401, section 4.1.
#include "examples/tasks/sequences/ntm_copy.h"

#include <fmt/format.h>

#include "attention/catalog.h"
#include "attention/maps.h"
#include "attention/memory/ntm.h"
#include "autograd/ops.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"
#include "nn/losses.h"

namespace heed::tasks {
namespace {

constexpr Index inputs = copy_bits + 2;  // and the signs before and after

// Bits asked for and right, and sequences without a wrong one.
struct Copied {
  double bits = 0, sequences = 0;
};

Copied compare(const Tensor& logits, const CopyBatch& batch) {
  const Mask wrong = ne(to_tensor(logits > 0), batch.targets) & (batch.asked > 0);
  const Tensor errors = sum(to_tensor(wrong), {1, 2});  // (B)
  const double asked = static_cast<double>(sum(batch.asked).item()) * copy_bits;
  return {1 - static_cast<double>(sum(errors).item()) / asked,
          static_cast<double>(mean(to_tensor(eq(errors, 0))).item())};
}

class CopyStudy : public study::Study {
 public:
  CopyStudy(const study::Setup& setup, Generator& rng)
      : machine_(child<attention::NTM>(
            "machine", inputs, rng,
            {.controller = setup.settings.width,
             .reach = attention::find(setup.name).values(setup.options).whole("reach")})),
        answer_(child<nn::Linear>("answer",
                                  setup.settings.width + attention::NTMOptions().slot_width,
                                  copy_bits, rng)) {}

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_copies(count, 1, copy_longest, rng);
  }
  study::Samples samples() const override { return batch_.inputs; }

  Tensor loss() override {
    const Tensor each = nn::binary_cross_entropy_with_logits(
        copy(batch_.inputs), batch_.targets, {.reduction = Reduction::none});
    return sum(each * batch_.asked) / (sum(batch_.asked) * static_cast<double>(copy_bits));
  }

  double score() const override { return compare(copy(batch_.inputs), batch_).bits; }

  study::Details details() const override {
    Generator rng(10);
    const CopyBatch beyond = draw_copies(256, copy_beyond, copy_beyond, rng);
    const Copied longer = compare(copy(beyond.inputs), beyond);
    return {{"whole sequences", compare(copy(batch_.inputs), batch_).sequences},
            {"bits of 10 steps", longer.bits},
            {"sequences of 10 steps", longer.sequences}};
  }

  // Where the two heads were, step by step, in one sequence as long as the longest.
  std::vector<study::DrawnMap> look() const override {
    Generator rng(10);
    const CopyBatch one = draw_copies(1, copy_longest, copy_longest, rng);
    std::vector<std::string> rows, columns;
    for (Index step = 0; step < one.inputs.dim(1); ++step) {
      rows.push_back(fmt::format("step {}, read", step + 1));
      rows.push_back(fmt::format("step {}, write", step + 1));
    }
    for (Index slot = 0; slot < attention::NTMOptions().slots; ++slot) {
      columns.push_back(fmt::format("slot {}", slot + 1));
    }
    const attention::MapRecorder recorder;
    copy(one.inputs);
    return study::drawn_steps(recorder, rows, columns);
  }

  void take_out(study::Ablation ablation) override {
    without_ = ablation != study::Ablation::none;
  }

 private:
  // Logits of the bits, a step each: (B, T, 6) -> (B, T, 4).
  Tensor copy(const Tensor& sequences) const {
    attention::NTMState state = machine_.begin(sequences.dim(0));
    std::vector<Tensor> steps;
    for (Index t = 0; t < sequences.dim(1); ++t) {
      const Tensor h = machine_.step(select(sequences, 1, t), state);
      if (without_) state.read = Tensor::zeros(state.read.shape());
      steps.push_back(concat({h, state.read}, 1));
    }
    return answer_(stack(steps, 1));
  }

  CopyBatch batch_;
  bool without_ = false;
  attention::NTM& machine_;
  nn::Linear& answer_;
};

}  // namespace

CopyBatch draw_copies(Index batch, Index shortest, Index longest, Generator& rng) {
  const Index steps = 2 * longest + 2;
  std::vector<Real> in(static_cast<std::size_t>(batch * steps * inputs)),
      out(static_cast<std::size_t>(batch * steps * copy_bits)),
      asked(static_cast<std::size_t>(batch * steps));
  for (Index b = 0; b < batch; ++b) {
    const Index length = shortest + rng.below(static_cast<std::int32_t>(longest - shortest + 1));
    const Index begin = b * steps, end = begin + 1 + length;  // of the two signs
    in[static_cast<std::size_t>(begin * inputs + copy_bits)] = 1;
    in[static_cast<std::size_t>(end * inputs + copy_bits + 1)] = 1;
    for (Index t = 1; t <= length; ++t) {
      asked[static_cast<std::size_t>(end + t)] = 1;
      for (Index bit = 0; bit < copy_bits; ++bit) {
        const Real value = rng.below(2) == 1 ? 1 : 0;
        in[static_cast<std::size_t>((begin + t) * inputs + bit)] = value;
        out[static_cast<std::size_t>((end + t) * copy_bits + bit)] = value;
      }
    }
  }
  return {Tensor({batch, steps, inputs}, std::move(in)),
          Tensor({batch, steps, copy_bits}, std::move(out)),
          Tensor({batch, steps, 1}, std::move(asked))};
}

study::Task ntm_copy() {
  return {.name = "ntm-copy",
          .title = "say again what was said, one to six steps of four bits",
          .what = "Between two signs a sequence comes in, then it has to come out while nothing "
                  "comes in. The controller remembers nothing: all goes through the slots of the "
                  "memory.",
          .metric = "bits right",
          .ablation = study::Ablation::own,
          .ablation_words = "zeros in place of what is read",
          .settings = {.width = 64, .batch = 32, .steps = 1000, .lr = 3e-3, .clip = 10},
          .chance = 0.5,
          .floor = 0.5,
          .level = 0.99,
          .bars = {{.detail = "bits of 10 steps", .limit = 0.95}},
          .seconds = 6,
          .runs = {{.mechanism = "ntm"},
                   {.mechanism = "ntm",
                    .label = "no steps",
                    .why = "By content alone: without a shift nothing leads from one slot to the "
                           "next.",
                    .options = {{"reach", 0}},
                    .expect = study::Expect::partly}},
          .make = study::make_study<CopyStudy>};
}

}  // namespace heed::tasks
