// Where records come from: the kernel, or a test.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "bpf/record.h"

namespace tcptop {

class Source {
 public:
  // Called with records in the order they are to be folded. They live for the call only.
  using Sink = std::function<void(std::span<const flow_record>)>;

  // What the kernel side could not hand over, since the start. Each is 0 or a defect to look at.
  struct Losses {
    std::uint64_t events = 0;       // the ring was full
    std::uint64_t storage = 0;      // a socket's option memory refused the tag
    std::uint64_t missed_ends = 0;  // the recursion guard kept the last hook from running
    std::uint64_t walks = 0;        // broken off by the kernel

    [[nodiscard]] std::uint64_t total() const { return events + storage + missed_ends + walks; }
  };

  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  // Live sockets that changed since the last walk; if `every`, the others too, by identity alone.
  // False if the walk was broken off: what it did not reach is unknown, not gone.
  virtual bool walk(bool every, const Sink& sink) = 0;
  // Connections that ended since the last call.
  virtual void take_ended(const Sink& sink) = 0;
  // Looks through every process's files for the holders of sockets whose owner is not verified.
  virtual void find_holders() = 0;
  [[nodiscard]] virtual Losses losses() const = 0;
  // Readable when ends should be taken before the next tick; -1 if that never happens.
  [[nodiscard]] virtual int wake_descriptor() const = 0;
};

}  // namespace tcptop
