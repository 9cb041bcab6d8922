// One picture with every kind of row that a screen must cope with, always the same.
#pragma once

#include "client/model.h"
#include "tests/support/make.h"

namespace tcptop::test {

inline const Timestamp picture_time(std::chrono::milliseconds(1'795'411'680'123));

inline Connection used(Connection connection, std::string_view comm, std::uint32_t pid,
                       std::uint64_t rx, std::uint64_t tx, std::uint32_t rtt_us,
                       std::chrono::seconds age) {
  connection.comm = Comm(comm);
  connection.pid = pid;
  connection.owner = OwnerKind::seen;
  connection.rx_bytes_per_s = rx;
  connection.tx_bytes_per_s = tx;
  connection.rx_bytes = rx * 1000;
  connection.tx_bytes = tx * 1000;
  connection.rtt_us = rtt_us;
  connection.started = picture_time - age;
  return connection;
}

inline Connection listener(std::string_view id, Endpoint local, std::string_view comm) {
  Connection made = connection(id, local, {address(local.address.is_v4() ? "0.0.0.0" : "::"), 0});
  made.state = TcpState::listen;
  made.comm = Comm(comm);
  made.pid = 812;
  return made;
}

inline SnapshotPart varied_picture() {
  using namespace std::chrono_literals;
  SnapshotPart part;
  Snapshot& snapshot = part.content;
  snapshot.seq = 7;
  snapshot.time = picture_time;
  snapshot.interval = 1001ms;
  snapshot.connections = {
      listener("1.1", endpoint("0.0.0.0", 22), "sshd"),
      listener("2.1", endpoint("::", 443), "nginx"),
      used(connection("3.1", endpoint("192.168.1.20", 22), endpoint("192.168.1.77", 51514)), "sshd",
           20311, 120, 4410, 812, 2h + 10min),
      used(connection("4.1", endpoint("192.168.1.20", 39122), endpoint("203.0.113.9", 873)),
           "rsync", 4711, 11'534'336, 2048, 23'456, 64s),
      used(connection("5.1", endpoint("192.168.1.20", 443), endpoint("198.51.100.200", 60123)),
           "nginx", 1234567, 999'999, 88'000'000, 2'345'678, 5 * 24h),
      used(connection("6.1", endpoint("127.0.0.1", 5432), endpoint("127.0.0.1", 40112)),
           "a\x1b[2J\xe2\x80\xae\n", 99, 3, 0, 31, 3s),
      used(connection("7.1", endpoint("127.0.0.1", 40112), endpoint("127.0.0.1", 5432)), "日本grün",
           100, 0, 3, 31, 3s),
      connection("8.1", endpoint("192.168.1.20", 40000), endpoint("198.51.100.1", 443)),
  };
  snapshot.connections.back().state = TcpState::syn_sent;
  snapshot.closed = {connection("9.1", endpoint("192.168.1.20", 40002), endpoint("8.8.8.8", 53))};
  snapshot.closed[0].state = TcpState::close;
  snapshot.closed[0].close_reason = CloseReason::reset;
  Summary& summary = snapshot.summary;
  summary.connections = summary.tcp = snapshot.connections.size();
  summary.by_state[static_cast<std::size_t>(TcpState::established)] = 5;
  summary.by_state[static_cast<std::size_t>(TcpState::listen)] = 2;
  summary.by_state[static_cast<std::size_t>(TcpState::syn_sent)] = 1;
  summary.rx_bytes_per_s = 12'534'458;
  summary.tx_bytes_per_s = 88'006'461;
  summary.opened = 3;
  summary.closed = 1;
  return part;
}

// The one above, and what goes with it.
inline Model varied_model() {
  Model model;
  Hello hello;
  hello.hostname = "web-1";
  hello.kernel = "6.1.0-18-amd64";
  hello.interval = std::chrono::seconds(1);
  model.receive(hello);
  model.receive(varied_picture(), picture_time);
  return model;
}

}  // namespace tcptop::test
