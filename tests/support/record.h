// Records as the kernel side writes them, for tests of what is made of them.
#pragma once

#include <cstring>
#include <sys/socket.h>

#include "bpf/record.h"

namespace tcptop::test {

inline flow_record record(std::uint64_t cookie, std::uint32_t generation = 1) {
  flow_record made{};
  made.kind = FLOW_LIVE;
  made.cookie = cookie;
  made.generation = generation;
  made.family = AF_INET;
  made.state = 1;  // ESTABLISHED
  made.laddr[0] = made.raddr[0] = 10;
  made.lport = 1000;
  made.rport = 80;
  made.owner = FLOW_OWNER_SEEN;
  made.pid = 42;
  std::strcpy(made.comm, "web");
  made.rtt_us = made.rtt_var_us = made.min_rtt_us = FLOW_UNKNOWN;
  return made;
}

inline flow_record ended(flow_record record, std::uint8_t old_state = 1, std::uint8_t error = 0) {
  record.kind = FLOW_ENDED;
  record.state = 7;  // CLOSE
  record.old_state = old_state;
  record.error = error;
  return record;
}

}  // namespace tcptop::test
