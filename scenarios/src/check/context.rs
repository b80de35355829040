//! Why an access to the context is refused: the direction, the field, the size, or an argument that there is not.
//!
//! Key function: [`help`]. Neighbours: `help` asks for the rule V0014, `since` tells which kernels differ.

use programs::btf::{Btf, Kind, Type};
use programs::profile::{AttachType, KernelVersion, ProgType, ProgramKind};
use programs::verifier::{ContextField, context_fields};

use super::help::Subject;
use super::since::{listed, since, versions};

/// An access, from the kernel's message and the instruction.
struct Access {
    off: i64,
    size: i64,
    write: bool,
}

/// Help lines; none when the message is of another kind.
pub fn help(subject: &Subject<'_>, kind: &ProgramKind) -> Vec<String> {
    let Some(access) = access(subject) else { return Vec::new() };
    match kind.prog_type {
        ProgType::TRACING | ProgType::LSM | ProgType::STRUCT_OPS => arguments(subject, kind, &access),
        ProgType::KPROBE if access.write => vec![
            "the program writes to the registers of what it is attached to: kernels allow it in 7.2, not in 6.12".to_owned(),
        ],
        ProgType::TRACEPOINT | ProgType::RAW_TRACEPOINT | ProgType::RAW_TRACEPOINT_WRITABLE if access.write => {
            vec!["the program writes to the context here, which programs of this type only read".to_owned()]
        }
        _ => fields(subject, kind, &access),
    }
    .into_iter()
    .collect()
}

fn access(subject: &Subject<'_>) -> Option<Access> {
    let rest = subject.message.strip_prefix("invalid bpf_context access off=")?;
    let (off, size) = rest.split_once(" size=")?;
    // Classes BPF_ST and BPF_STX.
    let write = matches!(subject.program.insns.get(subject.insn?)?.code & 7, 2 | 3);
    Some(Access { off: off.parse().ok()?, size: size.parse().ok()?, write })
}

/// Contexts that are structures.
fn fields(subject: &Subject<'_>, kind: &ProgramKind, access: &Access) -> Vec<String> {
    let at = |version: KernelVersion| {
        let fields = context_fields(version, kind);
        fields.into_iter().find(|field| (field.bytes.0..field.bytes.1).contains(&access.off))
    };
    let open = |field: &ContextField| if access.write { field.write } else { field.read };
    let verb = if access.write { "write" } else { "read" };
    let Some(field) = at(subject.profile.version) else { return Vec::new() };
    let name = field.name;
    if !open(&field) {
        let mut lines = vec![format!("programs of this type cannot {verb} `{name}` of the context")];
        let others = versions(|version| at(version).is_some_and(|field| open(&field)));
        lines.extend(since(&others).map(|since| format!("they can {since}")));
        lines.extend(writable(subject.profile.version, kind).filter(|_| access.write));
        return lines;
    }
    let (from, to) = field.bytes;
    let whole = access.off == from && access.size == to - from;
    let text = format!(
        "`{name}` is {} bytes at {from}: {verb} it whole, with its own type (`ctx->{name}`)",
        to - from
    );
    if whole { Vec::new() } else { vec![text] }
}

/// What programs of this kind may write.
fn writable(version: KernelVersion, kind: &ProgramKind) -> Option<String> {
    let fields = context_fields(version, kind);
    let mut names: Vec<String> =
        fields.iter().filter(|field| field.write).map(|field| format!("`{}`", field.name)).collect();
    names.dedup();
    Some(match names.is_empty() {
        true => {
            "they write no field of the context; packets are written through `data`, where the type allows it"
                .to_owned()
        }
        false => format!("they can write {}", listed(&names)),
    })
}

/// Contexts that are the arguments of a function.
fn arguments(subject: &Subject<'_>, kind: &ProgramKind, access: &Access) -> Vec<String> {
    if access.write {
        return vec![
            "the context holds the arguments here: programs read them and cannot change them".to_owned(),
        ];
    }
    if access.off % 8 != 0 || access.size > 8 {
        return vec!["read arguments whole: 8 bytes each, or through `BPF_PROG`".to_owned()];
    }
    let index = access.off / 8;
    let target = kind.target.as_deref().unwrap_or_default();
    let count = prototype(subject.kernel, kind, target).map(|(proto, hidden)| proto.params().len() - hidden);
    let Some(count) = count.filter(|count| index >= *count as i64) else { return Vec::new() };
    let known = match count {
        0 => format!("`{target}` has no arguments"),
        1 => format!("`{target}` has one argument, `ctx[0]`"),
        _ => format!("`{target}` has {count} arguments, `ctx[0]` to `ctx[{}]`", count - 1),
    };
    vec![format!("{known}: `ctx[{index}]` is none of them; compare its declaration in this kernel")]
}

/// The function's prototype, and how many of its arguments programs do not see.
fn prototype<'b>(btf: &'b Btf, kind: &ProgramKind, target: &str) -> Option<(Type<'b>, usize)> {
    let function = |name: &str| btf.func_proto(btf.find_by_name_kind(name, Kind::Func)?.target());
    match (kind.prog_type, kind.attach_type) {
        (ProgType::LSM, _) => Some((function(&format!("bpf_lsm_{target}"))?, 0)),
        (ProgType::TRACING, AttachType::TRACE_RAW_TP) => {
            let name = format!("btf_trace_{target}");
            Some((btf.func_proto(btf.find_by_name_kind(&name, Kind::Typedef)?.id())?, 1))
        }
        (
            ProgType::TRACING,
            AttachType::TRACE_FENTRY | AttachType::TRACE_FEXIT | AttachType::MODIFY_RETURN,
        ) => Some((function(target)?, 0)),
        _ => None,
    }
}
