#include "proto/connection.h"

#include <array>

namespace tcptop {
namespace {

constexpr std::array<std::string_view, 2> protocol_names{"tcp", "udp"};
// Number 0 is no state; new_syn_recv is the kernel's request socket, which netstat shows alike.
constexpr std::array<std::string_view, tcp_state_count> tcp_state_names{
    "",      "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",   "TIME_WAIT",
    "CLOSE", "CLOSE_WAIT",  "LAST_ACK", "LISTEN",   "CLOSING",   "NEW_SYN_RECV"};
constexpr std::array<std::string_view, 5> owner_kind_names{"none", "seen", "found", "listener",
                                                           "kernel"};
constexpr std::array<std::string_view, 5> close_reason_names{"closed", "reset", "refused",
                                                             "timeout", "idle"};

template <typename Enum, std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < N ? names[index] : std::string_view{};
}

template <typename Enum, std::size_t N>
std::optional<Enum> named_in(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (!name.empty() && names[i] == name) return static_cast<Enum>(i);
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Protocol protocol) {
  return name_in(protocol_names, protocol);
}
std::string_view name_of(TcpState state) {
  return name_in(tcp_state_names, state);
}
std::string_view name_of(OwnerKind kind) {
  return name_in(owner_kind_names, kind);
}
std::string_view name_of(CloseReason reason) {
  return name_in(close_reason_names, reason);
}

std::optional<Protocol> protocol_named(std::string_view name) {
  return named_in<Protocol>(protocol_names, name);
}
std::optional<TcpState> tcp_state_named(std::string_view name) {
  return named_in<TcpState>(tcp_state_names, name);
}
std::optional<OwnerKind> owner_kind_named(std::string_view name) {
  return named_in<OwnerKind>(owner_kind_names, name);
}
std::optional<CloseReason> close_reason_named(std::string_view name) {
  return named_in<CloseReason>(close_reason_names, name);
}

}  // namespace tcptop
