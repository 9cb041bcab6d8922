// Real sockets and real processes for the kernel tests: everything that they send goes over
// loopback. All calls throw with errno where the kernel refuses.
#pragma once

#include <cstdint>
#include <functional>
#include <netinet/in.h>
#include <string>
#include <sys/types.h>
#include <utility>

namespace tcptop::test {

// A socket, closed with its holder.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket() { close(); }

  [[nodiscard]] int fd() const { return fd_; }
  void close();
  // Closes with a reset instead of a FIN.
  void abort();
  void send(std::uint64_t bytes) const;
  // Reads until that many have come.
  void receive(std::uint64_t bytes) const;
  // Reads until the peer's FIN, and says how many bytes that were.
  [[nodiscard]] std::uint64_t drain() const;
  [[nodiscard]] std::uint16_t local_port() const;
  [[nodiscard]] Socket accept() const;

 private:
  int fd_ = -1;
};

Socket tcp_socket(int family = AF_INET);
// On a free port of the loopback address of `family`.
Socket listen_on_loopback(int family = AF_INET, int backlog = 4096);
// An IPv6 socket on a free port of ::ffff:127.0.0.1, which IPv4 clients reach.
Socket listen_on_mapped_loopback();
// 0, or the errno that connect() gave.
int try_connect(const Socket& socket, std::uint16_t port, int family = AF_INET);
Socket connect_to(std::uint16_t port, int family = AF_INET);

// A process of its own that runs `work` under the name `comm` and ends with it. Its steps are
// ordered with the test's by `signal` and `await`, each a byte over a pipe; `await` gives up after
// 20 seconds.
class Process {
 public:
  class Peer {
   public:
    Peer(int read_fd, int write_fd) : read_(read_fd), write_(write_fd) {}
    void signal(std::uint64_t value = 0) const;
    [[nodiscard]] std::uint64_t await() const;

   private:
    int read_, write_;
  };

  Process(const std::string& comm, const std::function<void(const Peer&)>& work);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  // Waits for its end; kills it if it does not come.
  ~Process();

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(std::uint64_t value = 0) const { peer_.signal(value); }
  [[nodiscard]] std::uint64_t await() const { return peer_.await(); }

 private:
  pid_t pid_ = -1;
  Peer peer_{-1, -1};
};

// BPF speaks of pids as the init pid namespace has them. In a nested one (a container) a test
// cannot know its own, and can only ask whether there is one.
[[nodiscard]] bool in_init_pid_namespace();

}  // namespace tcptop::test
