// The terminal. The only file that knows curses is screen.cpp. While a Screen lives the terminal
// is ours; its destructor gives it back as it was, and so does `restore_now` where no destructor
// will run.
#pragma once

#include <optional>

#include "client/frame.h"
#include "client/keys.h"

namespace tcptop {

// One at a time. Handlers for SIGWINCH, SIGTSTP, SIGINT and SIGTERM must stand before it is made:
// curses sets its own for those that nobody handles.
class Screen {
 public:
  // Throws StartupError (no_terminal) if $TERM is not one that curses can drive.
  Screen();
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  [[nodiscard]] Size size() const;
  // Asks the terminal for its size, after SIGWINCH.
  void resize();
  // Writes what differs from the frame before.
  void show(const Frame& frame);
  // The next key that was typed, of those that keys.h can name; empty if there is none yet.
  std::optional<Key> next_key();

  // Gives the terminal back for as long as the program is stopped, and takes it again.
  void suspend();
  void resume();

 private:
  std::optional<Frame> shown_;
  struct Terminal;
  Terminal* terminal_ = nullptr;
};

// Gives the terminal back from a handler of a fatal signal. Does nothing if it is not ours. Only
// calls what is safe there.
void restore_terminal_now();

}  // namespace tcptop
