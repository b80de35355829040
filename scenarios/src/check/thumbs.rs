//! Rules of thumb, a line for each rule: what to do when no table of the kernels knows better.
//!
//! Key function: [`thumb`]. Neighbours: `help` asks first what the tables know, `clue` what the message and the program show.

const THUMBS: &[(&str, &str)] = &[
    ("V0000", "search for the kernel's words; `--log` prints the way there"),
    ("V0001", "give the variable a value where it is declared; every path has to set it"),
    (
        "V0003",
        "compare the index directly before the access, as an unsigned number: `if (i >= SIZE) return 0;`",
    ),
    (
        "V0004",
        "compare first: `if (data + sizeof(*header) > data_end) return …;`, with everything that is read",
    ),
    ("V0005", "initialise the whole variable, padding included: `__builtin_memset(&v, 0, sizeof(v))`"),
    ("V0007", "copy what is needed under the lock, give the lock back, then go on"),
    ("V0008", "bound the loop by a constant, or use `bpf_loop` (since 5.17) or `bpf_for` (since 6.4)"),
    (
        "V0009",
        "call it from a sleepable program (`.s` in the section's name), outside of locks and RCU sections",
    ),
    (
        "V0010",
        "another type of program may call it, or a newer kernel: `sleepable support` lists the helpers",
    ),
    (
        "V0011",
        "kernel functions come with kernels and program types: declare it `__weak` and ask `bpf_ksym_exists` before the call",
    ),
    ("V0012", "pass the pointer as it came from the helper or the context, checked for NULL"),
    ("V0014", "read whole fields of the context, each with its own size: `ctx->field`"),
    (
        "V0015",
        "no compiler makes such code: look at inline assembly, and at what follows `__builtin_unreachable`",
    ),
    ("V0016", "another type of map, or a program that may use this one"),
    (
        "V0017",
        "look for the function in the kernel's BTF: `bpftool btf dump file /sys/kernel/btf/vmlinux | grep NAME`",
    ),
    (
        "V0019",
        "read through an address that is only a number with `bpf_probe_read_kernel` or `bpf_probe_read_user`",
    ),
    ("V0020", "calculate an offset first and add it to the pointer at the end, in 64 bits"),
    (
        "V0021",
        "bound the value directly before its use, as an unsigned number: `if (n > sizeof(buf)) return 0;`",
    ),
    ("V0022", "release each reference once, through the pointer that was acquired and checked for NULL"),
    ("V0023", "close the region on every path, before each `return`; what was taken must be taken only once"),
    ("V0024", "write to a copy on the stack or in another map"),
    (
        "V0025",
        "read the field by name through a typed pointer, and acquire a reference where a trusted one is needed",
    ),
    ("V0026", "construct it once, check what the constructor returned, destroy it on every path"),
    ("V0027", "declare the map with BTF types and touch the field through its own functions only"),
    ("V0028", "align the variable to its size; no packed structures on the stack"),
    ("V0029", "compile for the oldest kernel you support, for example with `-mcpu=v3`"),
    (
        "V0030",
        "arguments of global functions are numbers, the context, or pointers to structures of known size; make the function `static` otherwise",
    ),
    ("V0031", "move large buffers into a per-CPU array map, or make the function inline"),
    ("V0032", "`char LICENSE[] SEC(\"license\") = \"GPL\";`, if that is the licence"),
    ("V0033", "a kernel of this version does not know what is asked of it: see which kernels accept"),
    ("V0034", "load it as root, or with CAP_BPF and CAP_PERFMON"),
    ("V0035", "switch the JIT compiler on: `sysctl net.core.bpf_jit_enable=1`"),
    ("V0036", "look for an unusual argument, such as a map of the wrong type; the kernel cannot name it"),
];

/// A rule of thumb for a rule.
pub fn thumb(code: &str) -> Option<&'static str> {
    THUMBS.iter().find(|(known, _)| *known == code).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::catalogue::rules::RULES;

    #[test]
    fn every_rule_has_help() {
        for rule in RULES {
            let code = rule.entry.code;
            // These two are answered from the message and the tables in any case.
            assert!(thumb(code).is_some() || ["V0002", "V0006", "V0013", "V0018"].contains(&code), "{code}");
        }
    }
}
