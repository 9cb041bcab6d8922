// A short text held in place, at most N bytes and no allocation: identities and command names,
// of which a busy host has a hundred thousand. What does not fit is cut at N bytes.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <string_view>

namespace tcptop {

template <std::size_t N>
class Text {
  static_assert(N < 256, "the length is one byte");

 public:
  constexpr Text() = default;
  constexpr Text(std::string_view text)  // NOLINT(google-explicit-constructor): a text is a text
      : size_(static_cast<std::uint8_t>(std::min(text.size(), N))) {
    std::copy_n(text.begin(), size_, bytes_.begin());
  }

  [[nodiscard]] constexpr std::string_view view() const { return {bytes_.data(), size_}; }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }

  friend constexpr bool operator==(const Text& a, const Text& b) { return a.view() == b.view(); }
  friend constexpr auto operator<=>(const Text& a, const Text& b) { return a.view() <=> b.view(); }

 private:
  std::array<char, N> bytes_{};
  std::uint8_t size_ = 0;
};

}  // namespace tcptop
