/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hooks, each with why it and what it costs. None runs per packet or per send: the kernel
 * counts for every socket already, and we read what it counted.
 */
#include "kernel_types.bpf.h"

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "maps.bpf.h"
#include "owner.bpf.h"
#include "record.h"
#include "sock.bpf.h"
#include "tcp.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/*
 * Birth and end. Stable since 4.16, called for every change of state with both states; about eight
 * calls in a connection's life, both ends together 2.4 us of a connect-exchange-close cycle.
 */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_state, struct sock *sk, int old_state, int new_state)
{
	struct tcp_sock *tp;

	/* Most calls are of no interest: leave before any lookup. */
	if (new_state == TCP_SYN_RECV || new_state == TCP_FIN_WAIT2 ||
	    new_state == TCP_CLOSE_WAIT || new_state == TCP_CLOSING ||
	    (new_state == TCP_ESTABLISHED && old_state != TCP_SYN_RECV))
		return 0;
	tp = bpf_skc_to_tcp_sock(sk); /* NULL for MPTCP's own, DCCP, SCTP */
	if (!tp)
		return 0;

	if (new_state == TCP_SYN_SENT || new_state == TCP_LISTEN)
		begin(tp);
	else if (new_state == TCP_ESTABLISHED)
		established_child(tp);
	else if (new_state == TCP_FIN_WAIT1 || new_state == TCP_LAST_ACK)
		closing_here(tp);
	else if (new_state == TCP_CLOSE)
		end(tp, old_state);
	return 0;
}

/*
 * The second chance: a program has a recursion guard of its own, so an end that on_state was not
 * run for (a softirq came in the middle of it) is written here. One lookup a socket.
 */
SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(on_destroy, struct sock *sk)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);

	if (tp)
		destroy(tp);
	return 0;
}

/*
 * The tick: every tagged socket of every network namespace, 0.5 us each. Stops before a socket
 * when its share is used up: a whole walk would hold its CPU for as long as it takes.
 */
SEC("iter/bpf_sk_storage_map")
int walk_flows(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct flow_entry *entry = ctx->value;
	struct sock *sk = ctx->sk;
	struct flow_record *r;
	struct tcp_sock *tp;
	__u64 signature;
	__u64 cookie;
	__u32 slot;

	if (!sk || !entry)
		return 0;
	if (share_left == 0)
		return 1; /* read() says EAGAIN; the next one is offered this socket again */
	share_left--;
	if (sk->__sk_common.skc_state == TCP_CLOSE)
		return 0; /* ended, and held by a program that has not closed it yet */
	cookie = bpf_get_socket_cookie(sk);
	if (entry->cookie != cookie) {
		if (sk->__sk_common.skc_state == TCP_SYN_RECV)
			return 0; /* a child that is not itself yet */
		adopt_clone(entry, cookie);
	}
	if (entry->ended != FLOW_OPEN)
		return 0; /* its last record is out; the state follows in a moment */
	tp = bpf_skc_to_tcp_sock(sk);
	if (!tp)
		return 0;
	signature = signature_of(tp, entry->pid);
	if (!report_all && entry->signature == signature)
		return 0;
	slot = records_used;
	r = bpf_map_lookup_elem(&records, &slot);
	if (!r)
		return 1;
	records_used = slot + 1;
	if (entry->signature == signature) {
		r->kind = FLOW_SAME;
		r->cookie = cookie;
		r->generation = entry->generation;
		return 0;
	}
	entry->signature = signature;
	r->kind = FLOW_LIVE;
	fill(r, tp, entry);
	return 0;
}

/*
 * Who holds what: every open file of every process, in every network namespace. Tags the sockets
 * that were open before us, and names the holder of those whose owner is not verified. 0.7 us a
 * file: run at the start and rarely.
 */
SEC("iter/task_file")
int find_holders(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct flow_entry *entry;
	struct socket *socket;
	struct tcp_sock *tp;

	if (!task || !file)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket || !socket->sk)
		return 0;
	tp = bpf_skc_to_tcp_sock(socket->sk);
	if (!tp || sock_state(tp) == TCP_CLOSE)
		return 0;
	entry = find_entry(tp);
	if (!entry)
		entry = create_entry(tp, 0);
	if (!entry)
		return 0;
	adopt_if_clone(entry, tp);
	if (!owner_is_verified(entry))
		set_owner(entry, task, FLOW_OWNER_FOUND);
	return 0;
}

/*
 * Sockets without a file: orphans that still send, the kernel's own. The daemon's network
 * namespace only; run once, at the start.
 */
SEC("iter/tcp")
int seed_without_file(struct bpf_iter__tcp *ctx)
{
	struct sock_common *skc = ctx->sk_common;
	struct tcp_sock *tp;

	if (!skc)
		return 0;
	tp = bpf_skc_to_tcp_sock(skc); /* NULL for TIME_WAIT and NEW_SYN_RECV: no full sockets */
	if (!tp || sock_state(tp) == TCP_CLOSE || find_entry(tp))
		return 0;
	create_entry(tp, 0);
	return 0;
}
