#include "daemon/flow_facts.h"

#include <cerrno>
#include <cstring>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <sys/socket.h>

#include <fmt/format.h>

#include "proto/utf8.h"

namespace tcptop {
namespace {

std::optional<std::uint32_t> known(std::uint32_t value) {
  return value != FLOW_UNKNOWN ? std::optional(value) : std::nullopt;
}

IpAddress address(std::uint8_t family, std::span<const std::uint8_t, 16> bytes) {
  return family == AF_INET6 ? IpAddress::v6(bytes) : IpAddress::v4(bytes.first<4>());
}

OwnerKind owner_kind(std::uint8_t kind) {
  switch (kind) {
    case FLOW_OWNER_SEEN: return OwnerKind::seen;
    case FLOW_OWNER_FOUND: return OwnerKind::found;
    case FLOW_OWNER_LISTENER: return OwnerKind::listener;
    case FLOW_OWNER_KERNEL: return OwnerKind::kernel;
    default: return OwnerKind::none;
  }
}

}  // namespace

void set_identity(Connection& connection, const flow_record& record) {
  connection.id = std::string_view(fmt::format("{:x}.{}", record.cookie, record.generation));
  connection.proto = Protocol::tcp;
  connection.netns = record.netns;
  connection.uid = record.uid;
}

void set_facts(Connection& connection, const flow_record& record) {
  const auto state = static_cast<TcpState>(record.state);
  const bool listening = state == TcpState::listen;
  connection.state = state;
  connection.local = {address(record.family, record.laddr), record.lport};
  connection.remote = {address(record.family, record.raddr), record.rport};
  connection.tx_bytes = record.tx_bytes;
  connection.rx_bytes = record.rx_bytes;
  connection.retrans_bytes = record.retrans_bytes;
  connection.rtt_us = known(record.rtt_us);
  connection.rtt_var_us = known(record.rtt_var_us);
  connection.min_rtt_us = known(record.min_rtt_us);
  // A listening socket has no window and no queues of bytes, and only it has a backlog: a child
  // inherits its listener's limit.
  const auto of_stream = [listening](std::uint32_t value) {
    return listening ? std::nullopt : std::optional(value);
  };
  const auto of_listener = [listening](std::uint32_t value) {
    return listening ? std::optional(value) : std::nullopt;
  };
  connection.cwnd_packets = of_stream(record.cwnd_packets);
  connection.tx_queue_bytes = of_stream(record.tx_queue_bytes);
  connection.rx_queue_bytes = of_stream(record.rx_queue_bytes);
  connection.backlog = of_listener(record.backlog);
  connection.backlog_max = of_listener(record.backlog_max);
}

void set_owner(Connection& connection, const flow_record& record) {
  connection.owner = owner_kind(record.owner);
  connection.pid.reset();
  connection.comm.reset();
  if (record.pid != 0) connection.pid = record.pid;
  const std::string_view comm(record.comm, strnlen(record.comm, std::size(record.comm)));
  if (!comm.empty()) connection.comm = std::string_view(valid_utf8(comm));
}

CloseReason close_reason(const flow_record& record) {
  switch (record.error) {
    case ECONNREFUSED: return CloseReason::refused;
    case ECONNRESET:
    case EPIPE:
    case ECONNABORTED: return CloseReason::reset;
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH: return CloseReason::timeout;
    default: break;
  }
  // Without an error, a connection that goes to CLOSE from where no FIN was sent was dropped with
  // a reset of ours: SO_LINGER 0, or data that nobody read.
  const auto left = static_cast<TcpState>(record.old_state);
  const bool reset_by_us = left == TcpState::established || left == TcpState::close_wait;
  return reset_by_us && !record.counters_gone ? CloseReason::reset : CloseReason::closed;
}

}  // namespace tcptop
