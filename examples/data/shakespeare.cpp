#include "examples/data/shakespeare.h"

#include "examples/data/find_data.h"
#include "examples/data/gzip.h"

namespace heed::inline HEED_REAL::data {

CharCorpus load_shakespeare(const std::string& data_dir) {
  const auto file = find_data("tiny_shakespeare.txt.gz", data_dir);
  return split_corpus(read_gzip(file, std::size_t{16} << 20));
}

}  // namespace heed::inline HEED_REAL::data
