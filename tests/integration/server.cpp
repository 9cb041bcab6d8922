#include "tests/integration/server.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <grp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace tcptop::test {
namespace {

Hello hello_with(std::chrono::milliseconds interval) {
  Hello hello;
  hello.server = "tcptopd";
  hello.interval = interval;
  hello.min_interval = std::chrono::milliseconds(100);
  return hello;
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string name = "/tmp/tcptop-test-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string own_group() {
  const group* found = getgrgid(getegid());
  if (found == nullptr) throw std::runtime_error("this process's group has no name");
  return found->gr_name;
}

Server::Server(std::chrono::milliseconds interval)
    : hub(table, hello_with(interval)),
      tick(io, source, table, hub),
      listener(io, socket_path, own_group()) {
  listener.start([this](Session::Socket socket) { hub.join(std::move(socket)); });
  tick.start();
}

bool Server::run_until(const std::function<bool()>& met) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!met()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    io.run_for(std::chrono::milliseconds(1));
    io.restart();
  }
  return true;
}

Viewer::Viewer(const std::string& socket_path)
    : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket_path.c_str(), sizeof(address.sun_path) - 1);
  if (fd_ < 0 || ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
    throw std::system_error(errno, std::generic_category(), "connect to " + socket_path);
  fcntl(fd_, F_SETFL, O_NONBLOCK);
}

Viewer::~Viewer() {
  close();
}

void Viewer::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void Viewer::read() {
  while (!ended_) {
    const auto room = framer_.prepare(1U << 16U);
    const ssize_t got = ::recv(fd_, room.data(), room.size(), 0);
    framer_.commit(got > 0 ? static_cast<std::size_t>(got) : 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) ended_ = true;
    while (const auto line = framer_.next_line()) messages_.push_back(decoder_.decode(*line));
  }
}

void Viewer::say(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the daemon has heard enough
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Viewer::close_sending_half() const {
  ::shutdown(fd_, SHUT_WR);
}

}  // namespace tcptop::test
