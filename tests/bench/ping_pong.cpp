// 64 bytes there and back over loopback, as fast as one CPU goes, for as long as told.
//
// usage: ping_pong SECONDS    prints the ids of its two processes, "PID PID", then works
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/kernel/traffic.h"

using namespace tcptop::test;

namespace {

constexpr std::uint64_t message_bytes = 64;

// Both ends on one CPU: then a wake-up costs the same each time, and CPU time is all there is.
void pin() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  sched_setaffinity(0, sizeof(one), &one);
}

void no_delay(const Socket& socket) {
  const int on = 1;
  setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

}  // namespace

int main(int argc, char** argv) {
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::seconds(argc > 1 ? std::atoi(argv[1]) : 10);
  pin();
  const Socket listener = listen_on_loopback();
  Process echo("pong", [&](const Process::Peer&) {
    const Socket socket = listener.accept();
    no_delay(socket);
    try {
      for (;;) {
        socket.receive(message_bytes);
        socket.send(message_bytes);
      }
    } catch (const std::exception&) {  // the other end has closed
    }
  });
  const Socket socket = connect_to(listener.local_port());
  no_delay(socket);
  std::printf("%d %d\n", getpid(), echo.pid());
  std::fflush(stdout);
  while (std::chrono::steady_clock::now() < end) {
    for (int i = 0; i < 100; ++i) {
      socket.send(message_bytes);
      socket.receive(message_bytes);
    }
  }
  return 0;
}
