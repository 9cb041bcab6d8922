/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who holds a socket. `current` is asked only where it is the process at work: in connect(),
 * listen(), close() and shutdown(), never in the softirq that handles a segment.
 */
#ifndef TCPTOP_OWNER_BPF_H
#define TCPTOP_OWNER_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel_types.bpf.h"
#include "maps.bpf.h"

/* `comm` is the process's, not the thread's: threads have names of their own. */
static __always_inline void set_owner(struct flow_entry *entry, struct task_struct *task, __u8 kind)
{
	entry->pid = task->tgid;
	entry->owner = kind;
	BPF_CORE_READ_STR_INTO(&entry->comm, task, group_leader, comm);
}

/* Records `current` as a holder of the socket. A kernel thread proves nothing at a close (files
 * are also put by workers) but at a birth says that the socket is the kernel's own.
 */
static __always_inline void set_owner_current(struct flow_entry *entry, bool birth)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (!(task->flags & PF_KTHREAD)) {
		set_owner(entry, task, FLOW_OWNER_SEEN);
	} else if (birth) {
		__builtin_memset(entry->comm, 0, sizeof(entry->comm));
		entry->pid = 0;
		entry->owner = FLOW_OWNER_KERNEL;
	}
}

static __always_inline bool owner_is_verified(const struct flow_entry *entry)
{
	return entry->owner != FLOW_OWNER_NONE && entry->owner != FLOW_OWNER_LISTENER;
}

#endif
