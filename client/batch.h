// `tcptop --batch`: each whole picture as text to standard output.
#pragma once

#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "client/daemon_access.h"
#include "client/link.h"
#include "client/model.h"
#include "client/options.h"

namespace tcptop {

class Batch {
 public:
  Batch(boost::asio::io_context& io, const Options& options, DaemonAccess access);

  // Until --count is reached, a signal comes, or nobody reads any more. Throws StartupError when
  // there is no daemon, or no longer: a batch does not wait for one to come back.
  void run();

 private:
  void receive(Hello&& hello) { model_.receive(std::move(hello)); }
  void receive(SnapshotPart&& part);
  void receive(Missed&& missed) { model_.receive(std::move(missed)); }
  void receive(ErrorMessage&& error);
  void receive(LinkLost&& lost);

  boost::asio::io_context& io_;
  DaemonAccess access_;
  SortKey sort_;
  std::optional<std::uint64_t> left_;  // ticks to print
  Model model_;
  Link link_;
  boost::asio::signal_set signals_;
  std::optional<StartupError> failure_;
};

}  // namespace tcptop
