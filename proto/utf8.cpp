#include "proto/utf8.h"

#include <cstdint>

namespace tcptop {
namespace {

struct Lead {
  std::size_t length;
  std::uint8_t second_low, second_high;  // range of the second byte
};

// Unicode 15, table 3-7, "Well-Formed UTF-8 Byte Sequences".
Lead lead(std::uint8_t byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte >= 0xc2 && byte <= 0xdf) return {2, 0x80, 0xbf};
  if (byte == 0xe0) return {3, 0xa0, 0xbf};
  if (byte == 0xed) return {3, 0x80, 0x9f};
  if (byte >= 0xe1 && byte <= 0xef) return {3, 0x80, 0xbf};
  if (byte == 0xf0) return {4, 0x90, 0xbf};
  if (byte == 0xf4) return {4, 0x80, 0x8f};
  if (byte >= 0xf1 && byte <= 0xf3) return {4, 0x80, 0xbf};
  return {0, 0, 0};
}

}  // namespace

std::size_t utf8_sequence_length(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const auto at = [bytes](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const Lead first = lead(at(0));
  if (first.length > bytes.size()) return 0;
  for (std::size_t i = 1; i < first.length; ++i) {
    const std::uint8_t low = i == 1 ? first.second_low : 0x80;
    const std::uint8_t high = i == 1 ? first.second_high : 0xbf;
    if (at(i) < low || at(i) > high) return 0;
  }
  return first.length;
}

std::string valid_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = utf8_sequence_length(bytes);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      bytes.remove_prefix(1);
    } else {
      out += bytes.substr(0, length);
      bytes.remove_prefix(length);
    }
  }
  return out;
}

}  // namespace tcptop
