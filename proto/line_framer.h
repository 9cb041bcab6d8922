// Bytes in, whole lines out. Holds at most one unfinished line of a stated length.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tcptop {

class LineFramer {
 public:
  explicit LineFramer(std::size_t max_line_bytes) : max_line_bytes_(max_line_bytes) {}

  // Where to read the next bytes to: `size` bytes at the end of the buffer. Then tell how many
  // came with `commit`. Ends the life of lines that `next_line` gave.
  std::span<char> prepare(std::size_t size);
  void commit(std::size_t size);

  // The next whole line without its newline, or nothing yet. Lives until the next `prepare`.
  std::optional<std::string_view> next_line();

  // True once a line is longer than allowed; the stream cannot be read further.
  [[nodiscard]] bool too_long() const;

 private:
  std::size_t max_line_bytes_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of the unfinished line
  std::size_t scanned_ = 0;  // no newline before this
  std::size_t end_ = 0;      // of what was received
};

}  // namespace tcptop
