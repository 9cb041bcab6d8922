#include "proto/ip_address.h"

#include "tests/support/catch.h"

using tcptop::Endpoint;
using tcptop::IpAddress;

TEST_CASE("an address is written as RFC 5952 has it") {
  for (const char* text : {"127.0.0.1", "255.255.255.255", "::1", "::", "2001:db8::1",
                           "2001:db8:0:1:1:1:1:1", "fe80::ff:fe00:1"})
    CHECK(IpAddress::parse(text).value().to_text() == text);
  CHECK(IpAddress::parse("2001:DB8:0:0:0:0:0:1")->to_text() == "2001:db8::1");
}

TEST_CASE("a v4-mapped address is its IPv4 address") {
  const auto mapped = IpAddress::parse("::ffff:10.1.2.3");
  REQUIRE(mapped);
  CHECK(mapped->is_v4());
  CHECK(mapped->to_text() == "10.1.2.3");
  CHECK(mapped == IpAddress::parse("10.1.2.3"));
}

TEST_CASE("what is no address is nothing") {
  for (const char* text : {"", "1.2.3", "1.2.3.256", "g::1", "127.0.0.1:80", "localhost"})
    CHECK_FALSE(IpAddress::parse(text));
}

TEST_CASE("addresses sort IPv4 first, then by number and not by text") {
  CHECK(IpAddress::parse("9.0.0.1").value() < IpAddress::parse("10.0.0.1").value());
  CHECK(IpAddress::parse("200.0.0.1").value() < IpAddress::parse("::1").value());
}

TEST_CASE("an endpoint's port is set off, and none is a star") {
  CHECK(Endpoint{IpAddress::parse("10.0.0.1").value(), 80}.to_text() == "10.0.0.1:80");
  CHECK(Endpoint{IpAddress::parse("2001:db8::1").value(), 443}.to_text() == "[2001:db8::1]:443");
  CHECK(Endpoint{}.to_text() == "0.0.0.0:*");
}
