// Compares a text with the approved one in tests/approved/. With TCPTOP_APPROVE=1 in the
// environment the file is rewritten instead: read the diff before you commit it.
#pragma once

#include <clocale>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "tests/support/catch.h"

namespace tcptop::test {

// What a picture depends on beside its arguments: the locale and the time zone.
inline void in_utf8_and_utc() {
  if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr)
    throw std::runtime_error("this machine has no locale C.UTF-8");
  setenv("TZ", "UTC0", 1);
  tzset();
}

// TCPTOP_APPROVED_DIR is the folder of the approved files.
inline void check_approved(const std::string& name, const std::string& text) {
  const std::string path = std::string(TCPTOP_APPROVED_DIR) + "/" + name;
  if (const char* approve = std::getenv("TCPTOP_APPROVE");
      approve != nullptr && std::string(approve) == "1") {
    std::ofstream(path) << text;
    return;
  }
  std::ifstream file(path);
  const std::string approved{std::istreambuf_iterator<char>(file), {}};
  INFO("approved file: " << path << "\ngot:\n" << text);
  CHECK(text == approved);
}

}  // namespace tcptop::test
