// An IPv4 or IPv6 address as a value, and its one text form: dotted decimal, or RFC 5952.
// A v4-mapped IPv6 address (::ffff:a.b.c.d) is its IPv4 address: a dual-stack server's clients
// are the same hosts whichever socket they reached.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tcptop {

class IpAddress {
 public:
  constexpr IpAddress() = default;  // 0.0.0.0
  // Network byte order, as the kernel has them.
  static IpAddress v4(std::span<const std::uint8_t, 4> bytes);
  static IpAddress v6(std::span<const std::uint8_t, 16> bytes);
  static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] bool is_any() const;  // 0.0.0.0 or ::
  void append_to(std::string& out) const;
  [[nodiscard]] std::string to_text() const;

  // IPv4 before IPv6, then by number.
  friend std::strong_ordering operator<=>(const IpAddress& a, const IpAddress& b);
  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  // Always 16 bytes, IPv4 in its v4-mapped form.
  std::array<std::uint8_t, 16> bytes_{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;  // 0: none

  [[nodiscard]] std::string to_text() const;  // 10.0.0.1:80, [2001:db8::1]:80; port 0 as *
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;  // NOLINT: a false alarm
};

}  // namespace tcptop
