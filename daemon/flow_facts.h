// What a record's facts mean to a viewer: pure functions from the kernel's terms to ours.
#pragma once

#include <optional>

#include "bpf/record.h"
#include "proto/connection.h"

namespace tcptop {

// Identity and what never changes: id, network namespace, user.
void set_identity(Connection& connection, const flow_record& record);
// State, endpoints, what is measured, and the counters that a record has whole (bytes).
void set_facts(Connection& connection, const flow_record& record);
void set_owner(Connection& connection, const flow_record& record);

// Why a connection ended, from the state that it left and the error it left with.
CloseReason close_reason(const flow_record& record);

}  // namespace tcptop
