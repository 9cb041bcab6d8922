// A connection: one flow at one instant, as a plain value. It is what is sent and what a row
// shows. It has no history, and what is not known is empty, never zero.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proto/ip_address.h"
#include "proto/text.h"

namespace tcptop {

// Wall-clock time to the millisecond, the resolution of the wire.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

enum class Protocol : std::uint8_t { tcp, udp };

// The kernel's own numbers (include/net/tcp_states.h), spelled as netstat spells them.
enum class TcpState : std::uint8_t {
  established = 1,
  syn_sent,
  syn_recv,
  fin_wait1,
  fin_wait2,
  time_wait,
  close,
  close_wait,
  last_ack,
  listen,
  closing,
  new_syn_recv,
};
inline constexpr std::size_t tcp_state_count = 13;  // indexes by_state; 0 is no state

// How the owner is known. See docs/protocol.md, key "owner".
enum class OwnerKind : std::uint8_t { none, seen, found, listener, kernel };

enum class CloseReason : std::uint8_t { closed, reset, refused, timeout, idle };

std::string_view name_of(Protocol protocol);
std::string_view name_of(TcpState state);
std::string_view name_of(OwnerKind kind);
std::string_view name_of(CloseReason reason);

// The value with this name, or nothing.
std::optional<Protocol> protocol_named(std::string_view name);
std::optional<TcpState> tcp_state_named(std::string_view name);
std::optional<OwnerKind> owner_kind_named(std::string_view name);
std::optional<CloseReason> close_reason_named(std::string_view name);

// 15 bytes in the kernel; each byte that is not UTF-8 becomes a three-byte U+FFFD.
using Comm = Text<45>;
using ConnectionId = Text<31>;

struct Connection {
  ConnectionId id;
  Protocol proto = Protocol::tcp;
  std::optional<TcpState> state;
  Endpoint local;
  Endpoint remote;
  std::optional<std::uint32_t> netns;  // inode number of the network namespace
  std::optional<std::uint32_t> pid;    // the process, never a thread, in the init pid namespace
  std::optional<Comm> comm;
  std::optional<std::uint32_t> uid;
  OwnerKind owner = OwnerKind::none;
  std::optional<Timestamp> started;  // empty: older than the daemon

  std::uint64_t tx_bytes = 0;  // payload sent for the first time
  std::uint64_t rx_bytes = 0;  // payload received in order
  std::uint64_t tx_packets = 0;
  std::uint64_t rx_packets = 0;
  std::optional<std::uint64_t> tx_bytes_per_s;  // mean over the channel's interval
  std::optional<std::uint64_t> rx_bytes_per_s;

  std::optional<std::uint32_t> rtt_us;  // smoothed
  std::optional<std::uint32_t> rtt_var_us;
  std::optional<std::uint32_t> min_rtt_us;
  std::optional<std::uint64_t> retrans_bytes;
  std::optional<std::uint64_t> retrans_packets;
  std::optional<std::uint32_t> cwnd_packets;
  std::optional<std::uint32_t> tx_queue_bytes;  // not yet acknowledged, not yet sent
  std::optional<std::uint32_t> rx_queue_bytes;  // not yet read
  std::optional<std::uint32_t> backlog;         // LISTEN only: waiting to be accepted
  std::optional<std::uint32_t> backlog_max;     // LISTEN only

  std::optional<CloseReason> close_reason;  // only of a connection that has ended

  friend bool operator==(const Connection&, const Connection&) = default;
};

}  // namespace tcptop
