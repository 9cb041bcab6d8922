#include <set>

#include "client/keys.h"
#include "tests/support/catch.h"

using namespace tcptop;

TEST_CASE("every key of the table does what its row says, and no key is in two rows") {
  std::set<Key> seen;
  for (const Binding& binding : bindings()) {
    CHECK_FALSE(binding.names.empty());
    CHECK_FALSE(binding.help.empty());
    for (const Key key : binding.keys) {
      if (key == 0) continue;
      CHECK(seen.insert(key).second);
      CHECK(action_of(key) == binding.action);
    }
  }
}

TEST_CASE("a key outside of the table does nothing") {
  for (const Key key : {Key{0}, Key{U'Q'}, Key{U'x'}, Key{3}, Key{U'\u00fc'}, Key{0x110fff}})
    CHECK_FALSE(action_of(key));
}
