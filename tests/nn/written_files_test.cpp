// Every file is written through write_atomically: what may lie at a path before, and what is there
// afterwards.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "nn/files/atomic_file.h"
#include "nn/files/checkpoint.h"
#include "nn/files/npy.h"
#include "nn/files/safetensors.h"
#include "tests/nn/temporary_folder.h"

namespace heed_test {
namespace {

using namespace heed;
namespace fs = std::filesystem;

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

mode_t mode_of(const std::string& path) {
  struct stat status {};
  BOOST_REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

void make_socket(const std::string& path) {
  const int end = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path, path.c_str(), sizeof name.sun_path - 1);
  BOOST_REQUIRE(::bind(end, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
  ::close(end);
}

// The writers of the library, each with some content of its own.
struct Writer {
  const char* name;
  std::function<void(const std::string& path)> write;
};
const std::vector<Writer> writers{
    {"npy", [](const std::string& path) { nn::write_npy(path, Tensor::ones({2})); }},
    {"safetensors",
     [](const std::string& path) {
       nn::TensorFile file;
       file.tensors = {{"w", Tensor::ones({2})}};
       nn::write_safetensors(path, file);
     }},
    {"checkpoint",
     [](const std::string& path) {
       nn::TensorFile file;
       file.tensors = {{"w", Tensor::ones({2})}};
       nn::save_checkpoint(path, file);
     }},
};

// What lies at folder/f beforehand. Further cases are further rows.
struct Case {
  const char* name;
  std::function<void(const TemporaryFolder&)> prepare;
  const char* refused = "";  // with these words; empty: it is written
  const char* written = "f";  // where the content is to be found
  int mode = -1;              // of that file; -1: whatever the user's mask leaves
};
const std::vector<Case> cases{
    {"nothing", [](const TemporaryFolder&) {}},
    {"a file", [](const TemporaryFolder& in) { put(in.path("f"), "old"); }},
    {"a private file",
     [](const TemporaryFolder& in) {
       put(in.path("f"), "old");
       ::chmod(in.path("f").c_str(), 0600);
     },
     "", "f", 0600},
    {"a file for the group",
     [](const TemporaryFolder& in) {
       put(in.path("f"), "old");
       ::chmod(in.path("f").c_str(), 0664);
     },
     "", "f", 0664},
    {"a link", [](const TemporaryFolder& in) {
       put(in.path("target"), "old");
       fs::create_symlink("target", in.path("f"));
     },
     "", "target"},
    {"an absolute link into another folder",
     [](const TemporaryFolder& in) {
       fs::create_directory(in.path("other"));
       put(in.path("other/target"), "old");
       ::chmod(in.path("other/target").c_str(), 0640);
       fs::create_symlink(in.path("other/target"), in.path("f"));
     },
     "", "other/target", 0640},
    {"a link to a link",
     [](const TemporaryFolder& in) {
       fs::create_directory(in.path("other"));
       fs::create_symlink("other/middle", in.path("f"));
       fs::create_symlink("../target", in.path("other/middle"));
       put(in.path("target"), "old");
     },
     "", "target"},
    {"a link to what is not there yet",
     [](const TemporaryFolder& in) { fs::create_symlink("target", in.path("f")); }, "", "target"},
    {"a link into a folder that is missing",
     [](const TemporaryFolder& in) { fs::create_symlink("other/target", in.path("f")); },
     "there is no folder"},
    {"a link to itself", [](const TemporaryFolder& in) { fs::create_symlink("f", in.path("f")); },
     "symbolic links"},
    {"a pipe", [](const TemporaryFolder& in) { ::mkfifo(in.path("f").c_str(), 0600); },
     "it is a pipe, not a file"},
    {"a socket", [](const TemporaryFolder& in) { make_socket(in.path("f")); },
     "it is a socket, not a file"},
    {"a folder", [](const TemporaryFolder& in) { fs::create_directory(in.path("f")); },
     "it is a folder, not a file"},
    {"a link to a device",
     [](const TemporaryFolder& in) { fs::create_symlink("/dev/null", in.path("f")); },
     "it is a device, not a file"},
    {"a link to a pipe",
     [](const TemporaryFolder& in) {
       ::mkfifo(in.path("target").c_str(), 0600);
       fs::create_symlink("target", in.path("f"));
     },
     "it is a pipe, not a file"},
};

BOOST_AUTO_TEST_SUITE(written_files)

BOOST_AUTO_TEST_CASE(what_lies_at_the_path) {
  for (const Writer& writer : writers) {
    const TemporaryFolder plain;
    writer.write(plain.path("f"));
    const std::string expected = content_of(plain.path("f"));
    for (const Case& one : cases) {
      BOOST_TEST_CONTEXT(writer.name << " onto " << one.name) {
        const TemporaryFolder folder;
        one.prepare(folder);
        const std::size_t before = folder.names().size();
        const auto kind = fs::symlink_status(folder.path("f")).type();
        std::string refused;
        try {
          writer.write(folder.path("f"));
        } catch (const IoError& error) {
          refused = error.what();
        }
        if (*one.refused) {
          BOOST_TEST(refused.find(one.refused) != std::string::npos, refused);
          BOOST_TEST((fs::symlink_status(folder.path("f")).type() == kind));
          BOOST_TEST(folder.names().size() == before);  // nothing is left behind
          continue;
        }
        BOOST_TEST(refused == "");
        BOOST_TEST((content_of(folder.path(one.written)) == expected));
        if (kind == fs::file_type::symlink) BOOST_TEST(fs::is_symlink(folder.path("f")));
        if (one.mode >= 0) BOOST_TEST(mode_of(folder.path(one.written)) == mode_t(one.mode));
        for (const std::string& name : folder.names()) BOOST_TEST(!nn::is_temporary_name(name));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_new_file_has_what_the_mask_leaves) {
  const TemporaryFolder folder;
  for (const mode_t mask : {022, 002, 077}) {
    const mode_t before = ::umask(mask);
    const std::string path = folder.path(std::to_string(mask));
    nn::write_npy(path, Tensor::ones({2}));
    ::umask(before);
    BOOST_TEST(mode_of(path) == (0666 & ~mask));
  }
}

BOOST_AUTO_TEST_CASE(a_name_may_be_as_long_as_the_system_allows) {
  const TemporaryFolder folder;
  const std::string path = folder.path(std::string(255, 'n'));
  nn::write_npy(path, Tensor::ones({2}));
  BOOST_TEST(nn::read_npy(path).tensor().size() == 2);
}

BOOST_AUTO_TEST_CASE(a_missing_folder_is_called_missing) {
  const TemporaryFolder folder;
  const std::string path = folder.path("no/where/f");
  const auto says = [&](const Error& error) {
    return std::string(error.what()).find("there is no folder " + folder.path("no/where")) !=
           std::string::npos;
  };
  for (const Writer& writer : writers) BOOST_CHECK_EXCEPTION(writer.write(path), IoError, says);
  BOOST_CHECK_EXCEPTION(nn::read_npy(path), IoError, says);
  BOOST_CHECK_EXCEPTION(nn::read_safetensors(path), IoError, says);
  BOOST_CHECK_EXCEPTION(nn::load_checkpoint(path), IoError, says);
  const auto empty = [](const Error& error) {
    return std::string(error.what()).find("the path is empty") != std::string::npos;
  };
  for (const Writer& writer : writers) BOOST_CHECK_EXCEPTION(writer.write(""), IoError, empty);
  BOOST_CHECK_EXCEPTION(nn::read_npy(""), IoError, empty);
}

// A program whose standard streams are closed gets their numbers for its files.
BOOST_AUTO_TEST_CASE(no_file_takes_the_place_of_a_standard_stream) {
  const TemporaryFolder folder;
  for (const int closed : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    const int kept = ::dup(closed);
    ::close(closed);
    nn::SystemCalls calls = nn::system_calls();
    std::vector<int> used;
    calls.write = [&used](int file, const void* from, std::size_t bytes) {
      used.push_back(file);
      return ::write(file, from, bytes);
    };
    const std::string text = "text";
    nn::write_atomically(folder.path("f"), std::as_bytes(std::span(text)), calls);
    const bool free = ::fcntl(closed, F_GETFD) < 0 && errno == EBADF;
    ::dup2(kept, closed);
    ::close(kept);
    BOOST_TEST(content_of(folder.path("f")) == text);
    BOOST_TEST(free);
    for (const int file : used) BOOST_TEST(file > STDERR_FILENO);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
