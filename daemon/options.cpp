#include "daemon/options.h"

#include <CLI/CLI.hpp>

#include "proto/interval.h"

namespace tcptop {

std::variant<Options, ExitCode> parse_options(int argc, const char* const* argv) {
  Options options;
  CLI::App app{
      "tcptopd: reads the kernel's per-connection counters and streams them as JSON lines over a "
      "Unix socket.\nWatch it with `tcptop`, or `nc -U /run/tcptop/tcptopd.sock`."};
  app.set_version_flag("--version", "tcptopd " TCPTOP_VERSION);
  app.add_option("--socket", options.socket, "Where viewers connect")
      ->type_name("PATH")
      ->capture_default_str();
  app.add_option("--group", options.group, "Whose members may read it")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option_function<std::string>(
         "--interval",
         [&options](const std::string& text) {
           const auto interval = parse_interval(text);
           if (!interval) throw CLI::ValidationError("--interval", interval_complaint(text));
           options.interval = *interval;
         },
         "Time between two snapshots: 500ms, 2s, or a number of seconds")
      ->type_name("TIME")
      ->default_str("1s");
  app.add_option("--log-level", options.log_level, "How much is logged to standard error")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  app.add_option("--viewer-fd", options.viewer_fd,
                 "Serve one viewer on this inherited socket and end with it; nobody else can "
                 "connect")
      ->type_name("FD")
      ->check(CLI::NonNegativeNumber);
  app.footer(
      "Exit codes: 0 ended by SIGINT or SIGTERM, 1 failure, 2 command line, 3 not permitted,\n"
      "4 no BTF in this kernel, 5 the kernel refused a hook, 6 no such group,\n"
      "7 another daemon serves that socket, 8 the socket's path cannot be used.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ExitCode::ok : ExitCode::usage;
  }
  return options;
}

}  // namespace tcptop
