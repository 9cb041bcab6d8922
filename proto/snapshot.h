// The messages of the wire as plain values (docs/protocol.md). Times are measured by the sender:
// nothing here reads a clock.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/connection.h"

namespace tcptop {

inline constexpr int protocol_number = 1;
inline constexpr const char* default_socket_path = "/run/tcptop/tcptopd.sock";
inline constexpr const char* default_group = "tcptop";

// A snapshot of more connections than this is sent in parts, so that no line is over 8 MiB.
inline constexpr std::size_t connections_per_part = 5000;
inline constexpr std::size_t max_snapshot_line_bytes = 8U << 20;
inline constexpr std::size_t max_request_line_bytes = 64U << 10;

struct DegradedFeature {
  std::string feature;
  std::string why;
};

struct Hello {
  int protocol = protocol_number;
  std::string server;
  std::string version;
  std::string hostname;
  std::string boot_id;
  std::string kernel;
  std::chrono::milliseconds interval{};
  std::chrono::milliseconds min_interval{};
  std::vector<std::string> features;
  std::vector<DegradedFeature> degraded;
};

struct Summary {
  std::uint64_t connections = 0;
  std::uint64_t tcp = 0;
  std::optional<std::uint64_t> udp;                       // empty: not watched
  std::array<std::uint64_t, tcp_state_count> by_state{};  // index: TcpState
  std::optional<std::uint64_t> time_wait;                 // empty: not counted
  std::optional<std::uint64_t> tx_bytes_per_s;
  std::optional<std::uint64_t> rx_bytes_per_s;
  std::optional<std::uint64_t> tx_packets_per_s;
  std::optional<std::uint64_t> rx_packets_per_s;
  std::optional<std::uint64_t> retrans_packets_per_s;
  std::uint64_t opened = 0;  // in the interval
  std::uint64_t closed = 0;  // in the interval
  std::uint64_t viewers = 0;
  std::uint64_t lost = 0;        // records that the kernel side could not hand over, since start
  std::uint64_t collect_us = 0;  // what reading the kernel and folding cost this tick, of CPU

  friend bool operator==(const Summary&, const Summary&) = default;
};

struct Snapshot {
  std::uint64_t seq = 0;
  Timestamp time{};
  std::chrono::milliseconds interval{};  // as measured, since the channel's last one
  Summary summary;
  std::vector<Connection> connections;  // every live one
  std::vector<Connection> closed;       // those that ended in the interval
};

// One line of a snapshot. The summary comes with the first part.
struct SnapshotPart {
  std::size_t part = 1;
  std::size_t parts = 1;
  Snapshot content;
};

struct Missed {
  std::uint64_t ticks = 0;
  std::vector<Connection> closed;
  std::uint64_t closed_more = 0;
};

struct ErrorMessage {
  std::string code;
  std::string message;
};

struct Bye {
  std::string reason;
};

}  // namespace tcptop
