// The command line and the environment: read in one place, checked once.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "client/sort.h"

namespace tcptop {

struct Options {
  std::string socket_path;
  bool socket_is_explicit = false;  // by --socket or $TCPTOP_SOCKET
  std::optional<std::chrono::milliseconds> interval;
  SortKey sort;
  bool batch = false;
  std::optional<std::uint64_t> count;  // batch: ticks to print
};

// Empty if the answer was printed already (--help, --version). Throws StartupError (usage).
std::optional<Options> read_options(int argc, const char* const* argv);

}  // namespace tcptop
