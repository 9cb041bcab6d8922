#include "client/frame.h"

#include <algorithm>

#include "client/glyphs.h"

namespace tcptop {

std::size_t Frame::put(std::size_t row, std::size_t column, std::string_view text, Style style,
                       std::size_t width) {
  if (row >= size_.rows || column >= size_.columns) return column;
  const std::size_t room = std::min(width, size_.columns - column);
  if (room == 0) return column;
  const bool cut = text_columns(text) > room;
  const std::size_t end = column + room - (cut ? 1 : 0);
  Cell* cells = &cells_[row * size_.columns];
  for (const Glyph& glyph : to_glyphs(text)) {
    if (column + glyph.columns > end) break;
    cells[column] = {glyph.code, style};
    if (glyph.columns == 2) cells[column + 1] = {0, style};
    column += glyph.columns;
  }
  if (cut) cells[column++] = {U'~', style};
  return column;
}

void Frame::style_row(std::size_t row, Style style) {
  if (row >= size_.rows) return;
  for (std::size_t column = 0; column < size_.columns; ++column)
    cells_[row * size_.columns + column].style = style;
}

std::string Frame::to_text() const {
  std::string out;
  for (std::size_t row = 0; row < size_.rows; ++row) {
    std::string line;
    for (std::size_t column = 0; column < size_.columns; ++column)
      if (const char32_t glyph = at(row, column).glyph; glyph != 0) append_utf8(line, glyph);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line;
    out += '\n';
  }
  return out;
}

}  // namespace tcptop
