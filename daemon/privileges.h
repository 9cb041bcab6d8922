// What the kernel lets this process do.
#pragma once

namespace tcptop {

// Throws StartupError where loading is bound to be refused, with a plainer sentence than the
// refusal would give.
void require_privileges();

}  // namespace tcptop
