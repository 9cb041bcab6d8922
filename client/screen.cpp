#include "client/screen.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

#define NCURSES_NOMACROS 1  // else `move`, `timeout` and more are macros

#include <curses.h>

#include "proto/startup.h"

namespace tcptop {
namespace {

// What a handler of a fatal signal needs, gathered while there is time. The signal may come at any
// moment: `is_ours` is set last and cleared first.
struct Emergency {
  std::atomic<bool> is_ours{false};
  termios before{};
  std::array<char, 256> leave{};
  std::size_t leave_size = 0;
};
Emergency emergency;  // NOLINT: a signal handler has no other way to it

void gather_leaving_sequences() {
  std::string leave;
  for (const char* name : {"sgr0", "cnorm", "rmkx", "rmcup"}) {
    const char* sequence = tigetstr(name);
    // (char*)-1 is curses' word for "no such string capability".
    if (sequence != nullptr && reinterpret_cast<std::intptr_t>(sequence) != -1)  // NOLINT
      leave += sequence;
  }
  emergency.leave_size = std::min(leave.size(), emergency.leave.size());
  std::copy_n(leave.begin(), emergency.leave_size, emergency.leave.begin());
}

bool can_place_cursor() {
  const char* sequence = tigetstr("cup");
  return sequence != nullptr && reinterpret_cast<std::intptr_t>(sequence) != -1;  // NOLINT
}

std::string terminal_name() {
  const char* name = std::getenv("TERM");
  return name != nullptr ? name : "";
}

using Attributes = std::array<attr_t, style_count>;

constexpr std::size_t index(Style style) {
  return static_cast<std::size_t>(style);
}

// Every style must be told apart without colour: a vt100 has none.
Attributes attributes() {
  Attributes result{};
  result[index(Style::strong)] = A_BOLD;
  result[index(Style::faint)] = A_DIM;
  result[index(Style::head)] = A_REVERSE;
  result[index(Style::head_sorted)] = A_BOLD | A_UNDERLINE;
  result[index(Style::selected)] = A_REVERSE | A_BOLD;
  result[index(Style::warning)] = A_BOLD;
  result[index(Style::alarm)] = A_BOLD | A_REVERSE;
  return result;
}

// Colour pairs by style; 0 is the terminal's own colours.
using Pairs = std::array<short, style_count>;

Pairs pairs() {
  Pairs result{};
  if (!has_colors() || start_color() == ERR || use_default_colors() == ERR) return result;
  constexpr std::array colours{std::pair{Style::warning, COLOR_YELLOW},
                               std::pair{Style::alarm, COLOR_RED}};
  short next = 1;
  for (const auto& [style, colour] : colours) {
    init_pair(next, static_cast<short>(colour), -1);
    result[index(style)] = next++;
  }
  return result;
}

std::optional<Key> key_of_function(wint_t code) {
  switch (code) {
    case KEY_UP: return key_up;
    case KEY_DOWN: return key_down;
    case KEY_PPAGE: return key_page_up;
    case KEY_NPAGE: return key_page_down;
    case KEY_HOME:
    case KEY_FIND: return key_home;  // what Home is called by screen's and Linux' terminal
    case KEY_END:
    case KEY_SELECT: return key_end;
    case KEY_F(1): return key_f1;
    case KEY_F(10): return key_f10;
    default: return std::nullopt;
  }
}

}  // namespace

struct Screen::Terminal {
  SCREEN* screen;
  Attributes attributes;
  Pairs pairs;

  void put(std::size_t row, std::size_t column, const Cell& cell) const {
    const std::array<wchar_t, 2> text{static_cast<wchar_t>(cell.glyph), L'\0'};
    cchar_t glyph{};
    setcchar(&glyph, text.data(), attributes[index(cell.style)], pairs[index(cell.style)], nullptr);
    mvadd_wch(static_cast<int>(row), static_cast<int>(column), &glyph);
  }
};

Screen::Screen() {
  tcgetattr(STDIN_FILENO, &emergency.before);  // curses changes it from its first call on
  // An escape sequence comes in one piece: 25 ms tell it from a lone Escape even over a slow line.
  set_escdelay(25);
  SCREEN* screen = newterm(nullptr, stdout, stdin);
  if (screen == nullptr)
    throw StartupError(ExitCode::no_terminal,
                       "cannot draw on a terminal of type '" + terminal_name() + "'", 0,
                       "set TERM to what the terminal is, or use `tcptop --batch`");
  terminal_ = std::make_unique<Terminal>(Terminal{screen, attributes(), pairs()}).release();
  if (!can_place_cursor()) {
    endwin();
    delscreen(screen);
    delete terminal_;
    throw StartupError(ExitCode::no_terminal,
                       "a terminal of type '" + terminal_name() + "' cannot place its cursor", 0,
                       "set TERM to what the terminal is, or use `tcptop --batch`");
  }
  gather_leaving_sequences();
  cbreak();
  noecho();
  nonl();
  curs_set(0);
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  emergency.is_ours = true;
}

Screen::~Screen() {
  emergency.is_ours = false;
  endwin();
  delscreen(terminal_->screen);
  delete terminal_;
}

Size Screen::size() const {
  return {static_cast<std::size_t>(std::max(getmaxy(stdscr), 1)),
          static_cast<std::size_t>(std::max(getmaxx(stdscr), 1))};
}

void Screen::resize() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return;
  resizeterm(size.ws_row, size.ws_col);
  // What the terminal made of the old picture is anyone's guess: draw all of it.
  clearok(stdscr, TRUE);
  shown_.reset();
}

void Screen::show(const Frame& frame) {
  const bool whole = !shown_ || shown_->size() != frame.size();
  if (whole) werase(stdscr);
  for (std::size_t row = 0; row < frame.size().rows; ++row)
    for (std::size_t column = 0; column < frame.size().columns; ++column) {
      const Cell& cell = frame.at(row, column);
      if (cell.glyph == 0) continue;
      // A wide glyph whose right half alone differs was half of another one before.
      const bool changed =
          whole || cell != shown_->at(row, column) ||
          (column + 1 < frame.size().columns && frame.at(row, column + 1).glyph == 0);
      if (changed) terminal_->put(row, column, cell);
    }
  wrefresh(stdscr);
  shown_ = frame;
}

std::optional<Key> Screen::next_key() {
  wint_t code = 0;
  while (true) {
    const int kind = wget_wch(stdscr, &code);
    if (kind == ERR) return std::nullopt;
    if (kind == OK) return static_cast<Key>(code);
    if (const auto key = key_of_function(code)) return key;
  }
}

void Screen::suspend() {
  emergency.is_ours = false;
  endwin();
}

void Screen::resume() {
  reset_prog_mode();
  emergency.is_ours = true;
  resize();
}

void restore_terminal_now() {
  if (!emergency.is_ours.exchange(false)) return;
  tcsetattr(STDIN_FILENO, TCSANOW, &emergency.before);
  // Nothing is left to do about a terminal that does not take it.
  [[maybe_unused]] const auto written =
      write(STDOUT_FILENO, emergency.leave.data(), emergency.leave_size);
}

}  // namespace tcptop
