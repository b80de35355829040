//! Which verifier messages belong to the gate, by pattern (`*` stands for anything).

use scenarios::check::family::matches;

/// Rule family and patterns.
const FAMILIES: &[(&str, &[&str])] = &[
    (
        "type gate",
        &[
            "Only fentry/fexit/fmod_ret*",
            "Program of this type cannot be sleepable",
            "Syscall programs can only be sleepable",
        ],
    ),
    (
        "target",
        &[
            "* is not sleepable",
            "*() is not modifiable",
            "Sleepable program cannot attach to non-faultable tracepoint *",
            "attach_btf_id * points to disabled hook *",
            "LSM programs must have a GPL compatible license",
            "struct ops programs must have a GPL compatible license",
            "attach to unsupported member *",
            "Attaching *",
        ],
    ),
    ("system call", &["(no message) *"]),
    (
        "maps",
        &[
            "Sleepable programs can only use *",
            "* progs cannot use bpf_* yet",
            "perf_event programs can only use preallocated hash map",
            "bpf_struct_ops map cannot be used in prog",
        ],
    ),
    (
        "helpers",
        &[
            "invalid func *",
            "unknown func *",
            "program of this type cannot use helper *",
            "cannot call GPL-restricted function from non-GPL compatible program",
            "helper call is not allowed in probe",
            "helper call might sleep in a non-sleepable prog",
            "sleepable helper * in non-sleepable prog",
        ],
    ),
    (
        "kfuncs",
        &[
            "calling kernel function * is not allowed",
            "cannot call kernel function from non-GPL compatible program",
            "kernel function * is sleepable but the program is not",
            "program must be sleepable to call sleepable kfunc *",
        ],
    ),
    ("sleeping functions", &["sleepable global function * called in non-sleepable prog"]),
    (
        "functions and flow",
        &[
            "number of funcs in func_info doesn't match number of subprogs",
            "jump out of range from insn *",
            "last insn is not an exit or jmp",
            "unreachable insn *",
            "jump into the middle of ldimm64 insn *",
            "call to invalid destination",
            "too many subprograms",
        ],
    ),
    (
        "encoding",
        &[
            "unknown opcode *",
            "* uses reserved fields",
            "div by zero",
            "invalid shift *",
            "invalid bpf_ld_imm64 insn",
            "invalid BPF_*",
            "BPF_ATOMIC uses invalid atomic opcode *",
            "BPF_LD_[ABS|IND] instructions not allowed for this program type",
        ],
    ),
];

/// The family that a reason belongs to; `None`: it is the verifier's.
pub fn family(reason: &str) -> Option<&'static str> {
    let hit = |(_, patterns): &&(&str, &[&str])| patterns.iter().any(|pattern| matches(pattern, reason));
    FAMILIES.iter().find(hit).map(|(name, _)| *name)
}

/// All families.
pub fn names() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().map(|(name, _)| *name)
}

#[test]
fn patterns_match_whole_texts() {
    assert_eq!(family("security_file_open is not sleepable"), Some("target"));
    assert_eq!(family("tracing progs cannot use bpf_wq yet"), Some("maps"));
    assert_eq!(family("R1 invalid mem access 'scalar'"), None);
    assert_eq!(family("sleepable helper bpf_copy_from_user#148 in rcu_read_lock region"), None);
}
