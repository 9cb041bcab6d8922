/* SPDX-License-Identifier: GPL-2.0-only */
/* Every map and shared variable: why this kind, who sizes it, what happens when it is full. */
#ifndef TCPTOP_MAPS_BPF_H
#define TCPTOP_MAPS_BPF_H

#include "kernel_types.bpf.h"
#include "record.h"

/*
 * What we remember of a socket beside what the kernel counts. Kept small: an accepted child gets
 * a copy of its listener's, charged to the child's option memory (net.core.optmem_max, 20,480
 * bytes on 6.1), and where that charge fails the kernel drops the connection.
 */
struct flow_entry {
	__u64 cookie;	  /* whose entry this is: a clone still carries its listener's */
	__u64 started_ns; /* CLOCK_BOOTTIME; 0: older than the daemon */
	__u64 signature;  /* of what the last record of it said */
	__u32 generation; /* raised at each SYN_SENT and LISTEN: a socket may connect again */
	__u32 pid;
	char comm[FLOW_COMM_LEN];
	__u8 owner; /* enum flow_owner */
	__u8 ended; /* enum flow_end */
	__u8 pad[6];
};
_Static_assert(sizeof(struct flow_entry) <= 96, "charged to every accepted connection");

enum flow_end {
	FLOW_OPEN = 0,
	FLOW_END_WRITTEN,      /* its last record is in the ring */
	FLOW_END_WRITTEN_HELD, /* the same, and no FIN was sent: its program still holds the file */
};

/* Goes with the socket, and to an accepted child as a copy. Storage that the socket's option
 * memory refuses is counted in refused_storage.
 */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct flow_entry);
} flows SEC(".maps");

/* Where a walk writes, mapped into the daemon. Not the iterator's own output: that restarts its
 * hash bucket at each 32 KiB and is quadratic. One share's worth: the walk stops before the next
 * socket and the daemon empties it.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, FLOW_SHARE);
	__type(key, __u32);
	__type(value, struct flow_record);
} records SEC(".maps");

/* Ends of connections, emptied once a tick, or when half full. 4 MiB hold 24,900 of them; what
 * does not fit is counted in lost_events and written again when the socket is destroyed.
 */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} events SEC(".maps");

/* The daemon sets share_left, records_used and report_all before each read of a walk. */
__u32 share_left = 0;	/* sockets that this read may still treat */
__u32 records_used = 0; /* records written */
bool report_all = false;

__u64 lost_events = 0;
__u64 refused_storage = 0;

#endif
