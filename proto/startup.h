// How both programs fail to start: one exception, printed once by main, and the exit codes that
// scripts may rely on (docs/exit-codes.md lists them).
#pragma once

#include <cstring>
#include <stdexcept>
#include <string>

namespace tcptop {

enum class ExitCode : int {
  ok = 0,
  failure = 1,          // something that should not happen
  usage = 2,            // the command line
  not_permitted = 3,    // tcptopd: not root; tcptop: not in the socket's group
  no_btf = 4,           // tcptopd: the kernel carries no type information
  hook_refused = 5,     // tcptopd: the kernel took a program or a hook not
  no_group = 6,         // tcptopd: the socket's group does not exist
  already_running = 7,  // tcptopd: another daemon serves that socket
  socket_unusable = 8,  // tcptopd: the path is no socket, or its directory cannot be written
  no_daemon = 9,        // tcptop: nobody serves that socket
  no_terminal = 10,     // tcptop: the screen needs one
  wrong_protocol = 11,  // tcptop: the daemon speaks another protocol number, or none
};

class StartupError : public std::runtime_error {
 public:
  // `what` failed; `error` is an errno or 0; `hint` says what to do about it.
  StartupError(ExitCode code, const std::string& what, int error, std::string hint)
      : std::runtime_error(error != 0 ? what + ": " + std::strerror(error) : what),
        code_(code),
        hint_(std::move(hint)) {}

  [[nodiscard]] ExitCode code() const { return code_; }
  [[nodiscard]] const std::string& hint() const { return hint_; }

 private:
  ExitCode code_;
  std::string hint_;
};

}  // namespace tcptop
