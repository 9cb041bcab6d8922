// The finished picture as cells: what paint makes and the screen shows. Nothing in it can move a
// cursor or change a terminal: every text goes through glyphs.h, and a text that does not fit ends
// in `~` instead of being cut unseen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace tcptop {

struct Size {
  std::size_t rows = 0;
  std::size_t columns = 0;

  friend bool operator==(const Size&, const Size&) = default;
};

// What a cell means; the screen decides what each looks like on the terminal at hand.
enum class Style : std::uint8_t {
  normal,
  strong,
  faint,
  head,
  head_sorted,
  selected,
  warning,  // the picture is not what it seems
  alarm,    // something was lost
};
inline constexpr std::size_t style_count = 8;

struct Cell {
  char32_t glyph = U' ';  // 0: the right half of the wide glyph before it
  Style style = Style::normal;

  friend bool operator==(const Cell&, const Cell&) = default;
};

class Frame {
 public:
  static constexpr std::size_t to_the_edge = std::numeric_limits<std::size_t>::max();

  explicit Frame(Size size) : size_(size), cells_(size.rows * size.columns) {}

  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] const Cell& at(std::size_t row, std::size_t column) const {
    return cells_[row * size_.columns + column];
  }

  // Writes `text` into at most `width` columns and answers the column after it. Outside of the
  // frame it writes nothing.
  std::size_t put(std::size_t row, std::size_t column, std::string_view text,
                  Style style = Style::normal, std::size_t width = to_the_edge);
  // Gives the whole row this style, keeping what is written in it.
  void style_row(std::size_t row, Style style);

  // The glyphs alone, lines without trailing spaces.
  [[nodiscard]] std::string to_text() const;

 private:
  Size size_;
  std::vector<Cell> cells_;
};

}  // namespace tcptop
