//! What the message and the program themselves tell about a way out.
//!
//! Key functions: one per kind of refusal, each with help lines, none when it sees no clue. Neighbour: `help`.

use programs::core_reloc;
use programs::profile::KernelVersion;
use programs::profile::map_type::MapType;

use super::help::Subject;
use super::since::{since, versions};
use super::trail::StepKind;

/// Bytes of stack that a function may use.
const STACK: i64 = 512;

/// A register that a call destroyed.
pub fn destroyed(subject: &Subject<'_>) -> Vec<String> {
    let value = subject.steps.iter().rev().find(|step| step.kind == StepKind::Value);
    let by_call = value.is_some_and(|step| step.text.contains("do not survive calls"));
    by_call
        .then(|| "keep the value in r6 to r9 or on the stack during the call".to_owned())
        .into_iter()
        .collect()
}

/// Outside of the stack, as opposed to inside but not initialised.
pub fn stack(message: &str) -> Vec<String> {
    let number = |key: &str| -> Option<i64> {
        let rest = &message[message.find(key)? + key.len()..];
        let end = rest.find(|c: char| c != '-' && !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    };
    let variable = message.contains("var_off") || message.contains("variable-offset");
    let place = number("off=").or_else(|| number("off ")).zip(number("size=").or_else(|| number("size ")));
    match place {
        _ if variable => {
            vec![
                "bound the index directly before the access, so that it stays inside the variable".to_owned(),
            ]
        }
        Some((off, size)) if off < -STACK || off + size > 0 => vec![format!(
            "the stack reaches from -{STACK} to -1: {size} bytes at {off} are not inside; compare the size with the variable's"
        )],
        _ => Vec::new(),
    }
}

/// Sections of programs whose context leads to a packet.
const PACKETS: [&str; 8] = ["xdp", "tc", "classifier", "action", "lwt", "sk_skb", "cgroup_skb", "socket"];

/// What was a pointer and is a number now, by a release or a change of the packet.
pub fn void_pointer(subject: &Subject<'_>) -> Vec<String> {
    let packets = PACKETS.iter().any(|kind| subject.program.section.starts_with(kind));
    let was_pointer = subject.steps.iter().any(|step| {
        step.kind == StepKind::Value
            && (step.text.contains("NULL when there is nothing")
                || (packets && step.text.contains("of the context")))
    });
    let number = subject.known.is_some_and(|known| known.contains("=scalar("));
    let number =
        number && (subject.message.contains("invalid mem access") || subject.message.contains("type="));
    (was_pointer && number)
        .then(|| {
            "it was a pointer: what is released, and packet pointers behind a call that changes the packet, are \
             numbers from then on"
                .to_owned()
        })
        .into_iter()
        .collect()
}

/// What must be a constant, and is computed.
pub fn constant() -> Vec<String> {
    vec![
        "a number that the compiler knows is asked for here; `bpf_ringbuf_reserve_dynptr` (6.1 and later) takes a \
         size that is computed"
            .to_owned(),
    ]
}

/// The call that libbpf puts where a CO-RE relocation finds nothing.
pub fn no_relocation(subject: &Subject<'_>) -> Vec<String> {
    if subject.message != "invalid func unknown#195896080" {
        return Vec::new();
    }
    let relocations =
        subject.insn.into_iter().flat_map(|insn| subject.program.core.iter().filter(move |r| r.insn == insn));
    let found = relocations.zip(subject.object.btf.as_ref()).next();
    let what =
        found.map_or_else(String::new, |(relo, local)| format!(": {}", core_reloc::describe(relo, local)));
    vec![
        format!("this kernel has not what a CO-RE relocation asks for{what}; libbpf put this call in its place"),
        "ask with `bpf_core_field_exists` or `bpf_core_type_exists` before reading, and use another name where there is one \
         (`struct NAME___old`)"
            .to_owned(),
    ]
}

/// A map that the kernel does not create.
pub fn map_creation(subject: &Subject<'_>) -> Option<String> {
    let name = subject.message.strip_prefix("map '")?.split_once("': failed to create")?.0;
    let map = subject.object.maps.iter().find(|map| map.name == name)?;
    let row = MapType::from_number(map.map_type)?;
    let having = versions(|version| row.exists(version));
    Some(match since(&having).filter(|_| !having.contains(&subject.profile.version)) {
        Some(since) => format!("`{name}` is a map of type {}, which exists {since}", row.name),
        None => format!(
            "`{name}` is a map of type {}: look at its sizes, flags and the fields of its value",
            row.name
        ),
    })
}

/// 5.10 knows no functions that are passed to helpers.
pub fn callbacks(subject: &Subject<'_>) -> Vec<String> {
    /// `BPF_PSEUDO_FUNC`
    const FUNCTION: u8 = 4;
    let passes = subject.program.insns.iter().any(|insn| insn.is_load_imm64() && insn.src == FUNCTION);
    let old = subject.profile.version == KernelVersion::V5_10 && subject.message.contains("func_info");
    (passes && old)
        .then(|| {
            "functions as arguments (`bpf_loop`, `bpf_for_each_map_elem`, timers) exist in 6.1 and later, not in 5.10"
                .to_owned()
        })
        .into_iter()
        .collect()
}

/// A function that calls itself.
pub fn recursion(message: &str) -> Vec<String> {
    let itself = message.contains("recursive") || message.contains("back-edge");
    itself
        .then(|| "functions cannot call themselves, not even through others: write a loop".to_owned())
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_stack_is_not_uninitialised() {
        assert!(stack("invalid indirect access to stack R1 off=-16 size=17")[0].contains("17 bytes at -16"));
        assert!(stack("invalid write to stack R10 off=-520 size=8")[0].contains("8 bytes at -520"));
        assert_eq!(stack("invalid read from stack off -8+0 size 8"), [""; 0]);
        assert_eq!(stack("invalid indirect read from stack R1 off -4+0 size 4"), [""; 0]);
        assert!(stack("invalid unbounded variable-offset write to stack R2")[0].contains("index"));
    }
}
