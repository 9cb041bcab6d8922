// THE column table: one row for each fact about a connection. Encoder, decoder, sort and screen
// walk it; nothing else switches on a column. A key never changes its meaning.
//
// To add a column that a Connection has already: one row here, one property in
// proto/protocol.schema.json (a test compares the two).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "proto/connection.h"

namespace tcptop {

// One cell: empty is "not known". A text points into the connection it was read from.
using Value =
    std::variant<std::monostate, std::uint64_t, std::string_view, IpAddress, Endpoint, Timestamp>;

// Decides the text form on a screen, never on the wire.
enum class Unit : std::uint8_t {
  text,
  number,  // an identity: shown digit by digit
  count,
  bytes,
  bytes_per_s,
  microseconds,
  age,  // a time, shown as how long ago it was
};

enum class SortOrder : std::uint8_t { ascending, descending };

struct Column {
  std::string_view key;    // on the wire and on the command line
  std::string_view title;  // on the screen
  Unit unit;
  std::uint8_t width;     // what a screen gives it at least
  SortOrder first_order;  // when it is first chosen to sort by
  Value (*get)(const Connection&);
  // False if the value is of a wrong kind or out of range. Null for a column that is not on the
  // wire but made of others.
  bool (*set)(Connection&, const Value&);
  std::string_view help;

  [[nodiscard]] bool on_wire() const { return set != nullptr; }
};

std::span<const Column> columns();
// The column with this key, or null. Lives as long as the program.
const Column* find_column(std::string_view key);

// Orders two values of one column. Empty is less than anything known.
std::strong_ordering compare(const Value& a, const Value& b);

}  // namespace tcptop
