// What was received: the current picture, put together from its parts, and how the link stands.
// Pure: the time of an event arrives with it.
//
// The last whole picture stays when the daemon is lost; `is_stale` then says so. A picture that
// the user paused stays too, while the newer ones go on arriving behind it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "proto/snapshot.h"

namespace tcptop {

// A snapshot may have this many parts: two million connections. More is a peer gone wrong.
inline constexpr std::size_t most_parts = 400;

struct Lost {
  std::string why;
  Timestamp since;                    // of the first failure, not of the last try
  std::optional<Timestamp> next_try;  // empty: there will be none
};

class Model {
 public:
  using Picture = std::shared_ptr<const Snapshot>;

  // A part is not the picture yet, unless it was the last. `broken`: it does not follow the part
  // before it, and the stream cannot be trusted any further.
  enum class Progress : std::uint8_t { unfinished, whole, broken };

  void receive(Hello hello);
  Progress receive(SnapshotPart part, Timestamp now);
  void receive(Missed missed);
  void receive(const ErrorMessage& error);
  void lose(std::string why, Timestamp now, std::optional<Timestamp> next_try);

  void toggle_pause();
  [[nodiscard]] bool is_paused() const { return paused_ != nullptr; }

  // What is to be shown, the paused picture or the latest; null before the first.
  [[nodiscard]] const Picture& picture() const { return is_paused() ? paused_ : latest_; }
  [[nodiscard]] const Picture& latest() const { return latest_; }
  [[nodiscard]] const std::optional<Hello>& hello() const { return hello_; }
  [[nodiscard]] const std::optional<Lost>& lost() const { return lost_; }
  // The picture is older than it should be: the daemon is lost, or `is_silent`.
  [[nodiscard]] bool is_stale(Timestamp now) const;
  // Connected, but the daemon has let several intervals pass without a word.
  [[nodiscard]] bool is_silent(Timestamp now) const;
  [[nodiscard]] Timestamp last_arrival() const { return last_arrival_; }

  // The daemon's last complaint since it said hello, or empty.
  [[nodiscard]] const std::string& complaint() const { return complaint_; }
  // Ticks that this viewer was too slow to be sent, and connections that ended in them and were
  // too many to be told; since the start.
  [[nodiscard]] std::uint64_t missed_ticks() const { return missed_ticks_; }
  [[nodiscard]] std::uint64_t untold_closed() const { return untold_closed_; }

 private:
  std::optional<Hello> hello_;
  std::optional<Lost> lost_;
  std::optional<SnapshotPart> unfinished_;
  std::vector<Connection> missed_closed_;  // joins the next picture's `closed`
  Picture latest_;
  Picture paused_;
  Timestamp last_arrival_{};
  bool fresh_ = false;  // latest_ came over the link as it stands
  std::string complaint_;
  std::uint64_t missed_ticks_ = 0;
  std::uint64_t untold_closed_ = 0;
};

}  // namespace tcptop
