#include "proto/encode.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <type_traits>

#include "proto/columns.h"
#include "proto/json_text.h"
#include "proto/summary_keys.h"

namespace tcptop {
namespace {

// Writes `"key":` with the comma that the place needs. Keys are ours and need no escaping.
void key(std::string& out, std::string_view name) {
  if (out.back() != '{') out += ',';
  out += '"';
  out += name;
  out += "\":";
}
void member(std::string& out, std::string_view name, std::uint64_t value) {
  key(out, name);
  json::append_number(out, value);
}
void member(std::string& out, std::string_view name, std::chrono::milliseconds value) {
  member(out, name, static_cast<std::uint64_t>(value.count()));
}
void member(std::string& out, std::string_view name, const std::optional<std::uint64_t>& value) {
  key(out, name);
  if (value) {
    json::append_number(out, *value);
  } else {
    out += "null";
  }
}
void member(std::string& out, std::string_view name, std::string_view value) {
  key(out, name);
  json::append_text(out, value);
}

void append_value(std::string& out, const Value& value) {
  std::visit(
      [&out]<typename T>(const T& v) {
        if constexpr (std::is_same_v<T, std::monostate>) {
          out += "null";
        } else if constexpr (std::is_same_v<T, std::uint64_t>) {
          json::append_number(out, v);
        } else if constexpr (std::is_same_v<T, std::string_view>) {
          json::append_text(out, v);
        } else if constexpr (std::is_same_v<T, IpAddress>) {
          out += '"';
          v.append_to(out);
          out += '"';
        } else if constexpr (std::is_same_v<T, Timestamp>) {
          json::append_time(out, v);
        } else {
          out += '"';
          out += v.to_text();
          out += '"';
        }
      },
      value);
}

void append_connection(std::string& out, const Connection& connection) {
  out += '{';
  for (const Column& column : columns()) {
    // close_reason belongs to ended connections only; every other key is always there.
    if (!column.on_wire()) continue;
    if (column.key == "close_reason" && !connection.close_reason) continue;
    key(out, column.key);
    append_value(out, column.get(connection));
  }
  out += '}';
}

void append_connections(std::string& out, std::string_view name,
                        std::span<const Connection> connections) {
  key(out, name);
  out += '[';
  bool first = true;
  for (const Connection& connection : connections) {
    if (!first) out += ',';
    first = false;
    append_connection(out, connection);
  }
  out += ']';
}

void append_summary(std::string& out, const Summary& summary) {
  key(out, "summary");
  out += '{';
  key(out, "by_state");
  out += '{';
  for (std::size_t i = 1; i < summary.by_state.size(); ++i)
    if (summary.by_state[i] != 0)
      member(out, name_of(static_cast<TcpState>(i)), summary.by_state[i]);
  out += '}';
  for (const SummaryKey& one : summary_keys)
    std::visit([&](auto field) { member(out, one.key, summary.*field); }, one.member);
  out += '}';
}

std::string begin(std::string_view type) {
  std::string out = "{";
  member(out, "type", type);
  return out;
}

std::string end(std::string&& out) {
  out += "}\n";
  return std::move(out);
}

// The next `count` at most, taken from the front of `rest`.
std::span<const Connection> take(std::span<const Connection>& rest, std::size_t count) {
  const auto taken = rest.first(std::min(count, rest.size()));
  rest = rest.subspan(taken.size());
  return taken;
}

}  // namespace

std::string encode(const Hello& hello) {
  std::string out = begin("hello");
  member(out, "protocol", static_cast<std::uint64_t>(hello.protocol));
  member(out, "server", hello.server);
  member(out, "version", hello.version);
  member(out, "hostname", hello.hostname);
  member(out, "boot_id", hello.boot_id);
  member(out, "kernel", hello.kernel);
  member(out, "interval_ms", hello.interval);
  member(out, "min_interval_ms", hello.min_interval);
  key(out, "features");
  out += '[';
  for (const std::string& feature : hello.features) {
    if (out.back() != '[') out += ',';
    json::append_text(out, feature);
  }
  out += ']';
  key(out, "degraded");
  out += '[';
  for (const DegradedFeature& degraded : hello.degraded) {
    out += out.back() != '[' ? ",{" : "{";
    member(out, "feature", degraded.feature);
    member(out, "why", degraded.why);
    out += '}';
  }
  out += ']';
  return end(std::move(out));
}

std::vector<std::string> encode(const Snapshot& snapshot) {
  // Bytes of one connection's object, generously: a part is allocated once.
  constexpr std::size_t typical_row_bytes = 640;
  std::span<const Connection> live = snapshot.connections;
  std::span<const Connection> closed = snapshot.closed;
  const std::size_t total = live.size() + closed.size();
  const std::size_t parts =
      std::max<std::size_t>(1, (total + connections_per_part - 1) / connections_per_part);
  std::vector<std::string> lines;
  lines.reserve(parts);
  for (std::size_t part = 1; part <= parts; ++part) {
    const auto live_here = take(live, connections_per_part);
    const auto closed_here = take(closed, connections_per_part - live_here.size());
    std::string out = begin("snapshot");
    out.reserve((live_here.size() + closed_here.size() + 2) * typical_row_bytes);
    member(out, "seq", snapshot.seq);
    member(out, "part", part);
    member(out, "parts", parts);
    key(out, "time");
    json::append_time(out, snapshot.time);
    member(out, "interval_ms", snapshot.interval);
    if (part == 1) append_summary(out, snapshot.summary);
    append_connections(out, "connections", live_here);
    append_connections(out, "closed", closed_here);
    lines.push_back(end(std::move(out)));
  }
  return lines;
}

std::string encode(const Missed& missed) {
  std::string out = begin("missed");
  member(out, "ticks", missed.ticks);
  append_connections(out, "closed", missed.closed);
  member(out, "closed_more", missed.closed_more);
  return end(std::move(out));
}

std::string encode(const ErrorMessage& error) {
  std::string out = begin("error");
  member(out, "code", error.code);
  member(out, "message", error.message);
  return end(std::move(out));
}

std::string encode(const Bye& bye) {
  std::string out = begin("bye");
  member(out, "reason", bye.reason);
  return end(std::move(out));
}

}  // namespace tcptop
