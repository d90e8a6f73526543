#include <algorithm>
#include <map>
#include <set>

#include "examples/report/results.h"

namespace heed::report {

void assign_colours(std::vector<TaskResults>& tasks) {
  std::map<std::string, std::set<std::string>> neighbours;
  for (const TaskResults& task : tasks) {
    for (const Group& a : task.groups) {
      for (const Group& b : task.groups) neighbours[a.label].insert(b.label);
    }
  }
  std::map<std::string, int> colours;
  for (TaskResults& task : tasks) {
    for (Group& group : task.groups) {
      if (!colours.contains(group.label)) {
        std::set<int> taken;
        for (const std::string& other : neighbours[group.label]) {
          if (colours.contains(other)) taken.insert(colours[other]);
        }
        int free = 0;
        while (taken.contains(free)) ++free;
        colours[group.label] = free;
      }
      group.colour = colours[group.label];
    }
  }
}

}  // namespace heed::report
