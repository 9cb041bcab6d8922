#include "tests/kernel/traffic.h"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

namespace tcptop::test {
namespace {

constexpr int patience_ms = 20'000;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int check(int result, const char* what) {
  if (result < 0) fail(what);
  return result;
}

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Address loopback(int family, std::uint16_t port) {
  Address address;
  if (family == AF_INET6) {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_addr = in6addr_loopback;
    v6->sin6_port = htons(port);
    address.size = sizeof(*v6);
  } else {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
    v4->sin_family = AF_INET;
    v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v4->sin_port = htons(port);
    address.size = sizeof(*v4);
  }
  return address;
}

Socket listen_at(const Address& address, int backlog) {
  Socket socket = tcp_socket(address.storage.ss_family);
  check(bind(socket.fd(), address.get(), address.size), "bind");
  check(::listen(socket.fd(), backlog), "listen");
  return socket;
}

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Socket::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void Socket::abort() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  check(setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now)), "SO_LINGER");
  close();
}

void Socket::send(std::uint64_t bytes) const {
  static const std::vector<char> data(1U << 18U, 'x');
  while (bytes > 0) {
    const auto size = std::min<std::uint64_t>(bytes, data.size());
    const ssize_t sent = ::send(fd_, data.data(), size, MSG_NOSIGNAL);
    if (sent < 0) fail("send");
    bytes -= static_cast<std::uint64_t>(sent);
  }
}

void Socket::receive(std::uint64_t bytes) const {
  std::vector<char> data(1U << 18U);
  while (bytes > 0) {
    const ssize_t got = ::recv(fd_, data.data(), std::min<std::uint64_t>(bytes, data.size()), 0);
    if (got < 0) fail("recv");
    if (got == 0) throw std::runtime_error("the peer closed early");
    bytes -= static_cast<std::uint64_t>(got);
  }
}

std::uint64_t Socket::drain() const {
  std::vector<char> data(1U << 18U);
  std::uint64_t total = 0;
  for (;;) {
    const ssize_t got = ::recv(fd_, data.data(), data.size(), 0);
    if (got < 0) fail("recv");
    if (got == 0) return total;
    total += static_cast<std::uint64_t>(got);
  }
}

std::uint16_t Socket::local_port() const {
  Address address;
  address.size = sizeof(address.storage);
  check(getsockname(fd_, reinterpret_cast<sockaddr*>(&address.storage), &address.size),
        "getsockname");
  // The port is at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port);
}

Socket Socket::accept() const {
  return Socket(check(::accept(fd_, nullptr, nullptr), "accept"));
}

Socket tcp_socket(int family) {
  return Socket(check(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
}

Socket listen_on_loopback(int family, int backlog) {
  return listen_at(loopback(family, 0), backlog);
}

Socket listen_on_mapped_loopback() {
  Address address = loopback(AF_INET6, 0);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  inet_pton(AF_INET6, "::ffff:127.0.0.1", &v6->sin6_addr);
  return listen_at(address, 16);
}

int try_connect(const Socket& socket, std::uint16_t port, int family) {
  const Address address = loopback(family, port);
  return ::connect(socket.fd(), address.get(), address.size) == 0 ? 0 : errno;
}

Socket connect_to(std::uint16_t port, int family) {
  Socket socket = tcp_socket(family);
  if ((errno = try_connect(socket, port, family)) != 0) fail("connect");
  return socket;
}

void Process::Peer::signal(std::uint64_t value) const {
  if (::write(write_, &value, sizeof(value)) != sizeof(value)) fail("signal");
}

std::uint64_t Process::Peer::await() const {
  pollfd ready{.fd = read_, .events = POLLIN, .revents = 0};
  if (poll(&ready, 1, patience_ms) != 1) throw std::runtime_error("the other process is stuck");
  std::uint64_t value = 0;
  if (::read(read_, &value, sizeof(value)) != sizeof(value))
    throw std::runtime_error("the other process has gone");
  return value;
}

Process::Process(const std::string& comm, const std::function<void(const Peer&)>& work) {
  std::array<int, 2> down{}, up{};
  check(pipe(down.data()), "pipe");
  check(pipe(up.data()), "pipe");
  pid_ = check(fork(), "fork");
  if (pid_ == 0) {
    ::close(down[1]);
    ::close(up[0]);
    prctl(PR_SET_NAME, comm.c_str());
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int code = 0;
    try {
      work(Peer(down[0], up[1]));
    } catch (const std::exception& error) {
      std::fprintf(stderr, "process '%s': %s\n", comm.c_str(), error.what());
      code = 1;
    }
    _exit(code);
  }
  ::close(down[0]);
  ::close(up[1]);
  peer_ = Peer(up[0], down[1]);
}

Process::~Process() {
  // Not a sleep for luck: the process ends by itself, and the bound is for when it does not.
  for (int waited_ms = 0; waitpid(pid_, nullptr, WNOHANG) == 0; ++waited_ms) {
    if (waited_ms == patience_ms) kill(pid_, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

bool in_init_pid_namespace() {
  struct stat ours {};
  constexpr ino_t init_pid_namespace = 0xeffffffc;  // PROC_PID_INIT_INO, include/linux/proc_ns.h
  return stat("/proc/self/ns/pid", &ours) == 0 && ours.st_ino == init_pid_namespace;
}

}  // namespace tcptop::test
