// tcptop: reads the command line, reaches a daemon, and runs the screen or the batch. The one place
// that turns a failure into text and an exit code.
#include <array>
#include <clocale>
#include <csignal>
#include <exception>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "client/app.h"
#include "client/batch.h"
#include "client/daemon_access.h"
#include "client/glyphs.h"
#include "client/options.h"
#include "client/screen.h"
#include "proto/startup.h"

namespace {

using namespace tcptop;

// A crash must not leave the user with a terminal that does not echo.
void restore_and_die(int number) {
  restore_terminal_now();
  raise(number);  // its handler is the standard one again: SA_RESETHAND
}

void handle_fatal_signals() {
  struct sigaction action {};
  action.sa_handler = restore_and_die;  // NOLINT: a union in the C library
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int number : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS})
    sigaction(number, &action, nullptr);
}

void need_terminal() {
  if (isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0) return;
  throw StartupError(ExitCode::no_terminal, "standard input and output are not both a terminal", 0,
                     "use `tcptop --batch` for plain text");
}

void run(const Options& options) {
  if (!options.batch) need_terminal();
  boost::asio::io_context io(1);
  auto access = reach_daemon(io, options.socket_path, options.socket_is_explicit);
  if (options.batch) {
    Batch(io, options, std::move(access)).run();
  } else {
    App(io, options, std::move(access)).run();
  }
}

// Lines of it may come from outside: each is made safe by itself.
void print_lines(std::string_view text, std::string_view prefix) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (!line.empty()) fmt::print(stderr, "{}{}\n", prefix, shown_text(line));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::setlocale(LC_ALL, "");
  std::signal(SIGPIPE, SIG_IGN);
  handle_fatal_signals();
  try {
    const auto options = read_options(argc, argv);
    if (options) run(*options);
    return static_cast<int>(ExitCode::ok);
  } catch (const StartupError& error) {
    print_lines(error.what(), "tcptop: ");
    print_lines(error.hint(), "  ");
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    print_lines(error.what(), "tcptop: ");
    return static_cast<int>(ExitCode::failure);
  }
}
