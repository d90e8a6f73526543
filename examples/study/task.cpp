#include "examples/study/task.h"

#include <algorithm>

namespace heed::study {

std::string name_of(Expect expect) {
  switch (expect) {
    case Expect::solves:
      return "solves";
    case Expect::ceiling:
      return "ceiling";
    case Expect::partly:
      return "partly";
    case Expect::fails:
      return "fails";
  }
  return "";
}

std::string why_not(const Task& task, const std::string& mechanism) {
  if (task.needs) return why_not(*task.needs, mechanism);
  const auto lists = [&](const std::vector<Listed>& runs) {
    return std::ranges::find(runs, mechanism, &Listed::mechanism) != runs.end();
  };
  return lists(task.runs) || lists(task.beside) ? "" : "the task is made for others";
}

Trial trial_of(const Task& task, const Listed& listed) {
  attention::find(listed.mechanism).values(listed.options);  // refuses what it lacks
  Trial trial;
  trial.mechanism = listed.mechanism;
  trial.label = listed.label;
  trial.task = task.name;
  trial.settings = changed(task.settings, listed.settings, task.name);
  trial.options = listed.options;
  return trial;
}

}  // namespace heed::study
