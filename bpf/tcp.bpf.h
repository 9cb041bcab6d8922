/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life of a TCP connection: tagged at birth, read in walks, one last record at its end.
 * Identity is the socket's cookie and a generation: a socket that was refused may connect again.
 */
#ifndef TCPTOP_TCP_BPF_H
#define TCPTOP_TCP_BPF_H

#include <bpf/bpf_helpers.h>

#include "maps.bpf.h"
#include "owner.bpf.h"
#include "sock.bpf.h"

static __always_inline struct flow_entry *find_entry(struct tcp_sock *tp)
{
	return bpf_sk_storage_get(&flows, tp, 0, 0);
}

static __always_inline struct flow_entry *create_entry(struct tcp_sock *tp, __u64 started_ns)
{
	struct flow_entry new = {
		.cookie = bpf_get_socket_cookie(tp), .started_ns = started_ns, .generation = 1};
	struct flow_entry *entry =
		bpf_sk_storage_get(&flows, tp, &new, BPF_SK_STORAGE_GET_F_CREATE);

	if (!entry)
		__sync_fetch_and_add(&refused_storage, 1);
	return entry;
}

/*
 * An accepted child starts with a copy of its listener's entry: makes it the child's own, with the
 * listener's process as its owner until a better one is known. Not to be called at SYN_RECV: up to
 * 6.12 the child there still has its listener's cookie and addresses.
 */
static __always_inline void adopt_clone(struct flow_entry *entry, __u64 cookie)
{
	entry->cookie = cookie;
	entry->generation = 1;
	entry->started_ns = bpf_ktime_get_boot_ns();
	entry->signature = 0;
	entry->ended = FLOW_OPEN;
	if (entry->owner == FLOW_OWNER_SEEN || entry->owner == FLOW_OWNER_FOUND)
		entry->owner = FLOW_OWNER_LISTENER;
}

static __always_inline void adopt_if_clone(struct flow_entry *entry, struct tcp_sock *tp)
{
	__u64 cookie = bpf_get_socket_cookie(tp);

	if (entry->cookie != cookie)
		adopt_clone(entry, cookie);
}

/* connect() or listen(): a new connection of this socket, in the process that makes it. */
static __always_inline void begin(struct tcp_sock *tp)
{
	struct flow_entry *entry = find_entry(tp);

	if (entry) {
		adopt_if_clone(entry, tp);
		entry->generation++;
		entry->started_ns = bpf_ktime_get_boot_ns();
		entry->signature = 0;
		entry->ended = FLOW_OPEN;
	} else {
		entry = create_entry(tp, bpf_ktime_get_boot_ns());
	}
	if (entry)
		set_owner_current(entry, true);
}

/* A child is itself from here on. Where its listener was not tagged, it has no entry yet. */
static __always_inline void established_child(struct tcp_sock *tp)
{
	struct flow_entry *entry = find_entry(tp);

	if (entry)
		adopt_if_clone(entry, tp);
	else
		create_entry(tp, bpf_ktime_get_boot_ns());
}

/* close() or shutdown() sends the FIN: the caller holds the socket. */
static __always_inline void closing_here(struct tcp_sock *tp)
{
	struct flow_entry *entry = find_entry(tp);

	if (!entry)
		return;
	adopt_if_clone(entry, tp);
	set_owner_current(entry, false);
}

static __always_inline void fill(struct flow_record *r, struct tcp_sock *tp,
				 const struct flow_entry *entry)
{
	read_sock(r, tp);
	r->cookie = entry->cookie;
	r->generation = entry->generation;
	r->started_ns = entry->started_ns;
	r->pid = entry->pid;
	r->owner = entry->owner;
	__builtin_memcpy(r->comm, entry->comm, sizeof(r->comm));
}

/* Wakes the daemon only where it could not wait for its tick: a wake-up a record costs fifty
 * times as much as one a tick.
 */
static __always_inline void submit(struct flow_record *r)
{
	__u64 waiting = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	__u64 size = bpf_ringbuf_query(&events, BPF_RB_RING_SIZE);

	bpf_ringbuf_submit(r, waiting > size / 2 ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

static __always_inline struct flow_record *reserve(__u8 kind)
{
	struct flow_record *r = bpf_ringbuf_reserve(&events, sizeof(*r), 0);

	if (!r) {
		__sync_fetch_and_add(&lost_events, 1);
		return NULL;
	}
	__builtin_memset(r, 0, sizeof(*r));
	r->kind = kind;
	return r;
}

/* The last record, once a connection. `at_destroy`: the state hook was skipped (the kernel's
 * recursion guard), and a disconnect may have cleared the counters since.
 */
static __always_inline void write_end(struct tcp_sock *tp, struct flow_entry *entry, __u8 old_state,
				      bool at_destroy)
{
	struct flow_entry unknown = {.generation = 1};
	struct flow_record *r = reserve(FLOW_ENDED);

	if (!r)
		return;
	if (entry) {
		/* No FIN went out: the program still holds the socket, or is just dropping it. */
		bool held =
			!at_destroy && (old_state == TCP_ESTABLISHED ||
					old_state == TCP_CLOSE_WAIT || old_state == TCP_SYN_SENT);

		entry->ended = held ? FLOW_END_WRITTEN_HELD : FLOW_END_WRITTEN;
		fill(r, tp, entry);
	} else {
		unknown.cookie = bpf_get_socket_cookie(tp);
		fill(r, tp, &unknown);
	}
	r->state = TCP_CLOSE;
	r->old_state = old_state;
	r->error = tp->inet_conn.icsk_inet.sk.sk_err;
	r->counters_gone = at_destroy;
	submit(r);
}

/* The connection ends: a state hook with its counters still whole. */
static __always_inline void end(struct tcp_sock *tp, __u8 old_state)
{
	struct flow_entry *entry = find_entry(tp);

	if (entry) {
		adopt_if_clone(entry, tp);
		if (entry->ended != FLOW_OPEN)
			return;
	}
	write_end(tp, entry, old_state, false);
}

/*
 * The socket goes. Mostly its end is written; then a connection that its peer had reset may still
 * want an owner: its program is closing the file right now.
 */
static __always_inline void destroy(struct tcp_sock *tp)
{
	struct flow_entry *entry = find_entry(tp);
	struct flow_record *r;

	if (!entry)
		return;
	if (entry->ended == FLOW_OPEN) {
		adopt_if_clone(entry, tp);
		write_end(tp, entry, sock_state(tp), true);
		return;
	}
	if (entry->ended != FLOW_END_WRITTEN_HELD || owner_is_verified(entry))
		return;
	set_owner_current(entry, false);
	if (!owner_is_verified(entry))
		return;
	r = reserve(FLOW_OWNER);
	if (!r)
		return;
	r->cookie = entry->cookie;
	r->generation = entry->generation;
	r->pid = entry->pid;
	r->owner = entry->owner;
	__builtin_memcpy(r->comm, entry->comm, sizeof(r->comm));
	submit(r);
}

#endif
