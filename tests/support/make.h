// Connections for tests, in one line each.
#pragma once

#include <stdexcept>
#include <string_view>

#include "proto/connection.h"

namespace tcptop::test {

inline IpAddress address(std::string_view text) {
  const auto parsed = IpAddress::parse(text);
  if (!parsed) throw std::invalid_argument("no address: " + std::string(text));
  return *parsed;
}

// "10.0.0.1", 80
inline Endpoint endpoint(std::string_view text, std::uint16_t port) {
  return {address(text), port};
}

// An ESTABLISHED connection with every optional unknown; set what the test is about.
inline Connection connection(std::string_view id, Endpoint local = {}, Endpoint remote = {}) {
  Connection made;
  made.id = id;
  made.state = TcpState::established;
  made.local = local;
  made.remote = remote;
  return made;
}

}  // namespace tcptop::test
