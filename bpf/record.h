/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the kernel side hands to the daemon: the only header that both include.
 * Fixed widths, explicit padding, asserted offsets. A record carries facts as the
 * kernel has them (docs/decisions/0004-exact-bytes.md says which and why); what
 * they mean to a viewer is decided in the flow table.
 */
#ifndef TCPTOP_RECORD_H
#define TCPTOP_RECORD_H

#include <linux/types.h>

/* Not known, in any __u32 of a record that says so. */
#define FLOW_UNKNOWN 0xffffffffU

enum flow_record_kind {
	FLOW_LIVE = 1,	/* read in a walk */
	FLOW_ENDED = 2, /* the last counters, once a connection */
	FLOW_OWNER = 3, /* who held a connection that had ended already: identity and owner only */
	FLOW_SAME = 4,	/* live, and nothing new since its last record: identity only */
};

enum flow_owner {
	FLOW_OWNER_NONE = 0,
	FLOW_OWNER_SEEN = 1,	 /* connected, listened or closed in its own context */
	FLOW_OWNER_FOUND = 2,	 /* holds the file */
	FLOW_OWNER_LISTENER = 3, /* the listening socket's, until found */
	FLOW_OWNER_KERNEL = 4,	 /* born in a kernel thread */
};

#define FLOW_COMM_LEN 16

struct flow_record {
	__u64 cookie;	  /* of the socket ... */
	__u64 started_ns; /* CLOCK_BOOTTIME; 0: older than the daemon */
	__u64 tx_bytes;	  /* payload sent for the first time */
	__u64 rx_bytes;	  /* payload received in order */
	__u64 retrans_bytes;
	__u32 generation; /* ... and which connection of that socket, from 1 */
	__u32 netns;	  /* inode number */
	__u32 pid;	  /* thread group, init pid namespace; 0: none */
	__u32 uid;
	__u32 tx_packets;      /* segments; wraps */
	__u32 rx_packets;      /* segments; wraps */
	__u32 retrans_packets; /* segments; wraps */
	__u32 rtt_us;	       /* or FLOW_UNKNOWN, as the next two */
	__u32 rtt_var_us;
	__u32 min_rtt_us;
	__u32 cwnd_packets;
	__u32 tx_queue_bytes;
	__u32 rx_queue_bytes;
	__u32 backlog; /* meant for LISTEN only, as the next */
	__u32 backlog_max;
	__u16 lport; /* host byte order, as the next */
	__u16 rport;
	__u8 family;	    /* AF_INET or AF_INET6 */
	__u8 state;	    /* tcp_states.h */
	__u8 old_state;	    /* FLOW_ENDED: the state it left */
	__u8 owner;	    /* enum flow_owner */
	__u8 kind;	    /* enum flow_record_kind */
	__u8 error;	    /* FLOW_ENDED: the socket's pending errno, 0 for none */
	__u8 counters_gone; /* FLOW_ENDED: read at destroy; a disconnect may have cleared them */
	__u8 pad;
	__u8 laddr[16]; /* network byte order; IPv4 in the first four bytes */
	__u8 raddr[16];
	char comm[FLOW_COMM_LEN];
};

#ifdef __cplusplus
#define FLOW_ASSERT(what, why) static_assert(what, why)
#else
#define FLOW_ASSERT(what, why) _Static_assert(what, why)
#endif
FLOW_ASSERT(sizeof(struct flow_record) == 160, "both sides agree on the size");
FLOW_ASSERT(__builtin_offsetof(struct flow_record, generation) == 40, "no hidden padding");
FLOW_ASSERT(__builtin_offsetof(struct flow_record, lport) == 100, "no hidden padding");
FLOW_ASSERT(__builtin_offsetof(struct flow_record, laddr) == 112, "no hidden padding");

/* One read of a walk treats this many sockets at most, so that it holds its CPU no longer than
 * some 15 ms (measured: docs/overhead.md), and hands over at most as many records.
 */
#define FLOW_SHARE 10000

#endif
