//! The rules of the kernels' verifiers: what each demands, why, and what to do. `check::family` finds the rule behind a message; programs
//! that break and keep each rule lie in `rules/` (`lesson`).

use super::Entry;

/// A refusal that belongs to no rule below.
pub const OTHER: &str = "V0000";

/// A rule.
#[derive(Debug)]
pub struct Rule {
    pub entry: Entry,
    /// What a report writes at the refused line.
    pub label: &'static str,
}

/// The rule with this code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.entry.code == code)
}

const fn rule_of(code: &'static str, title: &'static str, label: &'static str, text: &'static str) -> Rule {
    Rule { entry: Entry { code, title, text, example: "" }, label }
}

/// All rules, by number.
pub const RULES: &[Rule] = &[
    rule_of(
        OTHER,
        "refused for a reason without a rule of its own",
        "refused here",
        "The kernel's message belongs to none of the rules that this tool knows. The message is the kernel's own; search for it in the kernel's \
         sources, in `kernel/bpf/verifier.c`.",
    ),
    rule_of(
        "V0001",
        "a register without a value is read",
        "used here without a value",
        "Every register must be written before it is read, on every path that leads here. At the start only r1 (the context) and r10 (the frame \
         pointer) have values; a call destroys r1 to r5, and leaves r0 alone when it returns nothing.\n\
         In C this is a variable that some path does not set, or a function that ends without `return`.\n\
         Remedy: give the variable a value where it is declared.",
    ),
    rule_of(
        "V0002",
        "a pointer that may be NULL is used",
        "may be NULL here",
        "Helpers and kfuncs that look something up return NULL when there is nothing. Until the program compares the pointer with NULL, it can \
         neither access memory through it, nor do arithmetic on it, nor pass it to most helpers.\n\
         Remedy: `if (!p) return 0;` directly behind the call, on the very pointer that is used later: a copy made before the check is \
         recognised, one that was read again from memory is not.",
    ),
    rule_of(
        "V0003",
        "an access outside a map's value or other memory",
        "may lie outside the memory",
        "The kernel knows the smallest and largest value that every index can have at this place. Base, offset and size of the access together \
         must stay inside the memory for all of them.\n\
         Remedy: compare the index with the array's size directly before the access (`if (i >= SIZE) return 0;`), as an unsigned number; for \
         powers of two `i & (SIZE - 1)` never fails. Compilers sometimes check one register and use another: `barrier_var(i)` behind the \
         comparison keeps them together.",
    ),
    rule_of(
        "V0004",
        "an access behind the end of the packet",
        "may lie behind `data_end`",
        "A packet may be shorter than its headers. Before bytes are read, the program must show that they end at or before `data_end`, with one \
         comparison of the form `data + SIZE > data_end`. Helpers that change the packet (`bpf_xdp_adjust_head`, `bpf_skb_pull_data`, …) void all \
         such proofs and all pointers into the packet.\n\
         Remedy: compare first, read then; read `data` and `data_end` again behind every helper that changes the packet.",
    ),
    rule_of(
        "V0005",
        "a bad access to the stack",
        "not inside the part of the stack that is in use",
        "Each function has 512 bytes below its frame pointer, less what its callers use. What was never written reads as some number, for root; in \
         5.10 and 6.1 only down to the deepest 8 bytes that the program has written to, wholly or in part. Pointers are stored and read back as 8 \
         aligned bytes; one that was overwritten in part comes back as a number. A pointer to the stack cannot be returned to the caller.\n\
         Remedy: initialise the whole variable (`= {}`), padding included (`__builtin_memset`), and move large buffers into a per-CPU array map.",
    ),
    rule_of(
        "V0006",
        "a reference is not given back",
        "the program ends here and still holds it",
        "What a program acquires (a ring buffer record, a socket, a task, a cgroup, an allocated object, …) it must release on every path to the \
         end, exactly once, or store in a map with `bpf_kptr_xchg`.\n\
         Remedy: look at the path in the report for the early return without the release; with `goto out` all paths share one release.",
    ),
    rule_of(
        "V0007",
        "a lock is used in a way that is not allowed",
        "not while the lock is held, or not without it",
        "A program holds at most one `bpf_spin_lock` (with `bpf_res_spin_lock`, from 6.15 on, several), gives it back before it ends, and calls \
         nothing in between but what works on the locked object (from 6.12 on also its own static functions). Fields such as `bpf_list_head` may only be touched under the lock of their own \
         map value.\n\
         Remedy: copy what is needed under the lock and work on the copy behind it.",
    ),
    rule_of(
        "V0008",
        "the program never ends, or is too complex to tell",
        "followed until the limit was reached",
        "The kernel follows every path. It gives up after 1,000,000 instructions, or with more than 8,192 branches waiting, and refuses a loop that \
         comes back to a place with nothing changed.\n\
         Remedy: count loops to a constant, and let the counter be the only thing that differs between rounds; use `bpf_loop` (5.17), \
         `bpf_for` (6.4) or `can_loop` (6.9), which are checked once instead of once per round; move the body of a loop into a global function, \
         which is verified on its own.",
    ),
    rule_of(
        "V0009",
        "sleeping where it is not allowed",
        "may sleep",
        "Helpers and kfuncs that may wait for a page or a lock can be called from sleepable programs only, and there only outside of critical \
         sections: not under a lock, not inside `bpf_rcu_read_lock`, and not with preemption or interrupts disabled. Before 6.12 kernels hide such \
         helpers from programs that may not sleep (V0010).\n\
         Remedy: a section name with `.s` (`lsm.s/`, `fentry.s/`, `uprobe.s/`), or the helper's `_nofault` or `bpf_probe_read_*` relative, which \
         fails with -EFAULT instead of waiting; leave the critical section first.",
    ),
    rule_of(
        "V0010",
        "a helper is not available",
        "this kernel does not let the program call it",
        "Each program type has its own list of helpers, and lists grow from kernel to kernel. A number that a kernel does not know at all is an \
         `invalid func`.\n\
         Remedy: the report says for which section names and since which kernel the helper exists. With `bpf_core_enum_value_exists(enum \
         bpf_func_id, BPF_FUNC_…)` a program can ask the running kernel and leave the call out.",
    ),
    rule_of(
        "V0011",
        "a kernel function is not available",
        "this kernel does not let the program call it",
        "A kfunc can be called by the program types it is registered for, on kernels that have it. They are no stable interface: a kernel may drop or \
         rename one.\n\
         Remedy: declare it `__ksym __weak` and ask `bpf_ksym_exists(f)` before calling; the loader removes the call where it does not exist.",
    ),
    rule_of(
        "V0012",
        "an argument of the wrong kind",
        "not what the function takes",
        "Every argument of a helper, kfunc or global function has a kind: a map, a map's key or value, memory of a known size, a kernel object of one \
         type, a constant. The kernel's message has what it found (`type=`) and what would do (`expected=`).\n\
         Remedy: pass the pointer as it came from the helper, not a number made from it; sizes and flags that must be constants have to be \
         constants for the compiler, too.",
    ),
    rule_of(
        "V0013",
        "a return value that is not allowed",
        "returns a value outside the range",
        "Hooks give meaning to what programs return: LSM hooks 0 or a negative errno of at least -4095 (5.10 and 6.1 do not look, hooks that answer yes \
         or no take 0 or 1 from 6.12 on), cgroup hooks 0 or 1, fentry and fexit 0, \
         callbacks 0 or 1, and those that run later (timers, work queues) 0. The kernel must be able to see that the value is in range.\n\
         Remedy: return constants; with a computed value, bound it first.",
    ),
    rule_of(
        "V0014",
        "a bad access to the context",
        "no field of the context that this program may access like this",
        "The context (r1 at the start) is a structure of the program type. Only its fields can be accessed, with the sizes and in the direction that \
         the type allows, and through the pointer as it came: without arithmetic on it.\n\
         Remedy: read the field itself (`ctx->field`) with its own size; for tracing programs use `BPF_PROG`, which reads arguments as they are.",
    ),
    rule_of(
        "V0015",
        "jumps that lead nowhere, or code that nothing reaches",
        "no valid way on from here",
        "Before values are followed, the kernel looks at the shape of the program: jumps stay inside their function and hit the start of an \
         instruction, every function ends in `exit` or a jump, and every instruction can be reached.\n\
         Compilers make such code only of undefined behaviour (a function without `return`, a loop without an end) or inline assembly.",
    ),
    rule_of(
        "V0016",
        "a map that cannot be used here",
        "cannot work with this map",
        "Not every program may use every map, and not every helper every map type: sleepable programs had three map types in 5.10, and have some \
         twenty in 7.2; programs that run in any context cannot have locks or timers in their maps.\n\
         Remedy: another map type; the report says since when this one is allowed. A map counts as used when the program refers to it at all, even \
         in code that never runs.",
    ),
    rule_of(
        "V0017",
        "no program can attach there like this",
        "cannot attach to its target",
        "The target is fixed at load for LSM, fentry, fexit, fmod_ret and tp_btf programs. Sleepable ones need a target that is entered where \
         sleeping is allowed: LSM hooks from the kernel's list, functions marked for error injection (system calls are), and since 7.2 the system \
         call tracepoints. fmod_ret needs a function marked for it. Some targets are closed to all programs.\n\
         Remedy: a non-sleepable program, or the nearest hook on the list that the report names.",
    ),
    rule_of(
        "V0018",
        "programs of this type cannot sleep",
        "of a type that cannot be sleepable",
        "Whether a type of program may carry the sleepable flag (`.s` in the section's name) depends on the kernel: fentry, fexit, fmod_ret and LSM \
         in 5.10; uprobes, iterators, `syscall` and struct_ops later. Programs of type `syscall` must carry it.\n\
         Remedy: the section name without `.s`, or a newer kernel.",
    ),
    rule_of(
        "V0019",
        "memory is accessed through something that is no pointer",
        "a plain number to the kernel, not a pointer",
        "To the kernel a value is a pointer only if it knows what it points to. What was read from a map, computed, or received from user space is \
         a number, also when it holds an address. Pointers in kernel structures are known when they come from a context with BTF types.\n\
         Remedy: read such addresses with `bpf_probe_read_kernel`, `bpf_probe_read_user` or `bpf_core_read`; keep kernel pointers in maps as \
         kptrs (`__kptr`).",
    ),
    rule_of(
        "V0020",
        "arithmetic that pointers do not allow",
        "not possible with this pointer",
        "Numbers can be added to and subtracted from pointers, in 64 bits; for everything else (multiplying, masking, adding two pointers, 32-bit \
         operations, arithmetic on `data_end` or on pointers to maps) the result would point to an unknown place.\n\
         Remedy: do the arithmetic on an offset and add it to the pointer at the end.",
    ),
    rule_of(
        "V0021",
        "a size or offset without bounds",
        "not bounded here",
        "A size that is passed to a helper, or an offset that is added to a pointer, must have bounds that the kernel can see: not negative and not \
         larger than the memory.\n\
         Remedy: use unsigned types and bound the value directly before its use: `if (n > sizeof(buf)) return 0;`, or `n &= sizeof(buf) - 1` for \
         powers of two. A signed comparison leaves negative values in.",
    ),
    rule_of(
        "V0022",
        "something is released that the program does not own",
        "not a reference that the program holds",
        "Functions that release take the very pointer that was acquired: not NULL, not an inner pointer, not a borrowed one, and not twice. \
         Arguments of hooks are borrowed: a program that wants to keep one acquires a reference of its own.\n\
         Remedy: acquire with `bpf_task_acquire` and its like, check for NULL, release once.",
    ),
    rule_of(
        "V0023",
        "a region is not closed, or not open",
        "not inside, or still inside, the region",
        "`bpf_rcu_read_lock`, `bpf_preempt_disable` and `bpf_local_irq_save` need their counterparts on every path, before the program ends; 5.10 and \
         6.1 have none of them, callbacks must close what they open. RCU-protected pointers are usable inside `bpf_rcu_read_lock` only; programs that do not sleep are inside all \
         the time.\n\
         Remedy: close the region before every `return`; use such pointers before it is closed, or acquire a reference.",
    ),
    rule_of(
        "V0024",
        "memory that cannot be written, or not read, like this",
        "not writable, or not readable, for this program",
        "Constants (`const volatile` globals, maps with `BPF_F_RDONLY_PROG`), keys of maps, kernel objects, and packets of some program types are \
         read-only.\n\
         Remedy: write to a copy; change packets with helpers such as `bpf_skb_store_bytes`.",
    ),
    rule_of(
        "V0025",
        "a bad access to a kernel object",
        "not a part of the object that can be accessed",
        "Kernel objects are read field by field as their BTF describes them: inside the structure, through trusted pointers where a kfunc asks for \
         them, and without arithmetic.\n\
         Remedy: `p->field` for objects from typed contexts; acquire a reference (`bpf_task_acquire`, …) where a trusted pointer is asked for.",
    ),
    rule_of(
        "V0026",
        "a dynptr or iterator in the wrong state",
        "not in the state that this call needs",
        "Dynptrs and iterators live in stack slots that only their own functions may touch. They are made once by a constructor, used, and \
         destroyed once.\n\
         Remedy: pass the variable itself, call the constructor first, check what it returned, and destroy on every path.",
    ),
    rule_of(
        "V0027",
        "a field that only helpers may touch",
        "this field has its own functions",
        "Locks, timers, work queues, kptrs, list heads and tree roots in a map's value belong to the kernel. Programs use them through helpers and \
         kfuncs, at the very offset where BTF has them.\n\
         Remedy: declare the map with BTF types, put the structure directly into the value, and never copy or clear the whole value.",
    ),
    rule_of(
        "V0028",
        "a misaligned access",
        "not aligned to its size",
        "Accesses to the stack, and on some architectures to packets and contexts, must be aligned to their size.\n\
         Remedy: do not use packed structures on the stack; copy byte by byte where the layout is given.",
    ),
    rule_of(
        "V0029",
        "an instruction that does not exist",
        "not an instruction of this kernel",
        "The encoding is unknown to this kernel, sets bits that are reserved, shifts by more than the width, or divides by a constant zero. New \
         instruction sets (`-mcpu=v4`: jumps with a 32-bit offset, signed division, sign extension) came with 6.6.\n\
         Remedy: compile for the oldest kernel (`-mcpu=v3`, or v2 before 5.12); look for undefined behaviour.",
    ),
    rule_of(
        "V0030",
        "functions of the program do not fit together",
        "not what the kernel asks of functions",
        "Global functions are verified alone, for all arguments that their types allow: they take numbers, the context, or pointers to memory of a \
         known size, and return a number (from 7.2 on also nothing). BTF must describe every function. Tail calls, exceptions and callbacks have further rules.\n\
         Remedy: `static __noinline` for functions that should be verified at their callers; `__arg_ctx`, `__arg_nonnull` and the like (6.8) to say \
         more about arguments. \"number of funcs\" on 5.10 and 6.1: those kernels do not count functions that are only reached by address.",
    ),
    rule_of(
        "V0031",
        "too much stack, or too many nested calls",
        "one call too deep",
        "A chain of calls may use 512 bytes of stack in all, each function counted with at least 32 (16 with a JIT from 6.8 on), and be 8 functions \
         deep; from 6.13 on some types of programs have a stack per function. With tail calls a caller may use 256.\n\
         Remedy: move buffers into a per-CPU array map, or make functions inline.",
    ),
    rule_of(
        "V0032",
        "only for programs with a GPL-compatible licence",
        "only with a GPL-compatible licence",
        "Some helpers, all kfuncs, LSM programs and struct_ops are reserved for programs that declare a licence such as `GPL` or `Dual BSD/GPL`.\n\
         Remedy: `char LICENSE[] SEC(\"license\") = \"GPL\";`, if that is the licence.",
    ),
    rule_of(
        "V0033",
        "refused before the verifier looks",
        "refused as a whole",
        "The loader does not know the section's name, or the system call refuses attributes (program type, attach type, flags) without a word in \
         the log: usually the kernel is older than what is asked of it.\n\
         Remedy: check the spelling of the section's name; the report has the kernels that accept it.",
    ),
    rule_of(
        "V0034",
        "only with more privileges",
        "needs a capability",
        "Programs of users without CAP_PERFMON and CAP_BPF (or CAP_SYS_ADMIN) must not leak kernel addresses or run speculative accesses out of \
         bounds. This tool judges for root, who seldom meets these rules.",
    ),
    rule_of(
        "V0035",
        "not supported by this kernel's JIT compiler or build",
        "needs something this kernel was built without",
        "The feature needs a JIT compiler, or one of a certain architecture, or a build option. The profiles are Debian's kernels for x86-64.",
    ),
    rule_of(
        "V0036",
        "the kernel's verifier found a fault in itself",
        "the verifier itself failed here",
        "The message begins with `verifier bug` or names an internal error: not the program is wrong, but the kernel. Report it to \
         bpf@vger.kernel.org with the program.",
    ),
];
