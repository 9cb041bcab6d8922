// The keys and what they do: one table, walked by the screen's input, the key bar and the help.
// A key that is not in it does nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tcptop {

// A Unicode code point, or one of the keys that have none, above the last code point.
using Key = char32_t;
inline constexpr Key key_escape = 0x1b;
inline constexpr Key key_up = 0x110001;
inline constexpr Key key_down = 0x110002;
inline constexpr Key key_page_up = 0x110003;
inline constexpr Key key_page_down = 0x110004;
inline constexpr Key key_home = 0x110005;
inline constexpr Key key_end = 0x110006;
inline constexpr Key key_f1 = 0x110007;
inline constexpr Key key_f10 = 0x110008;

enum class Action : std::uint8_t {
  quit,
  help,
  close,
  pause,
  previous_column,
  next_column,
  reverse,
  up,
  down,
  page_up,
  page_down,
  first,
  last,
};

struct Binding {
  Action action;
  std::array<Key, 3> keys;  // 0: none
  std::string_view names;   // as the help shows them
  std::string_view bar;     // two words at most for the key bar; empty: not in it
  std::string_view help;
};

std::span<const Binding> bindings();
std::optional<Action> action_of(Key key);

}  // namespace tcptop
