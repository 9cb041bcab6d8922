// Identity, owners and ends of TCP connections, on real sockets.
#include <algorithm>
#include <cerrno>
#include <fstream>
#include <map>
#include <sched.h>
#include <set>
#include <string_view>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "tests/kernel/ledger.h"
#include "tests/kernel/traffic.h"
#include "tests/support/catch.h"

using namespace tcptop;
using namespace tcptop::test;

namespace {

// A port of loopback where nobody listens.
std::uint16_t silent_port() {
  const Socket listener = listen_on_loopback();
  return listener.local_port();
}

}  // namespace

TEST_CASE("one socket refused twice and connected at the third try is three connections") {
  Ledger ledger;
  const std::uint16_t silent = silent_port();
  const Socket listener = listen_on_loopback();
  const std::uint16_t port = listener.local_port();
  const Socket client = tcp_socket();
  CHECK(try_connect(client, silent) == ECONNREFUSED);
  CHECK(try_connect(client, silent) == ECONNREFUSED);
  REQUIRE(try_connect(client, port) == 0);
  const std::uint16_t client_port = client.local_port();
  Socket server = listener.accept();
  client.send(11);
  server.receive(11);
  ledger.tick();

  const auto refused = ledger.closed(0, silent);
  REQUIRE(refused.size() == 2);
  const auto row = ledger.live(client_port, port);
  REQUIRE(row);
  CHECK(row->tx_bytes == 11);
  const std::set<ConnectionId> ids{refused[0].id, refused[1].id, row->id};
  CHECK(ids.size() == 3);
  for (const Connection& c : refused) {
    CHECK(c.close_reason == CloseReason::refused);
    CHECK(c.tx_bytes == 0);
    CHECK(c.rx_bytes == 0);
    CHECK(c.local.port != 0);
    CHECK(is_held_by(c, getpid()));
  }
}

TEST_CASE("SO_LINGER 0 ends with exact bytes and ports") {
  Ledger ledger;
  const Socket listener = listen_on_loopback();
  const std::uint16_t port = listener.local_port();
  Socket client = connect_to(port);
  const std::uint16_t client_port = client.local_port();
  const Socket server = listener.accept();
  client.send(4242);
  server.receive(4242);
  server.send(5);
  client.receive(5);
  client.abort();
  REQUIRE(ledger.tick_until([&] {
    return ledger.closed(client_port, port).size() == 1 &&
           ledger.closed(port, client_port).size() == 1;
  }));
  const Connection ours = ledger.closed(client_port, port)[0];
  CHECK(ours.tx_bytes == 4242);
  CHECK(ours.rx_bytes == 5);
  CHECK(ours.close_reason == CloseReason::reset);
  CHECK(ours.local.address.to_text() == "127.0.0.1");
  const Connection theirs = ledger.closed(port, client_port)[0];
  CHECK(theirs.rx_bytes == 4242);
  CHECK(theirs.tx_bytes == 5);
  CHECK(theirs.close_reason == CloseReason::reset);
}

TEST_CASE("a connection that its peer resets is owned by the process that then closes it") {
  Ledger ledger;
  const Socket listener = listen_on_loopback();
  const std::uint16_t port = listener.local_port();
  Process worker("ledger-worker", [&](const Process::Peer& test) {
    Socket accepted = listener.accept();
    test.signal();
    (void)test.await();  // reset by now
    accepted.close();
    test.signal();
    (void)test.await();
  });
  Socket client = connect_to(port);
  (void)worker.await();
  client.abort();
  worker.signal();
  (void)worker.await();
  ledger.tick();
  const auto ended = ledger.closed(port, 0);
  REQUIRE(ended.size() == 1);
  CHECK(is_held_by(ended[0], worker.pid()));
  CHECK(ended[0].comm == Comm("ledger-worker"));
  CHECK(ended[0].owner == OwnerKind::seen);
  worker.signal();
}

TEST_CASE("the name is the process's, not the thread's that connected") {
  Ledger ledger;
  const Socket listener = listen_on_loopback();
  Socket client;
  std::thread([&] {
    prctl(PR_SET_NAME, "some-thread");
    client = connect_to(listener.local_port());
  }).join();
  ledger.tick();
  const auto row = ledger.live(client.local_port(), listener.local_port());
  REQUIRE(row);
  CHECK(row->comm == Comm("kernel_test"));
  CHECK(is_held_by(*row, getpid()));
}

TEST_CASE("an accepted connection has an identity of its own and its listener's owner") {
  Ledger ledger;
  const Socket listener = listen_on_loopback();
  const std::uint16_t port = listener.local_port();
  const Socket first = connect_to(port), second = connect_to(port);
  ledger.tick();  // not accepted yet: they belong to the listener's process all the same
  const auto a = ledger.live(port, first.local_port());
  const auto b = ledger.live(port, second.local_port());
  REQUIRE(a);
  REQUIRE(b);
  CHECK(a->id != b->id);
  CHECK(a->state == TcpState::established);
  CHECK(a->owner == OwnerKind::listener);
  CHECK(is_held_by(*a, getpid()));
  CHECK(a->started.has_value());
  CHECK(a->remote.port == first.local_port());
  CHECK_FALSE(a->backlog_max.has_value());
}

TEST_CASE("a pass over the files finds who holds an accepted connection") {
  Ledger ledger;
  const Socket listener = listen_on_loopback();
  const std::uint16_t port = listener.local_port();
  Process worker("ledger-worker", [&](const Process::Peer& test) {
    const Socket accepted = listener.accept();
    test.signal();
    (void)test.await();
  });
  const Socket client = connect_to(port);
  (void)worker.await();
  ledger.tick();
  CHECK(ledger.table().has_unverified_owner());
  ledger.source().find_holders();
  ledger.tick();
  const auto row = ledger.live(port, client.local_port());
  REQUIRE(row);
  CHECK(is_held_by(*row, worker.pid()));
  CHECK(row->comm == Comm("ledger-worker"));
  CHECK(row->owner == OwnerKind::found);
  worker.signal();
}

TEST_CASE("a listening socket shows its queue") {
  Ledger ledger;
  const Socket listener = listen_on_loopback(AF_INET, 17);
  const std::uint16_t port = listener.local_port();
  const Socket one = connect_to(port), two = connect_to(port);
  ledger.tick();
  std::optional<Connection> row;
  ledger.table().for_each([&](std::size_t, const Flow& flow) {
    if (flow.connection.local.port == port && flow.connection.state == TcpState::listen)
      row = flow.connection;
  });
  REQUIRE(row);
  CHECK(row->backlog == 2U);
  CHECK(row->backlog_max == 17U);
  CHECK(row->owner == OwnerKind::seen);
  CHECK_FALSE(row->cwnd_packets.has_value());
}

TEST_CASE("sockets of another network namespace are seen, before the daemon and after") {
  const auto in_new_namespace = [](const Process::Peer& test) {
    if (unshare(CLONE_NEWNET) != 0) throw std::runtime_error("unshare");
    if (system("ip link set lo up") != 0) throw std::runtime_error("ip link");
    const Socket listener = listen_on_loopback();
    const Socket client = connect_to(listener.local_port());
    client.send(77);
    test.signal(client.local_port());
    test.signal(listener.local_port());
    (void)test.await();
  };
  const auto port_told_by = [](const Process& process) {
    return static_cast<std::uint16_t>(process.await());
  };
  const auto check = [](Ledger& ledger, std::uint16_t client_port, std::uint16_t port, pid_t pid) {
    ledger.tick();
    const auto row = ledger.live(client_port, port);
    REQUIRE(row);
    CHECK(row->tx_bytes == 77);
    CHECK(is_held_by(*row, pid));
    return row->netns;
  };
  Process before("ledger-before", in_new_namespace);
  const auto before_client = port_told_by(before), before_port = port_told_by(before);
  Ledger ledger;
  Process after("ledger-after", in_new_namespace);
  const auto after_client = port_told_by(after), after_port = port_told_by(after);
  const Socket here = listen_on_loopback();

  const auto first = check(ledger, before_client, before_port, before.pid());
  const auto second = check(ledger, after_client, after_port, after.pid());
  CHECK(first != second);
  CHECK(first != ledger.live(here.local_port(), 0)->netns);
  before.signal();
  after.signal();
}

TEST_CASE("more sockets than one share of a walk are all read, and all leave the books") {
  constexpr std::size_t pairs = 5'200;  // both ends are ours: more than FLOW_SHARE
  Ledger ledger;
  ledger.tick(true);
  const std::size_t before = ledger.table().size();
  {
    const Socket listener = listen_on_loopback();
    std::vector<Socket> sockets;
    for (std::size_t i = 0; i < pairs; ++i) {
      sockets.push_back(connect_to(listener.local_port()));
      sockets.push_back(listener.accept());
    }
    ledger.tick();
    CHECK(ledger.table().size() == before + 2 * pairs + 1);
    ledger.tick(true);
    ledger.tick(true);
    CHECK(ledger.table().totals().lost_ends == 0);
  }
  CHECK(ledger.tick_until([&] { return ledger.table().size() == before; }));
  CHECK(ledger.source().losses().total() == 0);
}

TEST_CASE("only what changed is read again, and a complete walk confirms the rest") {
  Ledger ledger;
  const Socket listener = listen_on_loopback();
  const Socket client = connect_to(listener.local_port());
  const Socket server = listener.accept();
  // The three are the newest sockets of this process; others of the machine may change meanwhile.
  const auto walk = [&ledger](bool every) {
    std::map<std::uint64_t, std::uint8_t> kinds;
    ledger.source().walk(every, [&kinds](std::span<const flow_record> records) {
      for (const flow_record& record : records) kinds[record.cookie] = record.kind;
    });
    return kinds;
  };
  std::vector<std::uint64_t> ours;
  ledger.source().walk(false, [&ours](std::span<const flow_record> records) {
    for (const flow_record& record : records)
      if (std::string_view(record.comm) == "kernel_test") ours.push_back(record.cookie);
  });
  REQUIRE(ours.size() == 3);
  auto quiet = walk(false), complete = walk(true);
  for (const std::uint64_t cookie : ours) {
    CHECK(quiet.count(cookie) == 0);
    CHECK(complete[cookie] == FLOW_SAME);
  }
  client.send(1);
  server.receive(1);
  auto busy = walk(false);
  CHECK(std::ranges::count_if(ours, [&](auto cookie) { return busy[cookie] == FLOW_LIVE; }) == 2);
}

TEST_CASE("with little option memory a connection is not dropped") {
  // Each tag is charged to its socket; where a clone's charge fails, the kernel drops the
  // connection. 4,096 is a fifth of the default of Linux 6.1.
  const char* const setting = "/proc/sys/net/core/optmem_max";
  std::string original;
  std::ifstream(setting) >> original;
  REQUIRE_FALSE(original.empty());
  std::ofstream(setting) << 4096;
  {
    Ledger ledger;
    const Socket listener = listen_on_loopback();
    const Socket client = connect_to(listener.local_port());
    const Socket server = listener.accept();
    client.send(9);
    server.receive(9);
    ledger.tick();
    CHECK(ledger.live(listener.local_port(), client.local_port())->rx_bytes == 9);
    CHECK(ledger.source().losses().storage == 0);
  }
  std::ofstream(setting) << original;
}
