#include "client/keys.h"

#include <algorithm>

namespace tcptop {
namespace {

// clang-format off: a table is read as a table
constexpr std::array all_bindings{
    Binding{Action::quit, {U'q', key_f10}, "q F10", "quit", "leave"},
    Binding{Action::help, {U'?', U'h', key_f1}, "? h F1", "help", "this help; again to close it"},
    Binding{Action::previous_column, {U'<'}, "<", "", "sort by the column to the left"},
    Binding{Action::next_column, {U'>'}, ">", "sort", "sort by the column to the right"},
    Binding{Action::reverse, {U'r'}, "r", "reverse", "reverse the order"},
    Binding{Action::pause, {U'p', U' '}, "p Space", "pause", "hold the picture; again to go on"},
    Binding{Action::up, {key_up, U'k'}, "Up k", "", "one row up"},
    Binding{Action::down, {key_down, U'j'}, "Down j", "", "one row down"},
    Binding{Action::page_up, {key_page_up}, "PgUp", "", "one page up"},
    Binding{Action::page_down, {key_page_down}, "PgDn", "", "one page down"},
    Binding{Action::first, {key_home, U'g'}, "Home g", "", "to the top, and stay there"},
    Binding{Action::last, {key_end, U'G'}, "End G", "", "to the last row"},
    Binding{Action::close, {key_escape}, "Esc", "", "close the help, or let go of the row"},
};
// clang-format on

}  // namespace

std::span<const Binding> bindings() {
  return all_bindings;
}

std::optional<Action> action_of(Key key) {
  if (key == 0) return std::nullopt;  // fills the table's unused places
  for (const Binding& binding : all_bindings)
    if (std::ranges::find(binding.keys, key) != binding.keys.end()) return binding.action;
  return std::nullopt;
}

}  // namespace tcptop
