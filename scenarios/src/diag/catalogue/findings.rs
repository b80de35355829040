//! Findings of the simulated machine. The codes are those of `sim::finding`.

use super::Entry;

const fn entry(code: &'static str, title: &'static str, text: &'static str, example: &'static str) -> Entry {
    Entry { code, title, text, example }
}

pub(super) const ENTRIES: &[Entry] = &[
    entry(
        sim::finding::INVALID_SLEEP.0,
        "sleeping function called from invalid context",
        "Code that may sleep was reached where sleeping is forbidden: with preemption or interrupts disabled, inside an \
         interrupt, under a spin lock or inside a classic RCU reader. A real kernel built with \
         CONFIG_DEBUG_ATOMIC_SLEEP prints `BUG: sleeping function called from invalid context`; one without it may \
         schedule in the middle of a critical section, which corrupts data or hangs.\n\
         The notes give the counters the kernel prints (in_atomic, irqs_disabled, preempt_count, RCU nesting) and who \
         took the lock.\n\
         Remedy: do the sleeping part before or after the critical section, or use the `_nofault` form, which fails \
         with -EFAULT instead of waiting.",
        "[[native]]\nname = \"sleep-under-spinlock\"   # takes a spin lock, then reads user memory\n\n[expect]\nfindings = [\"F0001\"]",
    ),
    entry(
        sim::finding::USE_AFTER_FREE.0,
        "access to kernel memory that was freed",
        "A program or the simulated kernel used memory after its owner had given it back. The notes tell which object \
         it was, who freed it and when, and which grace period had ended. In a real kernel this reads recycled data or \
         corrupts somebody else's.\n\
         Remedy: hold a reference, or stay inside the reader (classic RCU or RCU Tasks Trace) that the freeing side \
         waits for.",
        "",
    ),
    entry(
        sim::finding::OUT_OF_BOUNDS.0,
        "access outside any kernel object",
        "A load or store hit memory that was never allocated, or ran past the end of an object. The kernel's verifier \
         refuses most programs that could do this; here the access itself is caught.\n\
         Remedy: check the bounds before the access, as the verifier asks.",
        "asm = '''\n  r1 = *(u64 *)(r10 +8)   # above the stack\n  r0 = 0\n  exit\n'''",
    ),
    entry(
        sim::finding::DEADLOCK.0,
        "tasks wait for each other or for nothing",
        "Nothing can run any more and no event is due, yet tasks are still blocked. The notes list who waits for what \
         since when. Typical reasons: a `wait_for` whose mark is never reached, a userfaultfd page that nobody \
         resolves, two tasks that take two locks in opposite order.",
        "[[task]]\nname = \"a\"\nsteps = [{ wait_for = { mark = \"b.ready\" } }]   # b never says `mark = \"ready\"`",
    ),
    entry(
        sim::finding::ENDLESS_PROGRAM.0,
        "a program ran beyond its instruction budget",
        "One run of a program executed more instructions than `instruction_budget` allows (1,000,000 unless the \
         scenario says otherwise; the kernel's verifier looks at no more than that either). The loop very probably \
         never ends. Kernels from 6.12 on load such a program where the loop is around a callback or an iterator.\n\
         Remedy: bound the loop, or raise `instruction_budget` when the program is just long.",
        "asm = '''\n  goto -1\n'''",
    ),
    entry(
        sim::finding::UNBALANCED.0,
        "a critical section was left open",
        "A program or task ended, or returned to user space, with a lock held, preemption or migration disabled, or \
         inside an RCU reader. Everything after it on that CPU runs in the wrong context.\n\
         Remedy: leave on every path what was entered.",
        "",
    ),
    entry(
        sim::finding::DOUBLE_LOCK.0,
        "a lock was taken again by its holder",
        "A spin lock is not recursive: the CPU that holds it would spin for ever. The notes tell where it was taken \
         first.",
        "",
    ),
    entry(
        sim::finding::WRITE_TO_READ_ONLY.0,
        "write to read-only memory",
        "A program wrote to memory it may only read: `.rodata` of its object, a map created with BPF_F_RDONLY_PROG, or \
         a read-only field of its context. The kernel's verifier refuses such a program.",
        "",
    ),
    entry(
        sim::finding::NOT_MODELLED.0,
        "something is not modelled",
        "The run reached a part of the kernel that this simulator does not model. From there on its answer would be a \
         guess, so the run does not count as passed. `sleepable support` lists what is modelled.",
        "",
    ),
    entry(
        sim::finding::TIME_LIMIT.0,
        "the virtual-time limit was reached",
        "At `time_limit` (60 s of virtual time unless the scenario says otherwise) tasks were still alive. Something \
         sleeps for very long or loops in small sleeps. The notes list what each task was doing.\n\
         Remedy: raise `time_limit`, or find out why the task does not end.",
        "time_limit = \"1s\"\n[[task]]\nname = \"sleeper\"\nsteps = [{ sleep = \"2s\" }]",
    ),
    entry(
        sim::finding::GRACE_PERIOD_STALL.0,
        "a reader holds up a grace period for very long",
        "Everything that waits for this grace period waits too: memory that was freed in the meantime, programs and links \
         that were detached, tasks in `synchronize_rcu` or `synchronize_rcu_tasks_trace`. The message and the first notes \
         are what the kernel prints: after 21 s for classic RCU and ten minutes for RCU Tasks Trace (7.2 prints nothing \
         for the latter). The last notes are the chain the kernel does not print: grace period, reader, program and \
         source line, what it waits for, and who holds that.\n\
         Remedy: a sleepable program should not wait for something a user-space process decides, or only where nobody \
         updates what it reads.",
        "region = [{ name = \"page\", userfaultfd = { after = \"20m\" }, state = \"untouched\" }]",
    ),
    entry(
        sim::finding::CALLBACK_PANICKED.0,
        "an RCU callback panicked",
        "A callback that had been queued for a grace period failed when it was invoked. The message names the function \
         that queued it and where. The other callbacks ran, and so did whoever waits in `rcu_barrier`. This is a fault in \
         native code, a native program or this simulator, not in a BPF program.",
        "",
    ),
    entry(
        sim::finding::WAITS_FOR_ITSELF.0,
        "waiting for a grace period inside its own reader",
        "A task called `synchronize_rcu` inside a classic RCU section, or `synchronize_rcu_tasks_trace` inside a Tasks \
         Trace section. The grace period waits for every section that was open when it began, so the task waits for \
         itself, and everybody else who needs a grace period waits with it. A kernel with CONFIG_PROVE_RCU warns in \
         these words; one without it hangs.\n\
         Remedy: leave the section first, or use `call_rcu` or `call_rcu_tasks_trace`, which never wait.",
        "",
    ),
    entry(
        sim::finding::RCU_FROM_NMI.0,
        "a callback was queued from an NMI",
        "`call_rcu` and `call_rcu_tasks_trace` change per-CPU lists with interrupts disabled. A non-maskable interrupt is \
         not held back by that and may have hit the very code that changes them.\n\
         Remedy: defer to irq_work, as the kernel's BPF allocator does.",
        "",
    ),
    entry(
        sim::finding::LOCK_ORDER.0,
        "two locks are taken in both orders",
        "One context holds a lock of the first map and takes one of the second; another context, perhaps much later, does it the \
         other way round. When both happen at once on two CPUs, each waits for the other and neither goes on. The run went well \
         this time; the notes tell both places. A kernel built with CONFIG_PROVE_LOCKING prints `possible circular locking \
         dependency detected`.\n\
         Remedy: take the locks in one order everywhere, or use bpf_res_spin_lock (7.2), which returns -EDEADLK instead of waiting for ever.",
        "",
    ),
    entry(
        sim::finding::NESTED_LOCK.0,
        "a second bpf_spin_lock while one is held",
        "A program took a bpf_spin_lock without releasing the one it held. The kernel's verifier refuses such a program \
         (`Locking two bpf_spin_locks are not allowed`), because two programs that take two locks in opposite order wait for each other for \
         ever. The run goes on, so that the deadlock can be seen.\n\
         Remedy: release the first lock before the second, put both data under one lock, or use bpf_res_spin_lock (7.2), which may be nested.",
        "",
    ),
];
