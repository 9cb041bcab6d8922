// Lines to messages. Pure. Keys and types that this version does not know are skipped, so that an
// older viewer reads a newer daemon.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "proto/snapshot.h"

namespace tcptop {

// A message of a type that this version does not know.
struct UnknownMessage {
  std::string type;
};

// The line is not a message: what is wrong with it, as a clause.
struct DecodeError {
  std::string what;
};

using Message =
    std::variant<Hello, SnapshotPart, Missed, ErrorMessage, Bye, UnknownMessage, DecodeError>;

// Keeps the parser's memory between lines. Not for two threads at once.
class Decoder {
 public:
  Decoder();
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  // `line` without its newline.
  Message decode(std::string_view line);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace tcptop
