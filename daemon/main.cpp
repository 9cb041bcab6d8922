// tcptopd: options → parts → run. The only place that turns a StartupError into text and a code.
#include <csignal>
#include <cstdio>
#include <memory>
#include <variant>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "daemon/bpf_source.h"
#include "daemon/flow_table.h"
#include "daemon/host.h"
#include "daemon/hub.h"
#include "daemon/listener.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "daemon/privileges.h"
#include "daemon/tick.h"
#include "proto/startup.h"

namespace tcptop {
namespace {

using boost::system::error_code;

// A viewer that does not take its bye in this time goes without.
constexpr std::chrono::seconds farewell{1};

Session::Socket inherited_viewer(boost::asio::io_context& io, int fd) {
  Session::Socket socket(io);
  error_code error;
  socket.assign(boost::asio::local::stream_protocol(), fd, error);
  if (error)
    throw StartupError(ExitCode::usage, fmt::format("--viewer-fd {} is no Unix socket", fd),
                       error.value(), "It is meant for `tcptop`, which starts tcptopd with it.");
  return socket;
}

void serve(const Options& options) {
  require_privileges();
  boost::asio::io_context io(1);
  std::unique_ptr<Listener> listener;
  if (!options.viewer_fd) listener = std::make_unique<Listener>(io, options.socket, options.group);

  BpfSource source;
  FlowTable table;
  Hub hub(table, describe_host(options.interval));
  Tick tick(io, source, table, hub);
  tick.start();

  boost::asio::steady_timer last_call(io);
  const auto end = [&] {
    if (listener) listener->stop();
    tick.stop();
    hub.on_empty([&io] { io.stop(); });
    last_call.expires_after(farewell);
    last_call.async_wait([&io](error_code) { io.stop(); });
    hub.end("shutdown");
  };
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](error_code error, int signal) {
    if (error) return;
    spdlog::info("ending on {}", signal == SIGINT ? "SIGINT" : "SIGTERM");
    end();
  });

  if (listener) {
    listener->start([&hub](Session::Socket socket) { hub.join(std::move(socket)); });
    spdlog::info("{} connections; viewers connect at '{}' (group '{}')", table.size(),
                 options.socket, options.group);
  } else {
    hub.on_empty([&io] { io.stop(); });
    hub.join(inherited_viewer(io, *options.viewer_fd));
  }
  io.run();
}

}  // namespace
}  // namespace tcptop

int main(int argc, char** argv) {
  using namespace tcptop;
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const auto parsed = parse_options(argc, argv);
    if (const auto* code = std::get_if<ExitCode>(&parsed)) return static_cast<int>(*code);
    const auto& options = std::get<Options>(parsed);
    start_log(options.log_level);
    BpfSource::log_to([](std::string_view line) { spdlog::debug("libbpf: {}", line); });
    serve(options);
    return static_cast<int>(ExitCode::ok);
  } catch (const StartupError& error) {
    fmt::print(stderr, "tcptopd: {}.\n{}\n", error.what(), error.hint());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    fmt::print(stderr, "tcptopd: {}\n", error.what());
    return static_cast<int>(ExitCode::failure);
  }
}
