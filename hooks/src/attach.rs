//! Attaching: from a program's section to its attach point, and what kernels refuse there.

use std::fmt;
use std::rc::Rc;

use programs::gate::{AttachSite, attach_gate};
use programs::profile::{AttachType, KernelVersion, ProgType, ProgramKind};
use programs::runtime::LoadedProgram;
use sim::errno::Errno;

pub use crate::registry::{Target, TargetKind};

use crate::event::HookEvent;
use crate::kernel::Kernel;
use crate::registry::{Link, LinkId};

/// Why an attachment is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachError {
    pub errno: Errno,
    /// What was wrong, and what to do.
    pub message: String,
}

impl fmt::Display for AttachError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.errno, self.message)
    }
}

impl std::error::Error for AttachError {}

fn error(errno: Errno, message: impl Into<String>) -> AttachError {
    AttachError { errno, message: message.into() }
}

/// Programs a trampoline holds (`BPF_MAX_TRAMP_PROGS`, later `BPF_MAX_TRAMP_LINKS`; include/linux/bpf.h).
fn max_trampoline_links(version: KernelVersion) -> usize {
    match version {
        KernelVersion::V5_10 => 40,
        KernelVersion::V6_1 | KernelVersion::V6_12 => 38,
        KernelVersion::V7_2 => 36,
    }
}

impl Kernel {
    /// Attaches a program where its section says.
    ///
    /// # Errors
    /// What the kernel's attach step would refuse, or a section without a target.
    pub fn attach(&self, program: &Rc<LoadedProgram>) -> Result<Rc<Link>, AttachError> {
        let target = target_of(&program.kind, &program.section)?;
        self.attach_to(program, target, 0)
    }

    /// Attaches a program to a given target (a uprobed function, a device), with an attach cookie.
    ///
    /// # Errors
    /// See [`Kernel::attach`].
    pub fn attach_to(
        &self,
        program: &Rc<LoadedProgram>,
        target: Target,
        cookie: u64,
    ) -> Result<Rc<Link>, AttachError> {
        let profile = self.bpf().profile();
        if let Some(site) = attach_site(&program.kind, &target) {
            attach_gate(profile, &program.kind, &site)
                .map_err(|refusal| error(refusal.errno, refusal.message))?;
        }
        check_attach_type(&program.kind, profile.version)?;
        self.check_room(&target, profile.version)?;
        self.check_override(program, &target)?;
        let link = self.registry().add(target, program.clone(), cookie);
        let (program, target) = (program.name.to_string(), link.target.to_string());
        self.machine().emit_with(|| HookEvent::Attach { program, target, link: link.id.0 });
        Ok(link)
    }

    fn check_room(&self, target: &Target, version: KernelVersion) -> Result<(), AttachError> {
        let function = match target {
            Target::Fentry(name) | Target::Fexit(name) | Target::FmodRet(name) => name,
            _ => return Ok(()),
        };
        let kinds = [Target::Fentry, Target::Fexit, Target::FmodRet];
        let used: usize = kinds.iter().map(|kind| self.registry().count(&kind(function.clone()))).sum();
        let most = max_trampoline_links(version);
        if used < most {
            return Ok(());
        }
        Err(error(
            Errno::E2BIG,
            format!("the trampoline of {function} holds at most {most} programs on {version}"),
        ))
    }

    /// A program that calls `bpf_override_return` may only sit at the entry of an error-injectable function
    /// (kernel/trace/bpf_trace.c:perf_event_attach_bpf_prog).
    fn check_override(&self, program: &LoadedProgram, target: &Target) -> Result<(), AttachError> {
        let overrides = program
            .source
            .insns
            .iter()
            .any(|insn| insn.code == CALL && insn.src == 0 && insn.imm == OVERRIDE_RETURN);
        let allowed = match target {
            Target::Kprobe(function) => self.bpf().profile().error_injectable(function),
            _ => false,
        };
        if !overrides || allowed {
            return Ok(());
        }
        Err(error(
            Errno::EINVAL,
            format!("bpf_override_return needs a kprobe on an error-injectable function, not {target}"),
        ))
    }

    /// Detaches; runs that are under way finish.
    pub fn detach(&self, id: LinkId) -> bool {
        let Some(link) = self.registry().remove(id) else { return false };
        let (program, target) = (link.program.name.to_string(), link.target.to_string());
        self.machine().emit_with(|| HookEvent::Detach { program, target, link: id.0 });
        true
    }
}

/// An attach type that came later: older kernels load some of these programs, but have nothing to attach them with.
fn check_attach_type(kind: &ProgramKind, version: KernelVersion) -> Result<(), AttachError> {
    if kind.attach_type == AttachType::NONE || kind.attach_type.exists(version) {
        return Ok(());
    }
    let name = kind.attach_type.name().unwrap_or("this attach type");
    Err(error(Errno::EINVAL, format!("{version} has no {name}")))
}

/// `BPF_JMP | BPF_CALL`.
const CALL: u8 = 0x85;
/// Helper number of `bpf_override_return`.
const OVERRIDE_RETURN: i32 = 58;

/// The kernel's attach-time check that applies to a target.
fn attach_site(kind: &ProgramKind, target: &Target) -> Option<AttachSite> {
    match target {
        Target::Kprobe(_) | Target::Kretprobe(_) if kind.attach_type == AttachType::NONE => {
            Some(AttachSite::Kprobe)
        }
        Target::Kprobe(_) | Target::Kretprobe(_) => Some(AttachSite::KprobeMulti),
        Target::Tracepoint(name) => Some(AttachSite::Tracepoint(name.clone())),
        Target::RawTracepoint(name) => Some(AttachSite::RawTracepoint(name.clone())),
        _ => None,
    }
}

/// The attach point that a section names.
///
/// # Errors
/// A section without a target where one is needed, or a type that this crate cannot attach.
pub fn target_of(kind: &ProgramKind, section: &str) -> Result<Target, AttachError> {
    let named = || {
        let help =
            || error(Errno::EINVAL, format!("section `{section}` names no target: give one to attach to"));
        kind.target.clone().ok_or_else(help)
    };
    let tracing: &[(AttachType, TargetKind)] = &[
        (AttachType::TRACE_FENTRY, Target::Fentry),
        (AttachType::TRACE_FEXIT, Target::Fexit),
        (AttachType::MODIFY_RETURN, Target::FmodRet),
        (AttachType::TRACE_RAW_TP, Target::RawTracepoint),
    ];
    let returns = section.starts_with("kret") || section.starts_with("uret");
    match kind.prog_type {
        ProgType::LSM => Ok(Target::Lsm(named()?)),
        ProgType::TRACING => match tracing.iter().find(|(attach, _)| *attach == kind.attach_type) {
            Some((_, target)) => Ok(target(named()?)),
            None => Err(not_modelled(section)),
        },
        ProgType::KPROBE if section.trim_start_matches('?').starts_with('u') => {
            Ok(if returns { Target::Uretprobe(named()?) } else { Target::Uprobe(named()?) })
        }
        ProgType::KPROBE if section.starts_with("ksyscall") || section.starts_with("kretsyscall") => {
            let function = format!("__x64_sys_{}", named()?);
            Ok(if returns { Target::Kretprobe(function) } else { Target::Kprobe(function) })
        }
        ProgType::KPROBE => Ok(if returns { Target::Kretprobe(named()?) } else { Target::Kprobe(named()?) }),
        ProgType::TRACEPOINT => Ok(Target::Tracepoint(named()?)),
        ProgType::RAW_TRACEPOINT => Ok(Target::RawTracepoint(named()?)),
        ProgType::SYSCALL => Ok(Target::TestRun),
        ProgType::SOCKET_FILTER => Ok(Target::SocketFilter(None)),
        ProgType::XDP => Ok(Target::Xdp(default_device(kind))),
        ProgType::SCHED_CLS if section.contains("egress") => Ok(Target::TcEgress(default_device(kind))),
        ProgType::SCHED_CLS => Ok(Target::TcIngress(default_device(kind))),
        ProgType::CGROUP_SKB if section.contains("egress") => Ok(Target::CgroupEgress),
        ProgType::CGROUP_SKB => Ok(Target::CgroupIngress),
        _ => Err(not_modelled(section)),
    }
}

/// Packets arrive here unless a scenario says otherwise.
pub const DEFAULT_DEVICE: &str = "eth0";

fn default_device(kind: &ProgramKind) -> String {
    let named =
        kind.target.as_deref().filter(|name| !matches!(*name, "ingress" | "egress" | "devmap" | "cpumap"));
    named.unwrap_or(DEFAULT_DEVICE).to_string()
}

fn not_modelled(section: &str) -> AttachError {
    error(Errno::ENOTSUPP, format!("attaching programs of section `{section}` is not modelled"))
}
