// What a channel publishes at a tick: whole lines, encoded once and shared by its sessions.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tcptop {

struct Publication {
  std::vector<std::string> lines;  // the parts of one snapshot
  std::uint64_t closed = 0;        // how many ended connections they hold
};
using SharedPublication = std::shared_ptr<const Publication>;

}  // namespace tcptop
