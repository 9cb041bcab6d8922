// The accepting socket: owns its path, and takes nobody else's.
#pragma once

#include <functional>
#include <string>
#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

namespace tcptop {

class Listener {
 public:
  using Protocol = boost::asio::local::stream_protocol;
  using OnViewer = std::function<void(Protocol::socket)>;

  // Listens at `path`, readable and writable for `group` (its name). A socket file that a daemon
  // left behind is replaced. Throws StartupError: no such group, another daemon at that path, or
  // a path that cannot be used.
  Listener(boost::asio::io_context& io, std::string path, const std::string& group);
  // Removes the socket file, if it is still ours.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void start(OnViewer on_viewer);
  void stop();

 private:
  void accept_next();

  std::string path_;
  Protocol::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  OnViewer on_viewer_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace tcptop
