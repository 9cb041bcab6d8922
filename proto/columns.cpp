#include "proto/columns.h"

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>

namespace tcptop {
namespace {

// How each type that a Connection holds becomes a Value and comes back from one. `from_value`
// answers false for a value of another kind.

template <typename T>
requires std::is_unsigned_v<T> Value to_value(const T& field) {
  return std::uint64_t{field};
}
template <typename T>
requires std::is_unsigned_v<T>
bool from_value(T& field, const Value& value) {
  const auto* number = std::get_if<std::uint64_t>(&value);
  if (number == nullptr || *number > std::numeric_limits<T>::max()) return false;
  field = static_cast<T>(*number);
  return true;
}

template <std::size_t N>
Value to_value(const Text<N>& field) {
  return field.view();
}
template <std::size_t N>
bool from_value(Text<N>& field, const Value& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr) return false;
  field = *text;
  return true;
}

Value to_value(const IpAddress& field) {
  return field;
}
bool from_value(IpAddress& field, const Value& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  const auto address = text != nullptr ? IpAddress::parse(*text) : std::nullopt;
  if (address) field = *address;
  return address.has_value();
}

Value to_value(const Timestamp& field) {
  return field;
}
bool from_value(Timestamp& field, const Value& value) {
  const auto* time = std::get_if<Timestamp>(&value);
  if (time != nullptr) field = *time;
  return time != nullptr;
}

std::optional<Protocol> named(std::type_identity<Protocol>, std::string_view name) {
  return protocol_named(name);
}
std::optional<TcpState> named(std::type_identity<TcpState>, std::string_view name) {
  return tcp_state_named(name);
}
std::optional<OwnerKind> named(std::type_identity<OwnerKind>, std::string_view name) {
  return owner_kind_named(name).value_or(OwnerKind::none);  // as with std::optional below
}
std::optional<CloseReason> named(std::type_identity<CloseReason>, std::string_view name) {
  return close_reason_named(name);
}

template <typename T>
requires std::is_enum_v<T> Value to_value(const T& field) {
  return name_of(field);
}
template <typename T>
requires std::is_enum_v<T>
bool from_value(T& field, const Value& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  const auto found = text != nullptr ? named(std::type_identity<T>{}, *text) : std::nullopt;
  if (found) field = *found;
  return found.has_value();
}

template <typename T>
Value to_value(const std::optional<T>& field) {
  return field ? to_value(*field) : Value{};
}
template <typename T>
bool from_value(std::optional<T>& field, const Value& value) {
  field.reset();
  if (std::holds_alternative<std::monostate>(value)) return true;
  if (from_value(field.emplace(), value)) return true;
  field.reset();
  // A newer daemon may know names that this version does not: to us they are unknown.
  return std::is_enum_v<T> && std::holds_alternative<std::string_view>(value);
}

struct Access {
  Value (*get)(const Connection&);
  bool (*set)(Connection&, const Value&);
};

template <auto Member>
constexpr Access field() {
  return {[](const Connection& c) { return to_value(c.*Member); },
          [](Connection& c, const Value& value) { return from_value(c.*Member, value); }};
}
template <auto Member, auto Part>
constexpr Access part() {
  return {[](const Connection& c) { return to_value(c.*Member.*Part); },
          [](Connection& c, const Value& value) { return from_value(c.*Member.*Part, value); }};
}
template <auto Member>
constexpr Access shown_only() {
  return {[](const Connection& c) { return Value(c.*Member); }, nullptr};
}

constexpr Column column(std::string_view key, std::string_view title, Unit unit, std::uint8_t width,
                        SortOrder first_order, Access access, std::string_view help) {
  return {key, title, unit, width, first_order, access.get, access.set, help};
}

using enum Unit;
using C = Connection;
constexpr auto up = SortOrder::ascending;
constexpr auto down = SortOrder::descending;

// clang-format off: a table is read as a table
const std::array all_columns{
    column("id", "ID", text, 12, up, field<&C::id>(),
           "identity of the connection, never reused within a boot"),
    column("proto", "PROTO", text, 5, up, field<&C::proto>(), "tcp or udp"),
    column("state", "STATE", text, 11, up, field<&C::state>(), "state of the TCP connection"),
    column("laddr", "LADDR", text, 15, up, part<&C::local, &Endpoint::address>(), "local address"),
    column("lport", "LPORT", number, 5, up, part<&C::local, &Endpoint::port>(), "local port"),
    column("raddr", "RADDR", text, 15, up, part<&C::remote, &Endpoint::address>(),
           "remote address"),
    column("rport", "RPORT", number, 5, up, part<&C::remote, &Endpoint::port>(), "remote port"),
    column("local", "LOCAL", text, 21, up, shown_only<&C::local>(), "local address and port"),
    column("remote", "REMOTE", text, 21, up, shown_only<&C::remote>(), "remote address and port"),
    column("netns", "NETNS", number, 10, up, field<&C::netns>(),
           "inode number of the network namespace"),
    column("pid", "PID", number, 7, up, field<&C::pid>(), "process that holds the socket"),
    column("comm", "PROCESS", text, 15, up, field<&C::comm>(), "name of that process"),
    column("uid", "UID", number, 6, up, field<&C::uid>(), "user of the socket"),
    column("owner", "OWNER", text, 8, up, field<&C::owner>(), "how the process is known"),
    column("started", "AGE", age, 6, down, field<&C::started>(),
           "when it was first seen open; unknown if older than the daemon"),
    column("tx_bytes", "TX", bytes, 6, down, field<&C::tx_bytes>(),
           "payload bytes sent for the first time"),
    column("rx_bytes", "RX", bytes, 6, down, field<&C::rx_bytes>(),
           "payload bytes received in order"),
    column("tx_packets", "TXPKT", count, 6, down, field<&C::tx_packets>(), "segments sent"),
    column("rx_packets", "RXPKT", count, 6, down, field<&C::rx_packets>(), "segments received"),
    column("tx_bytes_per_s", "TX/s", bytes_per_s, 6, down, field<&C::tx_bytes_per_s>(),
           "payload sent a second, over the interval"),
    column("rx_bytes_per_s", "RX/s", bytes_per_s, 6, down, field<&C::rx_bytes_per_s>(),
           "payload received a second, over the interval"),
    column("rtt_us", "RTT", microseconds, 6, down, field<&C::rtt_us>(), "smoothed round-trip time"),
    column("rtt_var_us", "RTTVAR", microseconds, 6, down, field<&C::rtt_var_us>(),
           "mean deviation of the round-trip time"),
    column("min_rtt_us", "MINRTT", microseconds, 6, down, field<&C::min_rtt_us>(),
           "lowest round-trip time in the kernel's window"),
    column("retrans_bytes", "RETRB", bytes, 6, down, field<&C::retrans_bytes>(),
           "payload bytes sent again"),
    column("retrans_packets", "RETR", count, 5, down, field<&C::retrans_packets>(),
           "segments sent again"),
    column("cwnd_packets", "CWND", count, 5, down, field<&C::cwnd_packets>(),
           "congestion window, in segments"),
    column("tx_queue_bytes", "TXQ", bytes, 6, down, field<&C::tx_queue_bytes>(),
           "sent but not acknowledged, and not yet sent"),
    column("rx_queue_bytes", "RXQ", bytes, 6, down, field<&C::rx_queue_bytes>(),
           "received but not yet read"),
    column("backlog", "BACKLOG", count, 7, down, field<&C::backlog>(),
           "connections waiting to be accepted (LISTEN)"),
    column("backlog_max", "BLMAX", count, 5, down, field<&C::backlog_max>(),
           "limit of the accept queue (LISTEN)"),
    column("close_reason", "ENDED", text, 7, up, field<&C::close_reason>(),
           "why the connection ended"),
};
// clang-format on

}  // namespace

std::span<const Column> columns() {
  return all_columns;
}

const Column* find_column(std::string_view key) {
  const auto found = std::ranges::find(all_columns, key, &Column::key);
  return found != all_columns.end() ? &*found : nullptr;
}

std::strong_ordering compare(const Value& a, const Value& b) {
  if (a.index() != b.index()) return a.index() <=> b.index();
  return std::visit(
      [&b]<typename T>(const T& left) -> std::strong_ordering {
        if constexpr (std::is_same_v<T, std::monostate>) {
          return std::strong_ordering::equal;
        } else {
          return left <=> std::get<T>(b);
        }
      },
      a);
}

}  // namespace tcptop
