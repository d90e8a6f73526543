// The record of a training run: one JSON object a line, written at once and cut back on resume.
//
// A run that was killed may have logged steps that its last checkpoint does not know. A
// checkpoint therefore remembers how long the log was, and a resumed run cuts it there: the
// finished log is the same, byte for byte, as that of a run that was never interrupted.
#pragma once

#include <cstdint>
#include <string>

#include "autograd/real.h"

namespace heed::trainers {

class TrainLog {
 public:
  // Opens or creates the file, and its folder, and holds a lock on it for as long as this lives:
  // two processes never train in one folder. Throws IoError, also when another one does.
  explicit TrainLog(const std::string& path);
  ~TrainLog();
  TrainLog(const TrainLog&) = delete;
  TrainLog& operator=(const TrainLog&) = delete;

  // Keeps at most the first `bytes` bytes and goes on from there. Throws IoError.
  void cut(std::uint64_t bytes);
  // Appends the line and its end. Throws IoError.
  void write(std::string line);
  // Returns once everything written is on the disk. To be called before a checkpoint counts on
  // it.
  void sync() const;
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::string path_;
  int file_ = -1;
  std::uint64_t bytes_ = 0;
};

// `"name":value,"name_hex":"0x1.8p+1"`: the shortest decimal number that reads back as the same
// value, and its exact bits for those who compare runs. `value` must be finite.
std::string json_number(const char* name, float value);
std::string json_number(const char* name, double value);

}  // namespace heed::trainers
