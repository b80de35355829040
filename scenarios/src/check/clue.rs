//! What the message and the program themselves tell about a way out.
//!
//! Key functions: one per kind of refusal, each with help lines, none when it sees no clue. Neighbour: `help`.

use programs::core_reloc;
use programs::object::MapSpec;
use programs::profile::KernelVersion;
use programs::profile::map_type::MapType;

use super::help::Subject;
use super::map_reasons::reason;
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

/// What must be a constant, and is computed.
pub fn constant() -> Vec<String> {
    vec![
        "a number that the compiler knows is asked for here; `bpf_ringbuf_reserve_dynptr` (6.1 and later) takes a \
         size that is computed"
            .to_owned(),
    ]
}

/// A computed size that may be 0: 5.10 and 6.1 learn nothing from a comparison that it is not, 6.12 little, as compilers make one of the lower
/// half or of a difference out of it.
pub fn no_size(subject: &Subject<'_>) -> Vec<String> {
    let mut steps = subject.steps.iter();
    let deaf = match subject.profile.version {
        KernelVersion::V5_10 | KernelVersion::V6_1 => {
            !steps.any(|step| step.text.contains(" is 0, set here"))
        }
        KernelVersion::V6_12 => steps.any(|step| step.kind == StepKind::Branch),
        KernelVersion::V7_2 => false,
    };
    (deaf && subject.message.contains("zero-sized read"))
        .then(|| {
            "the size may be 0 to this kernel, also behind `n != 0` or what the compiler makes of it: calculate one that cannot be 0, such as \
             `(n & 15) + 1`"
                .to_owned()
        })
        .into_iter()
        .collect()
}

/// A key for a map that has none.
pub fn keyless(subject: &Subject<'_>) -> Option<String> {
    let callee = subject.callee.as_deref().filter(|_| subject.message.contains("zero-sized read"))?;
    let before = subject.program.insns.get(..subject.insn?)?;
    let load = before.iter().rfind(|insn| insn.is_load_imm64() && insn.src == 1)?;
    let map = subject.object.maps.get(load.imm as usize).filter(|map| map.key_size == 0)?;
    let name = &map.name;
    let row = MapType::from_number(map.map_type)?;
    Some(match row.name {
        "HASH" | "ARRAY" | "LRU_HASH" | "PERCPU_HASH" | "PERCPU_ARRAY" | "LRU_PERCPU_HASH" | "LPM_TRIE" => {
            format!("`{name}` is declared without a key: `__type(key, …)` is missing")
        }
        other => {
            format!("`{name}` is a map of type {other}, which has no keys: `{callee}` is for maps that have")
        }
    })
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
pub fn map_creation(subject: &Subject<'_>) -> Vec<String> {
    let name = subject.message.strip_prefix("map '").and_then(|rest| rest.split_once("': failed to create"));
    let map = name.and_then(|(name, _)| subject.object.maps.iter().find(|map| map.name == name));
    let Some((map, row)) = map.and_then(|map| Some((map, MapType::from_number(map.map_type)?))) else {
        return Vec::new();
    };
    let (name, having) = (&map.name, versions(|version| row.exists(version)));
    let what = match since(&having).filter(|_| !having.contains(&subject.profile.version)) {
        Some(since) => format!("`{name}` is a map of type {}, which exists {since}", row.name),
        None => {
            match reason(row.name, map).or_else(|| map.inner.as_ref().and_then(|inner| inner_reason(inner))) {
                Some(reason) => format!("`{name}`: {reason}"),
                None => format!(
                    "`{name}` is a map of type {}: look at its sizes, flags and the fields of its value",
                    row.name
                ),
            }
        }
    };
    let all = "one map that cannot be created keeps all programs of the object from loading; a loader can leave it out: \
               `bpf_map__set_autocreate(map, false)`";
    vec![what, all.to_owned()]
}

/// As [`reason`], of the template of a map of maps.
fn inner_reason(inner: &MapSpec) -> Option<&'static str> {
    reason(MapType::from_number(inner.map_type)?.name, inner)
}

/// A helper that does not take maps of this type: `cannot pass map_type 31 into func bpf_map_pop_elem#88`.
pub fn wrong_map(message: &str) -> Option<String> {
    let (number, callee) = message.strip_prefix("cannot pass map_type ")?.split_once(" into func ")?;
    let row = MapType::from_number(number.parse().ok()?)?;
    let callee = callee.split('#').next().unwrap_or(callee);
    Some(format!("`{callee}` does not take maps of type {}, or not from this kernel's programs", row.name))
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

/// Functions that others may call return something that the kernel knows.
pub fn returns(message: &str) -> Vec<String> {
    let old = message.contains("doesn't return scalar");
    let new = message.contains("not void or scalar");
    let text = match (old, new) {
        (true, _) => {
            "return a number (`int`), also one that nobody looks at: global functions that return nothing are accepted in 7.2, not in \
             6.12; or make the function `static __noinline`"
        }
        (_, true) => "return a number or nothing, or make the function `static __noinline`",
        _ => return Vec::new(),
    };
    vec![text.to_owned()]
}

/// An access at a constant offset: no comparison brings it inside.
pub fn outside(subject: &Subject<'_>) -> Vec<String> {
    let varies =
        |known: &str| ["min=", "max=", "var_off=", "_value="].iter().any(|part| known.contains(part));
    let called = subject.callee.is_some();
    let constant = subject.known.is_some_and(|known| !varies(known)) && !called;
    constant
        .then(|| "the offset is a constant here: compare the type that the program uses with the size of what the pointer points to".to_owned())
        .into_iter()
        .collect()
}

/// Sections: words of a message, what closes and what opens.
const CLOSED_BY: &[(&str, &str, &str)] = &[
    ("rcu_read", "bpf_rcu_read_unlock()", "bpf_rcu_read_lock()"),
    ("preempt", "bpf_preempt_enable()", "bpf_preempt_disable()"),
    ("irq_save", "bpf_local_irq_restore(…)", "bpf_local_irq_save(…)"),
];

/// Locks: what takes them, and what gives them back.
const LOCKS: &[(&str, &str)] = &[
    ("bpf_res_spin_lock_irqsave", "bpf_res_spin_unlock_irqrestore"),
    ("bpf_res_spin_lock", "bpf_res_spin_unlock"),
    ("bpf_spin_lock", "bpf_spin_unlock"),
];

/// A section or lock that is left open, or closed without being open.
pub fn unpaired(subject: &Subject<'_>) -> Vec<String> {
    let message = subject.message;
    let missing = message.contains("missing") || message.starts_with("BPF_EXIT");
    let unmatched = message.starts_with("unmatched") || message.contains("without taking");
    let section = CLOSED_BY.iter().find(|(words, ..)| message.contains(words));
    let (close, open) = match section {
        Some((_, close, open)) => ((*close).to_owned(), (*open).to_owned()),
        None => {
            let Some((take, give)) = lock(subject) else { return Vec::new() };
            (format!("{give}(…)"), format!("{take}(…)"))
        }
    };
    let text = match (missing, unmatched) {
        (true, _) => format!("`{close}` on every path that took `{open}`, before each `return`"),
        (_, true) if open.starts_with("bpf_res_") => {
            format!("`{open}` may fail: `{close}` only where it returned 0")
        }
        (_, true) => format!("`{open}` first, and `{close}` once on each path"),
        _ => return Vec::new(),
    };
    vec![text]
}

/// The functions of the lock that was taken last, or that the refused call is about.
fn lock(subject: &Subject<'_>) -> Option<&'static (&'static str, &'static str)> {
    let held = subject.steps.iter().filter(|step| step.kind == StepKind::Held);
    let taken = held.rev().find_map(|step| LOCKS.iter().find(|(take, _)| step.insn.text.contains(take)));
    taken.or_else(|| {
        let callee = subject.callee.as_deref()?;
        LOCKS.iter().find(|(take, give)| [*take, *give].contains(&callee))
    })
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
