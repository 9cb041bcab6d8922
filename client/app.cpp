#include "client/app.h"

#include <csignal>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "client/paint.h"

namespace tcptop {
namespace {

using boost::system::error_code;

Timestamp wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// Asio makes what it waits on non-blocking, and that would outlive us in the shell that shares the
// terminal with us. So it waits on an epoll descriptor of our own, which waits on the terminal.
int open_keyboard() {
  const int fd = epoll_create1(EPOLL_CLOEXEC);
  epoll_event interest{};
  interest.events = EPOLLIN;
  if (fd < 0 || epoll_ctl(fd, EPOLL_CTL_ADD, STDIN_FILENO, &interest) != 0)
    throw StartupError(ExitCode::no_terminal, "cannot wait for keys", errno,
                       "use `tcptop --batch`");
  return fd;
}

bool keyboard_is_gone() {
  pollfd keyboard{STDIN_FILENO, POLLIN, 0};
  return poll(&keyboard, 1, 0) > 0 && (keyboard.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

}  // namespace

App::App(boost::asio::io_context& io, const Options& options, DaemonAccess access)
    : io_(io),
      access_(std::move(access)),
      view_(options.sort),
      link_(io, access_.path, options.interval,
            [this](LinkEvent event) {
              std::visit([this](auto& each) { receive(std::move(each)); }, event);
            }),
      signals_(io),
      clock_(io),
      keyboard_(io) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH})
    signals_.add(number);
}

void App::run() {
  wait_for_signal();
  link_.start(std::move(access_.socket));
  io_.run();
  screen_.reset();
  if (failure_) throw StartupError(*failure_);
}

void App::receive(Hello&& hello) {
  model_.receive(std::move(hello));
  if (!screen_) open_screen();
  draw();
}

void App::receive(SnapshotPart&& part) {
  switch (model_.receive(std::move(part), wall_clock())) {
    case Model::Progress::unfinished: return;
    case Model::Progress::broken: return link_.drop("sent a snapshot with a part out of place");
    case Model::Progress::whole: break;
  }
  view_.show(model_.picture());
  draw();
}

void App::receive(Missed&& missed) {
  model_.receive(std::move(missed));
}

void App::receive(ErrorMessage&& error) {
  model_.receive(error);
  draw();
}

void App::receive(LinkLost&& lost) {
  if (!screen_) {
    failure_ = refused_start(access_, lost);
    return io_.stop();
  }
  const Timestamp now = wall_clock();
  std::optional<Timestamp> next_try;
  if (lost.retry_in) next_try = now + *lost.retry_in;
  model_.lose(std::move(lost.why), now, next_try);
  draw();
}

void App::open_screen() {
  screen_.emplace();
  keyboard_.assign(open_keyboard());
  wait_for_keys();
  wait_for_clock();
}

void App::wait_for_signal() {
  signals_.async_wait([this](error_code ec, int number) {
    if (ec) return;
    on_signal(number);
    wait_for_signal();
  });
}

void App::on_signal(int number) {
  switch (number) {
    case SIGTSTP: return stop_ourselves();
    case SIGCONT:
      if (screen_) screen_->resume();
      return draw();
    case SIGWINCH:
      if (screen_) screen_->resize();
      return draw();
    default: return io_.stop();
  }
}

// As if we had not handled SIGTSTP, but with the terminal given back first. Execution goes on here
// after SIGCONT, which then arrives as a signal of its own and draws the screen again.
void App::stop_ourselves() {
  if (screen_) screen_->suspend();
  struct sigaction ours {};
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;  // NOLINT: a union in the C library
  sigaction(SIGTSTP, &standard, &ours);
  kill(getpid(), SIGTSTP);
  sigaction(SIGTSTP, &ours, nullptr);
}

void App::wait_for_keys() {
  keyboard_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](error_code ec) {
    if (ec) return;
    on_keys();
    wait_for_keys();
  });
}

void App::on_keys() {
  bool any = false;
  while (const auto key = screen_->next_key()) {
    any = true;
    if (const auto action = action_of(*key)) on_action(*action);
  }
  // A terminal that went away is always readable and never has a key.
  if (!any && keyboard_is_gone()) return io_.stop();
  draw();
}

void App::on_action(Action action) {
  switch (action) {
    case Action::quit: return io_.stop();
    case Action::help: return view_.toggle_help();
    case Action::close: return view_.shows_help() ? view_.toggle_help() : view_.release_cursor();
    case Action::pause: model_.toggle_pause(); return view_.show(model_.picture());
    case Action::previous_column: return view_.sort_by_neighbour(-1);
    case Action::next_column: return view_.sort_by_neighbour(1);
    case Action::reverse: return view_.reverse();
    case Action::up: return view_.move(-1);
    case Action::down: return view_.move(1);
    case Action::page_up: return view_.move_pages(-1);
    case Action::page_down: return view_.move_pages(1);
    case Action::first: return view_.release_cursor();
    case Action::last: return view_.to_last();
  }
}

void App::wait_for_clock() {
  clock_.expires_after(std::chrono::seconds(1));
  clock_.async_wait([this](error_code ec) {
    if (ec) return;
    // All else on the screen changes only with an event.
    if (model_.lost() || model_.is_stale(wall_clock())) draw();
    wait_for_clock();
  });
}

void App::draw() {
  if (!screen_) return;
  const Size size = screen_->size();
  view_.set_page(table_rows(size));
  screen_->show(paint(model_, view_, size, wall_clock()));
}

}  // namespace tcptop
