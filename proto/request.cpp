#include "proto/request.h"

#include <nlohmann/json.hpp>

namespace tcptop {
namespace {

using nlohmann::json;

// A positive whole number of at most `most` under `key`, or nothing; `wrong` says what was wrong.
std::optional<std::uint64_t> positive_at(const json& request, const char* key, std::uint64_t most,
                                         std::string& wrong) {
  const auto found = request.find(key);
  if (found == request.end()) return std::nullopt;
  if (!found->is_number_unsigned() || found->get<std::uint64_t>() == 0 ||
      found->get<std::uint64_t>() > most) {
    wrong = std::string("'") + key + "' must be a whole number from 1 to " + std::to_string(most);
    return std::nullopt;
  }
  return found->get<std::uint64_t>();
}

}  // namespace

Request parse_request(std::string_view line) {
  const json request = json::parse(line, nullptr, false);
  if (request.is_discarded()) return ErrorMessage{"bad_json", "the line is not JSON"};
  const auto bad = [](std::string message) {
    return ErrorMessage{"bad_request", std::move(message)};
  };
  if (!request.is_object()) return bad("a request is a JSON object");
  const auto type = request.find("type");
  if (type == request.end() || !type->is_string()) return bad(R"(a request has a "type")");
  if (*type != "subscribe") return bad(R"(the only request is {"type":"subscribe"})");
  if (const auto mode = request.find("mode"); mode != request.end() && *mode != "full")
    return ErrorMessage{"unsupported", R"(the only "mode" of this daemon is "full")"};

  constexpr std::uint64_t longest_interval_ms = 3'600'000;
  constexpr std::uint64_t largest_count = 1ULL << 53;
  std::string wrong;
  Subscribe subscribe;
  if (const auto ms = positive_at(request, "interval_ms", longest_interval_ms, wrong))
    subscribe.interval = std::chrono::milliseconds(*ms);
  subscribe.count = positive_at(request, "count", largest_count, wrong);
  if (!wrong.empty()) return bad(std::move(wrong));
  return subscribe;
}

std::string encode(const Subscribe& subscribe) {
  json request{{"type", "subscribe"}, {"mode", "full"}};
  if (subscribe.interval) request["interval_ms"] = subscribe.interval->count();
  if (subscribe.count) request["count"] = *subscribe.count;
  return request.dump() + "\n";
}

}  // namespace tcptop
