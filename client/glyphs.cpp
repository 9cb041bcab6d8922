#include "client/glyphs.h"

#include <algorithm>
#include <cwchar>

#include "proto/utf8.h"

namespace tcptop {
namespace {

constexpr char32_t replacement_character = 0xfffd;

bool is_printable_ascii(char32_t code) {
  return code >= 0x20 && code < 0x7f;
}

bool all_printable_ascii(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return is_printable_ascii(static_cast<unsigned char>(c)); });
}

int locale_columns(char32_t code) {
  return wcwidth(static_cast<wchar_t>(code));
}

Glyph safe(char32_t code) {
  if (is_printable_ascii(code)) return {code, 1};
  // No UTF-8 here: one byte on the screen could not stand for this.
  if (locale_columns(replacement_character) != 1) return {U'?', 1};
  // glibc says one column; a terminal shows a soft hyphen in none, one, or breaks the line.
  constexpr char32_t soft_hyphen = 0xad;
  const int columns = code == soft_hyphen ? 0 : locale_columns(code);
  // Width -1 is a control character or no character; 0 is one that changes its neighbours:
  // combining marks, joiners, and the marks that turn the direction of a line.
  if (columns != 1 && columns != 2) return {replacement_character, 1};
  return {code, static_cast<std::size_t>(columns)};
}

// The code point of one well-formed sequence.
char32_t code_point(std::string_view sequence) {
  const auto byte = [sequence](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 1) return byte(0);
  char32_t code = byte(0) & (0x7fU >> sequence.size());
  for (std::size_t i = 1; i < sequence.size(); ++i) code = (code << 6U) | (byte(i) & 0x3fU);
  return code;
}

}  // namespace

std::vector<Glyph> to_glyphs(std::string_view text) {
  std::vector<Glyph> glyphs;
  glyphs.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    glyphs.push_back(
        safe(length == 0 ? replacement_character : code_point(text.substr(0, length))));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return glyphs;
}

std::size_t text_columns(std::string_view text) {
  if (all_printable_ascii(text)) return text.size();
  std::size_t columns = 0;
  for (const Glyph& glyph : to_glyphs(text)) columns += glyph.columns;
  return columns;
}

std::string shown_text(std::string_view text) {
  if (all_printable_ascii(text)) return std::string(text);
  std::string out;
  for (const Glyph& glyph : to_glyphs(text)) append_utf8(out, glyph.code);
  return out;
}

void append_utf8(std::string& out, char32_t code) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  const auto tail = [&](unsigned shift) { put(0x80U | ((code >> shift) & 0x3fU)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0U | (code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    put(0xe0U | (code >> 12U));
    tail(6);
    tail(0);
  } else {
    put(0xf0U | (code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace tcptop
