// The live screen. The order of work is written here and nowhere else: a key, a message, a signal
// or the clock changes model and view; then paint; then the screen.
#pragma once

#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "client/daemon_access.h"
#include "client/link.h"
#include "client/model.h"
#include "client/options.h"
#include "client/screen.h"
#include "client/view.h"

namespace tcptop {

class App {
 public:
  App(boost::asio::io_context& io, const Options& options, DaemonAccess access);

  // Until the user leaves. Throws StartupError as long as the daemon has not said hello; before
  // that the terminal is not touched.
  void run();

 private:
  void receive(Hello&& hello);
  void receive(SnapshotPart&& part);
  void receive(Missed&& missed);
  void receive(ErrorMessage&& error);
  void receive(LinkLost&& lost);

  void open_screen();
  void wait_for_signal();
  void on_signal(int number);
  void wait_for_keys();
  void on_keys();
  void on_action(Action action);
  void wait_for_clock();
  void stop_ourselves();
  void draw();

  boost::asio::io_context& io_;
  DaemonAccess access_;
  Model model_;
  View view_;
  Link link_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer clock_;
  boost::asio::posix::stream_descriptor keyboard_;
  std::optional<Screen> screen_;
  std::optional<StartupError> failure_;
};

}  // namespace tcptop
