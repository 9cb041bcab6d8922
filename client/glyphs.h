// Text from outside as what a terminal can be trusted with: one code point a glyph, each one or two
// columns wide. A process may call itself anything, so control characters, escape sequences,
// direction marks and what takes no column of its own become a replacement, and a row keeps its
// shape. How wide a code point is, and whether one beyond ASCII may be shown at all, is the
// locale's to say (LC_CTYPE, read with wcwidth as curses reads it).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tcptop {

struct Glyph {
  char32_t code;
  std::size_t columns;  // 1 or 2
};

std::vector<Glyph> to_glyphs(std::string_view text);
// Columns that `to_glyphs(text)` takes.
std::size_t text_columns(std::string_view text);
// `to_glyphs(text)` as UTF-8.
std::string shown_text(std::string_view text);

void append_utf8(std::string& out, char32_t code);

}  // namespace tcptop
