// Who serves us: the daemon at a socket, or a private one. And when nobody does, what a person has
// to type to change that.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "client/descriptor.h"
#include "client/link.h"
#include "client/private_daemon.h"
#include "proto/startup.h"

namespace tcptop {

struct DaemonAccess {
  Descriptor socket;                              // connected
  std::string path;                               // where to connect to again; empty if private
  std::unique_ptr<PrivateDaemon> private_daemon;  // or null
};

// Connects to `path`. Where nobody serves it, the path was not asked for (`is_explicit`) and we are
// root, starts a private daemon. Throws StartupError with the command that mends it.
DaemonAccess reach_daemon(boost::asio::io_context& io, const std::string& path, bool is_explicit);

// Why the one reached did not become our daemon: lost before it said hello.
StartupError refused_start(DaemonAccess& access, const LinkLost& lost);

}  // namespace tcptop
