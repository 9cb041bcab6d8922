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

void check_both_ends(const Ledger& ledger, std::uint16_t client_port, std::uint16_t server_port,
                     std::uint64_t request, std::uint64_t answer) {
  const auto client = ledger.live(client_port, server_port);
  const auto server = ledger.live(server_port, client_port);
  REQUIRE(client);
  REQUIRE(server);
  CHECK(client->state == TcpState::established);
  CHECK(server->state == TcpState::established);
  CHECK(client->tx_bytes == request);
  CHECK(client->rx_bytes == answer);
  CHECK(server->tx_bytes == answer);
  CHECK(server->rx_bytes == request);
  CHECK(client->rx_queue_bytes == 0U);
  CHECK(server->rx_queue_bytes == 0U);
}

}  // namespace

TEST_CASE("100,000,000 bytes over a connection opened after the daemon") {
  Ledger ledger;
  Server server(AF_INET, hundred_megabytes, 17);
  std::uint16_t client_port = 0;
  Process client("ledger-client", [&](const Process::Peer& test) {
    const Socket socket = connect_to(server.port);
    test.signal(socket.local_port());
    socket.send(hundred_megabytes);
    socket.receive(17);
    test.signal();
    (void)test.await();
  });
  client_port = static_cast<std::uint16_t>(client.await());
  (void)client.await();
  ledger.tick();
  check_both_ends(ledger, client_port, server.port, hundred_megabytes, 17);

  const auto client_row = ledger.live(client_port, server.port);
  CHECK(is_held_by(*client_row, client.pid()));
  CHECK(client_row->comm == Comm("ledger-client"));
  CHECK(client_row->owner == OwnerKind::seen);
  CHECK(client_row->started.has_value());
  CHECK(client_row->rtt_us.has_value());
  CHECK(client_row->min_rtt_us.has_value());
  const auto server_row = ledger.live(server.port, client_port);
  CHECK(is_held_by(*server_row, server.process.pid()));
  CHECK(server_row->comm == Comm("ledger-server"));
  CHECK(server_row->owner == OwnerKind::listener);
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
  check_both_ends(ledger, client_port, server.port, hundred_megabytes, 17);

  const auto client_row = ledger.live(client_port, server.port);
  CHECK(is_held_by(*client_row, client.pid()));
  CHECK(client_row->comm == Comm("ledger-client"));
  CHECK(client_row->owner == OwnerKind::found);
  CHECK_FALSE(client_row->started.has_value());
  const auto server_row = ledger.live(server.port, client_port);
  CHECK(is_held_by(*server_row, server.process.pid()));
  CHECK(server_row->comm == Comm("ledger-server"));
  client.signal();
  server.process.signal();
}

TEST_CASE("IPv6, and IPv4 over an IPv6 socket, are counted alike and shown as what they are") {
  Ledger ledger;
  const Socket listener = listen_on_loopback(AF_INET6);
  const Socket client = connect_to(listener.local_port(), AF_INET6);
  const Socket server = listener.accept();
  client.send(12345);
  server.receive(12345);
  ledger.tick();
  const auto row = ledger.live(server.local_port(), client.local_port());
  REQUIRE(row);
  CHECK(row->rx_bytes == 12345);
  CHECK(row->local.address.to_text() == "::1");
  CHECK(row->remote.address.to_text() == "::1");
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
