/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading a TCP socket into a record. What differs between kernels is dealt with here and
 * nowhere else. Counters are read without the socket's lock: each is whole, two may be a segment
 * apart.
 */
#ifndef TCPTOP_SOCK_BPF_H
#define TCPTOP_SOCK_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#include "kernel_types.bpf.h"
#include "record.h"

static __always_inline __u8 sock_state(struct tcp_sock *tp)
{
	return tp->inet_conn.icsk_inet.sk.__sk_common.skc_state;
}

static __always_inline bool took_fin(struct tcp_sock *tp)
{
	return tp->inet_conn.icsk_inet.sk.__sk_common.skc_flags & (1UL << SOCK_DONE);
}

/* A difference of sequence numbers, less the one that a SYN or FIN takes, never below 0. */
static __always_inline __u32 queued(__u32 end, __u32 begin, bool control)
{
	__s32 bytes = (__s32)(end - begin) - control;

	return bytes > 0 ? bytes : 0;
}

/* Our SYN or FIN is in the send queue until it is acknowledged. */
static __always_inline bool sends_control(__u8 state)
{
	return state == TCP_SYN_SENT || state == TCP_SYN_RECV || state == TCP_FIN_WAIT1 ||
	       state == TCP_CLOSING || state == TCP_LAST_ACK;
}

static __always_inline void read_endpoints(struct flow_record *r, struct tcp_sock *tp)
{
	struct sock_common *skc = &tp->inet_conn.icsk_inet.sk.__sk_common;

	r->family = skc->skc_family;
	r->rport = bpf_ntohs(skc->skc_dport);
	/* skc_num is 0 already when the socket goes to CLOSE; inet_sport still has the port. */
	r->lport = bpf_ntohs(tp->inet_conn.icsk_inet.inet_sport);
	if (r->family == AF_INET6) {
		BPF_CORE_READ_INTO(&r->laddr, skc, skc_v6_rcv_saddr.in6_u.u6_addr8);
		BPF_CORE_READ_INTO(&r->raddr, skc, skc_v6_daddr.in6_u.u6_addr8);
	} else {
		__be32 local = skc->skc_rcv_saddr, remote = skc->skc_daddr;

		__builtin_memcpy(r->laddr, &local, sizeof(local));
		__builtin_memcpy(r->raddr, &remote, sizeof(remote));
	}
}

static __always_inline void read_counters(struct flow_record *r, struct tcp_sock *tp, __u8 state)
{
	__u32 min_rtt = tp->rtt_min.s[0].v; /* ~0 before the first sample, our FLOW_UNKNOWN too */
	__u32 srtt = tp->srtt_us;	    /* stored times 8, mdev_us times 4; 0: no sample */
	bool fin = took_fin(tp);

	r->tx_bytes = tp->bytes_sent - tp->bytes_retrans;
	r->rx_bytes = tp->bytes_received - fin; /* it counts the FIN */
	r->retrans_bytes = tp->bytes_retrans;
	r->tx_packets = tp->segs_out;
	r->rx_packets = tp->segs_in;
	r->retrans_packets = tp->total_retrans;
	r->rtt_us = srtt ? srtt >> 3 : FLOW_UNKNOWN;
	r->rtt_var_us = srtt ? tp->mdev_us >> 2 : FLOW_UNKNOWN;
	r->min_rtt_us = min_rtt;
	r->cwnd_packets = tp->snd_cwnd;
	r->tx_queue_bytes = queued(tp->write_seq, tp->snd_una, sends_control(state));
	r->rx_queue_bytes = queued(tp->rcv_nxt, tp->copied_seq, fin);
}

/* Everything but identity and owner, which the entry has. */
static __always_inline void read_sock(struct flow_record *r, struct tcp_sock *tp)
{
	struct sock *sk = &tp->inet_conn.icsk_inet.sk;

	r->state = sock_state(tp);
	r->netns = sk->__sk_common.skc_net.net->ns.inum;
	r->uid = sk->sk_uid.val;
	r->backlog = sk->sk_ack_backlog;
	r->backlog_max = sk->sk_max_ack_backlog;
	read_endpoints(r, tp);
	read_counters(r, tp, r->state);
}

/*
 * A number that differs when anything a viewer is shown may: segments in and out cover every
 * counter and the RTT; written and read bytes the queues; then state, accept queue and owner.
 */
static __always_inline __u64 signature_of(struct tcp_sock *tp, __u32 pid)
{
	struct sock *sk = &tp->inet_conn.icsk_inet.sk;
	const __u64 prime = 0x9e3779b97f4a7c15ULL; /* 2^64 / golden ratio: spreads low bits */
	__u64 h = (__u64)tp->segs_in << 32 | tp->segs_out;

	h = h * prime ^ ((__u64)tp->write_seq << 32 | tp->copied_seq);
	h = h * prime ^ ((__u64)sk->sk_ack_backlog << 32 | pid);
	h = h * prime ^ sk->__sk_common.skc_state;
	return h;
}

#endif
