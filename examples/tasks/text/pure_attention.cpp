// Pure attention: the toy translation by a Transformer all of whose attention is under test, within
// the source, within what is written, and between them. There is nothing else that carries anything
// from one word to another, and it writes from a cache. Vaswani et al. 2017, arXiv 1706.03762.
#include "examples/tasks/tasks.h"
#include "examples/tasks/text/translation.h"

namespace heed::tasks {

study::Task pure_attention() {
  study::Task task = on_translations(Tested::everywhere);
  task.name = "pure-attention";
  task.title = "the same translation with nothing but attention, taken out everywhere";
  task.what = "The Transformer of Vaswani et al.: attention within the source, within what is "
              "written, and between them. It writes from a cache, each word read once.";
  task.ablation = study::Ablation::zero;
  task.runs = {{.mechanism = "multihead"}};
  return task;
}

}  // namespace heed::tasks
