// tcptopd's command line.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "proto/snapshot.h"
#include "proto/startup.h"

namespace tcptop {

struct Options {
  std::string socket = default_socket_path;
  std::string group = default_group;
  std::chrono::milliseconds interval{1000};
  std::string log_level = "info";
  // Serves one viewer on this inherited descriptor and ends with it. Nothing listens.
  std::optional<int> viewer_fd;
};

// The options, or the code to exit with: all that there is to say is said by then.
std::variant<Options, ExitCode> parse_options(int argc, const char* const* argv);

}  // namespace tcptop
