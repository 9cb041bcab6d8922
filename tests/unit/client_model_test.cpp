#include "client/model.h"
#include "tests/support/catch.h"
#include "tests/support/make.h"

using namespace tcptop;
using namespace std::chrono_literals;
using test::connection;
using Progress = Model::Progress;

namespace {

SnapshotPart part(std::uint64_t seq, std::size_t number, std::size_t parts,
                  std::vector<Connection> connections) {
  SnapshotPart made;
  made.part = number;
  made.parts = parts;
  made.content.seq = seq;
  made.content.interval = 1s;
  made.content.connections = std::move(connections);
  return made;
}

const Timestamp noon(43'200s);

}  // namespace

TEST_CASE("a picture is shown when its last part is there, and not before") {
  Model model;
  CHECK(model.receive(part(1, 1, 2, {connection("a")}), noon) == Progress::unfinished);
  CHECK(model.picture() == nullptr);
  CHECK(model.receive(part(1, 2, 2, {connection("b")}), noon) == Progress::whole);
  REQUIRE(model.picture() != nullptr);
  CHECK(model.picture()->connections.size() == 2);
}

TEST_CASE("a part out of place breaks the stream and leaves the picture") {
  Model model;
  model.receive(part(1, 1, 1, {connection("a")}), noon);
  SECTION("no first part") {
    CHECK(model.receive(part(2, 2, 2, {}), noon) == Progress::broken);
  }
  SECTION("too many parts") {
    CHECK(model.receive(part(2, 1, most_parts + 1, {}), noon) == Progress::broken);
  }
  SECTION("after a first part") {
    model.receive(part(2, 1, 3, {}), noon);
    SECTION("a gap") {
      CHECK(model.receive(part(2, 3, 3, {}), noon) == Progress::broken);
    }
    SECTION("another seq") {
      CHECK(model.receive(part(3, 2, 3, {}), noon) == Progress::broken);
    }
    SECTION("another count") {
      CHECK(model.receive(part(2, 2, 2, {}), noon) == Progress::broken);
    }
    SECTION("a new first") {
      CHECK(model.receive(part(3, 1, 1, {}), noon) == Progress::broken);
    }
  }
  CHECK(model.picture()->seq == 1);
}

TEST_CASE("a lost daemon leaves its last picture stale until a whole new one") {
  Model model;
  model.receive(Hello{});
  model.receive(part(1, 1, 1, {connection("a")}), noon);
  CHECK_FALSE(model.is_stale(noon));
  model.receive(part(2, 1, 2, {}), noon);
  model.lose("it broke", noon + 1s, noon + 2s);
  CHECK(model.is_stale(noon + 1s));
  CHECK(model.picture()->seq == 1);

  model.receive(Hello{});
  CHECK_FALSE(model.lost());
  CHECK(model.is_stale(noon + 3s));
  CHECK(model.receive(part(7, 1, 1, {}), noon + 3s) == Progress::whole);
  CHECK_FALSE(model.is_stale(noon + 3s));
}

TEST_CASE("a try that failed moves the next try, not the loss") {
  Model model;
  model.lose("it broke", noon, noon + 1s);
  model.lose("refused", noon + 1s, noon + 3s);
  CHECK(model.lost()->why == "it broke");
  CHECK(model.lost()->since == noon);
  CHECK(model.lost()->next_try == noon + 3s);
}

TEST_CASE("a daemon that stays connected and says nothing makes the picture stale") {
  Model model;
  model.receive(Hello{});
  model.receive(part(1, 1, 1, {}), noon);
  CHECK_FALSE(model.is_silent(noon + 5s));
  CHECK(model.is_silent(noon + 5001ms));
  CHECK(model.is_stale(noon + 5001ms));
}

TEST_CASE("a paused picture stays while newer ones arrive behind it") {
  Model model;
  model.receive(part(1, 1, 1, {}), noon);
  model.toggle_pause();
  model.receive(part(2, 1, 1, {}), noon);
  CHECK(model.picture()->seq == 1);
  CHECK(model.latest()->seq == 2);
  model.toggle_pause();
  CHECK(model.picture()->seq == 2);
}

TEST_CASE("nothing can be paused before the first picture") {
  Model model;
  model.toggle_pause();
  CHECK_FALSE(model.is_paused());
}

TEST_CASE("what ended in missed ticks joins the next picture once, and the rest is counted") {
  Model model;
  model.receive(Missed{3, {connection("gone")}, 5});
  model.receive(Missed{1, {connection("gone too")}, 0});
  SnapshotPart next = part(1, 1, 1, {});
  next.content.closed = {connection("ended")};
  model.receive(std::move(next), noon);
  CHECK(model.picture()->closed.size() == 3);
  CHECK(model.picture()->closed[0].id.view() == "gone");
  CHECK(model.missed_ticks() == 4);
  CHECK(model.untold_closed() == 5);
  model.receive(part(2, 1, 1, {}), noon);
  CHECK(model.picture()->closed.empty());
}

TEST_CASE("a complaint stays until the next hello") {
  Model model;
  model.receive(ErrorMessage{"bad_request", "too short"});
  CHECK(model.complaint() == "too short");
  model.receive(Hello{});
  CHECK(model.complaint().empty());
  model.receive(ErrorMessage{"unsupported", ""});
  CHECK(model.complaint() == "unsupported");
}
