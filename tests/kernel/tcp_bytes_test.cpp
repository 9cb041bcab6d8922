// Bytes are the truth, to the byte: real sockets over loopback against the kernel's counters.
#include <sys/socket.h>

#include "tests/kernel/ledger.h"
#include "tests/kernel/traffic.h"
#include "tests/support/catch.h"

using namespace tcptop;
using namespace tcptop::test;

namespace {

constexpr std::uint64_t hundred_megabytes = 100'000'000;

// A server process that accepts one connection, reads what it was told to, answers with as many
// bytes, and stays open until it is told to end.
struct Server {
  Server(int family, std::uint64_t request, std::uint64_t answer)
      : process("ledger-server", [=](const Process::Peer& test) {
          const Socket listener = listen_on_loopback(family);
          test.signal(listener.local_port());
          const Socket socket = listener.accept();
          test.signal();
          socket.receive(request);
          socket.send(answer);
          test.signal();
          (void)test.await();
        }) {
    port = static_cast<std::uint16_t>(process.await());
  }

  Process process;
  std::uint16_t port = 0;
};

struct Ends {
  Connection client, server;
};

// Both ends' rows, with exact bytes and the processes that hold them.
Ends check_both_ends(const Ledger& ledger, const Process& client, std::uint16_t client_port,
                     const Server& server, std::uint64_t request, std::uint64_t answer) {
  const auto ours = ledger.live(client_port, server.port);
  const auto theirs = ledger.live(server.port, client_port);
  REQUIRE(ours);
  REQUIRE(theirs);
  CHECK(ours->state == TcpState::established);
  CHECK(theirs->state == TcpState::established);
  CHECK(ours->tx_bytes == request);
  CHECK(ours->rx_bytes == answer);
  CHECK(theirs->tx_bytes == answer);
  CHECK(theirs->rx_bytes == request);
  CHECK(ours->rx_queue_bytes == 0U);
  CHECK(theirs->rx_queue_bytes == 0U);
  CHECK(is_held_by(*ours, client.pid()));
  CHECK(ours->comm == Comm("ledger-client"));
  CHECK(is_held_by(*theirs, server.process.pid()));
  CHECK(theirs->comm == Comm("ledger-server"));
  return {*ours, *theirs};
}

}  // namespace

TEST_CASE("100,000,000 bytes over a connection opened after the daemon") {
  Ledger ledger;
  Server server(AF_INET, hundred_megabytes, 17);
  Process client("ledger-client", [&](const Process::Peer& test) {
    const Socket socket = connect_to(server.port);
    test.signal(socket.local_port());
    socket.send(hundred_megabytes);
    socket.receive(17);
    test.signal();
    (void)test.await();
  });
  const auto client_port = static_cast<std::uint16_t>(client.await());
  (void)client.await();
  ledger.tick();
  const Ends ends = check_both_ends(ledger, client, client_port, server, hundred_megabytes, 17);
  CHECK(ends.client.owner == OwnerKind::seen);
  CHECK(ends.client.started.has_value());
  CHECK(ends.client.rtt_us.has_value());
  CHECK(ends.client.min_rtt_us.has_value());
  CHECK(ends.server.owner == OwnerKind::listener);
  client.signal();
  server.process.signal();
}

TEST_CASE("100,000,000 bytes over a connection opened before the daemon") {
  Server server(AF_INET, hundred_megabytes, 17);
  Process client("ledger-client", [&](const Process::Peer& test) {
    const Socket socket = connect_to(server.port);
    test.signal(socket.local_port());
    socket.send(hundred_megabytes / 2);
    test.signal();
    (void)test.await();
    socket.send(hundred_megabytes / 2);
    socket.receive(17);
    test.signal();
    (void)test.await();
  });
  const auto client_port = static_cast<std::uint16_t>(client.await());
  (void)client.await();
  Ledger ledger;
  ledger.tick();
  client.signal();
  (void)client.await();
  ledger.tick();
  const Ends ends = check_both_ends(ledger, client, client_port, server, hundred_megabytes, 17);
  CHECK(ends.client.owner == OwnerKind::found);
  CHECK(ends.server.owner == OwnerKind::found);
  CHECK_FALSE(ends.client.started.has_value());
  CHECK_FALSE(ends.server.started.has_value());
  client.signal();
  server.process.signal();
}

TEST_CASE("IPv6 is counted alike, and IPv4 over an IPv6 socket is shown as IPv4") {
  Ledger ledger;
  const auto [listener, family, shown] = GENERATE(table<Socket (*)(), int, const char*>({
      {[] { return listen_on_loopback(AF_INET6); }, AF_INET6, "::1"},
      {listen_on_mapped_loopback, AF_INET, "127.0.0.1"},
  }));
  const Socket listening = listener();
  const Socket client = connect_to(listening.local_port(), family);
  const Socket server = listening.accept();
  client.send(12345);
  server.receive(12345);
  ledger.tick();
  const auto row = ledger.live(server.local_port(), client.local_port());
  REQUIRE(row);
  CHECK(row->rx_bytes == 12345);
  CHECK(row->local.address.to_text() == shown);
  CHECK(row->remote.address.to_text() == shown);
}

TEST_CASE("1,000 connections that live a few milliseconds each are all counted, once") {
  constexpr int count = 1000;
  Ledger ledger;
  const Socket listener = listen_on_loopback();
  for (int i = 0; i < count; ++i) {
    const Socket client = connect_to(listener.local_port());
    Socket server = listener.accept();
    client.send(100 + static_cast<std::uint64_t>(i));
    server.receive(100 + static_cast<std::uint64_t>(i));
    server.send(7);
    client.receive(7);
  }
  const std::uint16_t port = listener.local_port();
  CHECK(ledger.tick_until([&] {
    return ledger.closed(port, 0).size() >= count && ledger.closed(0, port).size() >= count;
  }));
  std::uint64_t sent = 0, received = 0;
  for (const Connection& c : ledger.closed(0, port)) {
    sent += c.tx_bytes;
    CHECK(c.rx_bytes == 7);
    CHECK(c.close_reason == CloseReason::closed);
  }
  for (const Connection& c : ledger.closed(port, 0)) {
    received += c.rx_bytes;
    CHECK(c.tx_bytes == 7);
    CHECK(c.comm == Comm("kernel_test"));
  }
  CHECK(ledger.closed(0, port).size() == count);
  CHECK(ledger.closed(port, 0).size() == count);
  CHECK(sent == 100'000 + count * (count - 1) / 2);
  CHECK(received == sent);
  CHECK(ledger.source().losses().total() == 0);
}

TEST_CASE("a FIN is no payload, whoever sends it first and whatever is left unread") {
  Ledger ledger;
  const Socket listener = listen_on_loopback();
  const std::uint16_t port = listener.local_port();
  SECTION("half-closed: the row stays, its counters too") {
    const Socket client = connect_to(port);
    const Socket server = listener.accept();
    client.send(1000);
    shutdown(client.fd(), SHUT_WR);
    CHECK(server.drain() == 1000);
    ledger.tick();
    const auto row = ledger.live(port, client.local_port());
    REQUIRE(row);
    CHECK(row->state == TcpState::close_wait);
    CHECK(row->rx_bytes == 1000);
    CHECK(row->rx_queue_bytes == 0U);
  }
  SECTION("the server closes first") {
    Socket client = connect_to(port);
    Socket server = listener.accept();
    const std::uint16_t client_port = client.local_port();
    server.send(2000);
    server.close();
    CHECK(client.drain() == 2000);
    client.close();
    REQUIRE(ledger.tick_until([&] {
      return ledger.closed(port, client_port).size() == 1 &&
             ledger.closed(client_port, port).size() == 1;
    }));
    CHECK(ledger.closed(port, client_port)[0].tx_bytes == 2000);
    CHECK(ledger.closed(client_port, port)[0].rx_bytes == 2000);
  }
  SECTION("data that nobody read") {
    Socket client = connect_to(port);
    Socket server = listener.accept();
    const std::uint16_t client_port = client.local_port();
    client.send(3000);
    REQUIRE(ledger.tick_until([&] {
      const auto row = ledger.live(port, client_port);
      return row && row->rx_queue_bytes == 3000U;
    }));
    server.close();
    REQUIRE(ledger.tick_until([&] {
      return ledger.closed(port, client_port).size() == 1 &&
             ledger.closed(client_port, port).size() == 1;
    }));
    CHECK(ledger.closed(port, client_port)[0].rx_bytes == 3000);
    CHECK(ledger.closed(port, client_port)[0].close_reason == CloseReason::reset);
    CHECK(ledger.closed(client_port, port)[0].tx_bytes == 3000);
    CHECK(ledger.closed(client_port, port)[0].close_reason == CloseReason::reset);
  }
}
