#include "proto/ip_address.h"

#include <algorithm>
#include <arpa/inet.h>

#include <fmt/format.h>

namespace tcptop {
namespace {

constexpr std::array<std::uint8_t, 12> v4_mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

void append_number(std::string& out, unsigned value) {
  const fmt::format_int text(value);
  out.append(text.data(), text.size());
}

}  // namespace

IpAddress IpAddress::v4(std::span<const std::uint8_t, 4> bytes) {
  IpAddress address;
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin() + 12);
  return address;
}

IpAddress IpAddress::v6(std::span<const std::uint8_t, 16> bytes) {
  IpAddress address;
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string terminated(text);
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1)
    return v4(std::span(bytes).first<4>());
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return v6(bytes);
  return std::nullopt;
}

bool IpAddress::is_v4() const {
  return std::equal(v4_mapped_prefix.begin(), v4_mapped_prefix.end(), bytes_.begin());
}

bool IpAddress::is_any() const {
  const auto significant = std::span(bytes_).subspan(is_v4() ? 12 : 0);
  return std::all_of(significant.begin(), significant.end(), [](auto byte) { return byte == 0; });
}

void IpAddress::append_to(std::string& out) const {
  if (is_v4()) {
    // Not inet_ntop: it goes through printf, and this runs twice a row.
    for (std::size_t i = 12; i < 16; ++i) {
      if (i > 12) out += '.';
      append_number(out, bytes_[i]);
    }
    return;
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
  out += text.data();
}

std::string IpAddress::to_text() const {
  std::string out;
  append_to(out);
  return out;
}

std::strong_ordering operator<=>(const IpAddress& a, const IpAddress& b) {
  if (a.is_v4() != b.is_v4()) return b.is_v4() <=> a.is_v4();
  return a.bytes_ <=> b.bytes_;
}

std::string Endpoint::to_text() const {
  std::string out;
  if (!address.is_v4()) out += '[';
  address.append_to(out);
  if (!address.is_v4()) out += ']';
  out += ':';
  if (port == 0) {
    out += '*';
  } else {
    append_number(out, port);
  }
  return out;
}

}  // namespace tcptop
