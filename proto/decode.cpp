#include "proto/decode.h"

#include <charconv>
#include <limits>

#include <fmt/format.h>
#include <simdjson.h>

#include "proto/columns.h"
#include "proto/summary_keys.h"

namespace tcptop {
namespace {

namespace dom = simdjson::dom;

// Each reader answers empty where the key is missing or of another kind.

std::optional<std::uint64_t> number_at(dom::object object, std::string_view key) {
  std::uint64_t value = 0;
  if (object[key].get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::string text_at(dom::object object, std::string_view key) {
  std::string_view value;
  if (object[key].get(value) != simdjson::SUCCESS) return {};
  return std::string(value);
}

// A duration that a hostile number cannot overflow: a day is longer than any interval.
std::chrono::milliseconds milliseconds_at(dom::object object, std::string_view key) {
  constexpr std::uint64_t longest = 86'400'000;
  return std::chrono::milliseconds(std::min(number_at(object, key).value_or(0), longest));
}

std::optional<unsigned> digits(std::string_view text, std::size_t at, std::size_t length) {
  unsigned value = 0;
  const char* first = text.data() + at;
  const auto [end, error] = std::from_chars(first, first + length, value);
  if (error != std::errc{} || end != first + length) return std::nullopt;
  return value;
}

// The one form that the wire has: 2026-11-23T05:08:00.000Z
std::optional<Timestamp> parse_time(std::string_view text) {
  using namespace std::chrono;
  constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd.dddZ";
  if (text.size() != form.size()) return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] != 'd' && form[i] != text[i]) return std::nullopt;
  const auto y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2);
  const auto h = digits(text, 11, 2), mi = digits(text, 14, 2), s = digits(text, 17, 2);
  const auto ms = digits(text, 20, 3);
  if (!y || !mo || !d || !h || !mi || !s || !ms) return std::nullopt;
  const year_month_day date{year{static_cast<int>(*y)}, month{*mo}, day{*d}};
  if (!date.ok() || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
  return sys_days{date} + hours{*h} + minutes{*mi} + seconds{*s} + milliseconds{*ms};
}

std::optional<Value> value_of(dom::element element, const Column& column) {
  if (element.is_null()) return Value{};
  std::uint64_t number = 0;
  if (element.get(number) == simdjson::SUCCESS) return Value{number};
  std::string_view text;
  if (element.get(text) != simdjson::SUCCESS) return std::nullopt;
  if (column.unit != Unit::age) return Value{text};
  const auto time = parse_time(text);
  return time ? std::optional<Value>{*time} : std::nullopt;
}

// Keys come in the table's order from our own daemon, so the search starts where the last key was.
const Column* column_after(std::size_t& hint, std::string_view key) {
  const auto all = columns();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t at = (hint + i) % all.size();
    if (all[at].key == key) {
      hint = at + 1;
      return all[at].on_wire() ? &all[at] : nullptr;
    }
  }
  return nullptr;
}

// Empty if fine, else what is wrong.
std::string read_connection(dom::object object, Connection& connection) {
  std::size_t hint = 0;
  for (const auto [key, element] : object) {
    const Column* column = column_after(hint, key);
    if (column == nullptr) continue;
    const auto value = value_of(element, *column);
    if (!value || !column->set(connection, *value))
      return fmt::format("'{}' of a connection has a wrong value", key);
  }
  if (connection.id.empty()) return "a connection has no 'id'";
  return {};
}

std::string read_connections(dom::object object, std::string_view key,
                             std::vector<Connection>& out) {
  dom::array array;
  if (object[key].get(array) != simdjson::SUCCESS) return fmt::format("'{}' is not a list", key);
  out.reserve(array.size());
  for (const dom::element element : array) {
    dom::object connection;
    if (element.get(connection) != simdjson::SUCCESS)
      return fmt::format("'{}' holds something that is not a connection", key);
    if (auto wrong = read_connection(connection, out.emplace_back()); !wrong.empty()) return wrong;
  }
  return {};
}

Summary read_summary(dom::object object) {
  Summary summary;
  dom::object by_state;
  if (object["by_state"].get(by_state) == simdjson::SUCCESS) {
    for (const auto [name, element] : by_state) {
      const auto state = tcp_state_named(name);
      std::uint64_t sockets = 0;
      if (state && element.get(sockets) == simdjson::SUCCESS)
        summary.by_state[static_cast<std::size_t>(*state)] = sockets;
    }
  }
  for (const SummaryKey& one : summary_keys) {
    const auto number = number_at(object, one.key);
    if (const auto* field = std::get_if<std::optional<std::uint64_t> Summary::*>(&one.member))
      summary.** field = number;
    else
      summary.*std::get<std::uint64_t Summary::*>(one.member) = number.value_or(0);
  }
  return summary;
}

Message read_hello(dom::object object) {
  Hello hello;
  const auto protocol = number_at(object, "protocol");
  if (!protocol || *protocol > std::numeric_limits<int>::max())
    return DecodeError{"a hello has no 'protocol' number"};
  hello.protocol = static_cast<int>(*protocol);
  hello.server = text_at(object, "server");
  hello.version = text_at(object, "version");
  hello.hostname = text_at(object, "hostname");
  hello.boot_id = text_at(object, "boot_id");
  hello.kernel = text_at(object, "kernel");
  hello.interval = milliseconds_at(object, "interval_ms");
  hello.min_interval = milliseconds_at(object, "min_interval_ms");
  dom::array list;
  if (object["features"].get(list) == simdjson::SUCCESS)
    for (const dom::element element : list)
      if (std::string_view text; element.get(text) == simdjson::SUCCESS)
        hello.features.emplace_back(text);
  if (object["degraded"].get(list) == simdjson::SUCCESS)
    for (const dom::element element : list)
      if (dom::object entry; element.get(entry) == simdjson::SUCCESS)
        hello.degraded.push_back({text_at(entry, "feature"), text_at(entry, "why")});
  return hello;
}

Message read_snapshot(dom::object object) {
  SnapshotPart result;
  Snapshot& snapshot = result.content;
  const auto seq = number_at(object, "seq");
  const auto part = number_at(object, "part");
  const auto parts = number_at(object, "parts");
  if (!seq || !part || !parts || *part == 0 || *part > *parts)
    return DecodeError{"a snapshot has no 'seq', 'part' and 'parts' that fit each other"};
  result.part = *part;
  result.parts = *parts;
  snapshot.seq = *seq;
  const auto time = parse_time(text_at(object, "time"));
  if (!time) return DecodeError{"a snapshot's 'time' is not RFC 3339 UTC with milliseconds"};
  snapshot.time = *time;
  snapshot.interval = milliseconds_at(object, "interval_ms");
  if (dom::object summary; object["summary"].get(summary) == simdjson::SUCCESS)
    snapshot.summary = read_summary(summary);
  else if (result.part == 1)
    return DecodeError{"the first part of a snapshot has no 'summary'"};
  for (const auto& [key, list] :
       {std::pair{"connections", &snapshot.connections}, std::pair{"closed", &snapshot.closed}})
    if (auto wrong = read_connections(object, key, *list); !wrong.empty())
      return DecodeError{std::move(wrong)};
  return result;
}

Message read_missed(dom::object object) {
  Missed missed;
  missed.ticks = number_at(object, "ticks").value_or(0);
  missed.closed_more = number_at(object, "closed_more").value_or(0);
  if (auto wrong = read_connections(object, "closed", missed.closed); !wrong.empty())
    return DecodeError{std::move(wrong)};
  return missed;
}

}  // namespace

struct Decoder::Parser {
  dom::parser parser;
};

Decoder::Decoder() : parser_(std::make_unique<Parser>()) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

Message Decoder::decode(std::string_view line) {
  dom::element root;
  if (const auto error = parser_->parser.parse(line.data(), line.size()).get(root);
      error != simdjson::SUCCESS)
    return DecodeError{fmt::format("not JSON: {}", simdjson::error_message(error))};
  dom::object object;
  if (root.get(object) != simdjson::SUCCESS) return DecodeError{"not a JSON object"};
  const std::string type = text_at(object, "type");
  if (type.empty()) return DecodeError{"a message has no 'type'"};
  if (type == "hello") return read_hello(object);
  if (type == "snapshot") return read_snapshot(object);
  if (type == "missed") return read_missed(object);
  if (type == "error") return ErrorMessage{text_at(object, "code"), text_at(object, "message")};
  if (type == "bye") return Bye{text_at(object, "reason")};
  return UnknownMessage{type};
}

}  // namespace tcptop
