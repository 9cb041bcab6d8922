// The socket file: whose it is, who may read it, and what may not be taken.
#include "daemon/listener.h"

#include <cstring>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "proto/startup.h"
#include "tests/integration/server.h"
#include "tests/support/catch.h"

using namespace tcptop;
using test::own_group;
using test::TemporaryDirectory;

namespace {

ExitCode code_of_listening(const std::string& path, const std::string& group = own_group()) {
  boost::asio::io_context io;
  try {
    const Listener listener(io, path, group);
  } catch (const StartupError& error) {
    CHECK_FALSE(error.hint().empty());
    return error.code();
  }
  return ExitCode::ok;
}

bool exists(const std::string& path) {
  struct stat found {};
  return lstat(path.c_str(), &found) == 0;
}

}  // namespace

TEST_CASE("the socket is for its owner and group, in a directory that is so too") {
  const TemporaryDirectory directory;
  const std::string path = directory.path("made/tcptopd.sock");
  boost::asio::io_context io;
  {
    const Listener listener(io, path, own_group());
    struct stat found {};
    REQUIRE(lstat(path.c_str(), &found) == 0);
    CHECK(S_ISSOCK(found.st_mode));
    CHECK((found.st_mode & 07777U) == 0660U);
    CHECK(found.st_gid == getegid());
    REQUIRE(lstat(directory.path("made").c_str(), &found) == 0);
    CHECK((found.st_mode & 07777U) == 0750U);
  }
  CHECK_FALSE(exists(path));
}

TEST_CASE("a socket file that a daemon left behind is replaced") {
  const TemporaryDirectory directory;
  const std::string path = directory.path("s");
  const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, path.c_str());
  REQUIRE(::bind(left, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  ::close(left);
  REQUIRE(exists(path));
  CHECK(code_of_listening(path) == ExitCode::ok);
}

TEST_CASE("another daemon's socket is not taken, and stays when we leave") {
  const TemporaryDirectory directory;
  boost::asio::io_context io;
  const Listener other(io, directory.path("s"), own_group());
  CHECK(code_of_listening(directory.path("s")) == ExitCode::already_running);
  CHECK(exists(directory.path("s")));
}

TEST_CASE("what cannot be the socket's place is said to be so") {
  const TemporaryDirectory directory;
  std::ofstream(directory.path("file")) << "precious";
  CHECK(code_of_listening(directory.path("file")) == ExitCode::socket_unusable);
  CHECK(exists(directory.path("file")));
  CHECK(code_of_listening(directory.path("a/b/s")) == ExitCode::socket_unusable);
  CHECK(code_of_listening(directory.path(std::string(120, 'x'))) == ExitCode::socket_unusable);
  CHECK(code_of_listening(directory.path("s"), "no-such-group") == ExitCode::no_group);
  CHECK_FALSE(exists(directory.path("s")));
}

TEST_CASE("a socket file that was replaced meanwhile is not removed") {
  const TemporaryDirectory directory;
  const std::string path = directory.path("s");
  boost::asio::io_context io;
  {
    const Listener listener(io, path, own_group());
    ::unlink(path.c_str());
    std::ofstream(path) << "somebody else's";
  }
  CHECK(exists(path));
}
