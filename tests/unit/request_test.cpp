#include "proto/request.h"

#include "tests/support/catch.h"

using namespace tcptop;
using std::chrono::milliseconds;

namespace {

std::string error_code(std::string_view line) {
  const Request request = parse_request(line);
  const auto* error = std::get_if<ErrorMessage>(&request);
  return error != nullptr ? error->code : "";
}

}  // namespace

TEST_CASE("what a subscribe leaves out stays as it is") {
  const Request request = parse_request(R"({"type":"subscribe"})");
  const auto* subscribe = std::get_if<Subscribe>(&request);
  REQUIRE(subscribe != nullptr);
  CHECK_FALSE(subscribe->interval);
  CHECK_FALSE(subscribe->count);
}

TEST_CASE("a subscribe comes back from its own line") {
  const std::string line = encode(Subscribe{milliseconds(500), 3});
  const Request request = parse_request(line.substr(0, line.size() - 1));
  const auto* subscribe = std::get_if<Subscribe>(&request);
  REQUIRE(subscribe != nullptr);
  CHECK(subscribe->interval == milliseconds(500));
  CHECK(subscribe->count == 3U);
}

TEST_CASE("unknown keys of a request are skipped") {
  CHECK(error_code(R"({"type":"subscribe","mode":"full","colour":"red"})").empty());
}

TEST_CASE("what is no request gets the error that says so") {
  CHECK(error_code("") == "bad_json");
  CHECK(error_code("{") == "bad_json");
  CHECK(error_code("\xff") == "bad_json");
  CHECK(error_code(std::string(60'000, '[')) == "bad_json");
  CHECK(error_code("[]") == "bad_request");
  CHECK(error_code("{}") == "bad_request");
  CHECK(error_code(R"({"type":7})") == "bad_request");
  CHECK(error_code(R"({"type":"kill"})") == "bad_request");
  CHECK(error_code(R"({"type":"subscribe","mode":"delta"})") == "unsupported");
  for (const char* value : {"0", "-1", "1.5", "\"1\"", "null", "99999999999"})
    CHECK(error_code(std::string(R"({"type":"subscribe","interval_ms":)") + value + "}") ==
          "bad_request");
}
