// A tcptopd of our own, for `sudo tcptop` on a machine where none runs. It serves one viewer over
// an inherited socket pair and nobody else; it ends when we leave, whichever way.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "client/descriptor.h"

namespace tcptop {

class PrivateDaemon {
 public:
  // The program beside our own, else the installed one. Empty if there is neither.
  static std::optional<std::string> find_program();

  // Starts `program`. Throws StartupError if not even that works; that the daemon itself fails
  // shows as the end of the socket, and then in `exit_code` and `said`.
  PrivateDaemon(boost::asio::io_context& io, std::string program);
  // Ends it: politely, and by force if it has not gone within two seconds.
  ~PrivateDaemon();
  PrivateDaemon(const PrivateDaemon&) = delete;
  PrivateDaemon& operator=(const PrivateDaemon&) = delete;

  // Our end of the pair, to be taken once.
  Descriptor take_socket() { return std::move(socket_); }

  [[nodiscard]] const std::string& program() const { return program_; }
  // Waits for its end, for a bounded time, and then ends it. Its exit code, or 1 if it had none.
  int exit_code();
  // The end of what it wrote to its standard error, which never reaches the screen by itself.
  std::string said();

 private:
  void read_next();
  bool reap_within(int tenths_of_a_second);

  std::string program_;
  pid_t pid_ = -1;  // -1: reaped
  int status_ = 0;
  Descriptor socket_;
  boost::asio::posix::stream_descriptor errors_;
  std::array<char, 1024> chunk_{};
  std::string said_;
};

}  // namespace tcptop
