//! What programs, functions and callbacks may return.
//!
//! Key items: `check_return_code`, [`RANGES`]. Neighbours: `exit` and the kfunc `bpf_throw` ask. Modelled after
//! kernel/bpf/verifier.c:check_return_code (7.2: return_retval_range), prepare_func_exit and check_global_subprog_return_code.

use super::names::type_name;
use super::reg::{BtfSource, Kind, Reg};
use super::state::{ReturnRange, Role};
use super::stop::{Checked, invalid};
use super::tnum::Tnum;
use super::verify::Verifier;
use crate::btf::{Kind as BtfKind, TypeId};
use crate::profile::{AttachType as A, KernelVersion as V, ProgType as T};

/// What programs of a type may return. The first row that fits counts; types without one may return anything.
struct Range {
    prog_type: T,
    /// Empty: any other attach type of the program type.
    attach: &'static [A],
    since: V,
    values: (i32, i32),
}

const fn row(prog_type: T, attach: &'static [A], since: V, values: (i32, i32)) -> Range {
    Range { prog_type, attach, since, values }
}

/// Attach types that only report: nothing but "go on" may be said.
const RECEIVED: [A; 9] = [
    A::CGROUP_UDP4_RECVMSG,
    A::CGROUP_UDP6_RECVMSG,
    A::CGROUP_INET4_GETPEERNAME,
    A::CGROUP_INET6_GETPEERNAME,
    A::CGROUP_INET4_GETSOCKNAME,
    A::CGROUP_INET6_GETSOCKNAME,
    A::CGROUP_UNIX_RECVMSG,
    A::CGROUP_UNIX_GETPEERNAME,
    A::CGROUP_UNIX_GETSOCKNAME,
];
const FUNCTION: [A; 6] = [
    A::TRACE_FENTRY,
    A::TRACE_FEXIT,
    A::TRACE_FSESSION,
    A::TRACE_FENTRY_MULTI,
    A::TRACE_FEXIT_MULTI,
    A::TRACE_FSESSION_MULTI,
];

const RANGES: [Range; 16] = [
    row(T::CGROUP_SOCK_ADDR, &RECEIVED, V::V5_10, (1, 1)),
    row(T::CGROUP_SOCK_ADDR, &[A::CGROUP_INET4_BIND, A::CGROUP_INET6_BIND], V::V6_1, (0, 3)),
    row(T::CGROUP_SOCK_ADDR, &[], V::V5_10, (0, 1)),
    row(T::CGROUP_SKB, &[A::CGROUP_INET_EGRESS], V::V5_10, (0, 3)),
    row(T::CGROUP_SKB, &[], V::V5_10, (0, 1)),
    row(T::CGROUP_SOCK, &[], V::V5_10, (0, 1)),
    row(T::SOCK_OPS, &[], V::V5_10, (0, 1)),
    row(T::CGROUP_DEVICE, &[], V::V5_10, (0, 1)),
    row(T::CGROUP_SYSCTL, &[], V::V5_10, (0, 1)),
    row(T::CGROUP_SOCKOPT, &[], V::V5_10, (0, 1)),
    row(T::TRACING, &FUNCTION, V::V5_10, (0, 0)),
    row(T::TRACING, &[A::TRACE_ITER], V::V5_10, (0, 1)),
    row(T::KPROBE, &[A::TRACE_KPROBE_SESSION], V::V6_12, (0, 1)),
    row(T::KPROBE, &[A::TRACE_UPROBE_SESSION], V::V7_2, (0, 1)),
    row(T::SK_LOOKUP, &[], V::V5_10, (0, 1)),
    row(T::NETFILTER, &[], V::V6_12, (0, 1)),
];

impl Verifier<'_> {
    /// r0 at the end of the program, or of a callback that runs on its own; r1 for `bpf_throw`, which ends the program with it.
    pub(super) fn check_return_code(&mut self, regno: u8, name: &str) -> Checked {
        let frame = &self.path.state.frames[0];
        let (role, alone) = (frame.role, frame.subprog > 0);
        let late_range = frame.callback_range;
        let is_async = role == Role::AsyncCallback;
        let function = alone && role != Role::ExceptionCallback;
        // 7.2 looks at a callback's role first; before, being a function is what counts.
        let may_be_void = if self.version() == V::V7_2 { !is_async } else { !function };
        if may_be_void && self.returns_nothing()? {
            return Ok(());
        }
        if self.version() == V::V7_2 && self.returns_owned(regno)? {
            return self.check_pointer_offset(regno);
        }
        self.read_reg(regno)?;
        if is_async {
            let range = match self.version() {
                V::V7_2 => late_range,
                _ => ReturnRange { min: 0, max: 0, low_half: false },
            };
            return self.enforce(regno, name, range, async_exit(self.version()));
        }
        if function && self.version() < V::V7_2 {
            return self.scalar_result(regno);
        }
        match self.program_range()? {
            Some(range) => {
                let exit = Exit { unknown: "At program exit", range: "At program exit" };
                let scalar = self.reg(regno).is_scalar();
                let judged = self.enforce(regno, name, range, exit);
                // What the kernel says last about a hook without a value.
                match judged {
                    Err(_) if scalar && self.is_void_cgroup_hook()? => invalid(VOID_CGROUP_HOOK),
                    judged => judged,
                }
            }
            None => Ok(()),
        }
    }

    /// r0 at the end of a callback that its helper or kfunc called (`callback_range` of the frame).
    pub(super) fn check_callback_return(&mut self) -> Checked {
        let range = self.path.state.current().callback_range;
        self.within(0, "R0", range, "At callback return")
    }

    /// r0 at the end of a global function (7.2: `check_global_subprog_return_code`).
    pub(super) fn check_global_return(&mut self) -> Checked {
        let subprog = self.path.state.current().subprog;
        if self.returns_void(subprog) {
            return Ok(());
        }
        self.read_reg(0)?;
        if self.reg(0).kind == Kind::Arena {
            return Ok(());
        }
        self.scalar_result(0)
    }

    fn scalar_result(&self, regno: u8) -> Checked {
        let reg = self.reg(regno);
        if reg.is_scalar() {
            return Ok(());
        }
        let name = type_name(self.version(), reg);
        invalid(format!("At subprogram exit the register R{regno} is not a scalar value ({name})"))
    }

    /// Hooks and members without a value: what the program leaves in r0 does not matter.
    fn returns_nothing(&self) -> Checked<bool> {
        let kind = &self.input.kind;
        let cgroup = kind.attach_type == A::LSM_CGROUP && self.version() >= V::V6_1;
        match kind.prog_type {
            T::LSM if !cgroup => match kind.target.as_deref().and_then(|name| self.profile.lsm_hook(name)) {
                Some(hook) => Ok(hook.is_void()),
                None => self.target_returns_void(),
            },
            T::STRUCT_OPS => self.target_returns_void(),
            _ => Ok(false),
        }
    }

    /// 7.2: a struct_ops member that returns an object may return one that the program owns.
    fn returns_owned(&self, regno: u8) -> Checked<bool> {
        let Some(result) = self.returned_struct()? else { return Ok(false) };
        let reg: &Reg = self.reg(regno);
        let same = reg.kind == Kind::Btf { btf: BtfSource::Kernel, id: result.0 };
        Ok(same && self.is_referenced(reg))
    }

    /// The struct that a struct_ops member returns a pointer to.
    fn returned_struct(&self) -> Checked<Option<TypeId>> {
        if self.input.kind.prog_type != T::STRUCT_OPS {
            return Ok(None);
        }
        let Some(prototype) = self.prototype()? else { return Ok(None) };
        let btf = self.facts.kernel;
        let pointer = btf.resolve(prototype.result).filter(|ty| ty.kind() == BtfKind::Ptr);
        Ok(pointer.and_then(|pointer| btf.resolve(pointer.target())).map(|ty| ty.id()))
    }

    /// What the program may return; none if anything.
    fn program_range(&self) -> Checked<Option<ReturnRange>> {
        let kind = &self.input.kind;
        let range = |(min, max)| Some(ReturnRange { min, max, low_half: false });
        match kind.prog_type {
            T::LSM if kind.attach_type == A::LSM_CGROUP && self.version() >= V::V6_1 => {
                return Ok(range(if self.is_void_cgroup_hook()? { (1, 1) } else { (0, 1) }));
            }
            T::LSM => return Ok(self.hook_range()),
            // A scalar in place of an object must be NULL.
            T::STRUCT_OPS if self.version() == V::V7_2 => {
                return Ok(self.returned_struct()?.and_then(|_| range((0, 0))));
            }
            _ => {}
        }
        let fits = |row: &&Range| {
            row.prog_type == kind.prog_type
                && self.version() >= row.since
                && (row.attach.is_empty() || row.attach.contains(&kind.attach_type))
        };
        Ok(RANGES.iter().find(fits).and_then(|row| range(row.values)))
    }

    fn is_void_cgroup_hook(&self) -> Checked<bool> {
        let kind = &self.input.kind;
        Ok(kind.prog_type == T::LSM && kind.attach_type == A::LSM_CGROUP && self.target_returns_void()?)
    }

    fn enforce(&mut self, regno: u8, name: &str, range: ReturnRange, exit: Exit) -> Checked {
        let reg = *self.reg(regno);
        if !reg.is_scalar() {
            let found = type_name(self.version(), &reg);
            let unknown = exit.unknown;
            return invalid(format!("{unknown} the register R{regno} is not a known value ({found})"));
        }
        if self.version() >= V::V6_12 {
            self.want_reg(regno);
        }
        self.within(regno, name, range, exit.range)
    }

    fn within(&self, regno: u8, name: &str, range: ReturnRange, exit: &str) -> Checked {
        let reg = self.reg(regno);
        let (min, max) = (range.min, range.max);
        if self.version() <= V::V6_1 {
            let allowed = Tnum::range(min as u64, max as u64);
            let found = reg.num.var_off();
            if allowed.includes(found) {
                return Ok(());
            }
            let what = if found.is_unknown() {
                "has unknown scalar value".into()
            } else {
                format!("has value {found}")
            };
            return invalid(format!("{exit} the register {name} {what} should have been in {allowed}"));
        }
        let (_, _, low_min, low_max) = reg.num.low();
        let (smin, smax) = (reg.num.smin(), reg.num.smax());
        let (least, most) =
            if range.low_half { (i64::from(low_min), i64::from(low_max)) } else { (smin, smax) };
        if i64::from(min) <= least && most <= i64::from(max) {
            return Ok(());
        }
        let mut what = String::new();
        if smin > i64::MIN {
            what += &format!(" smin={smin}");
        }
        if smax < i64::MAX {
            what += &format!(" smax={smax}");
        }
        if what.is_empty() {
            what = " unknown scalar value".into();
        }
        invalid(format!("{exit} the register {name} has{what} should have been in [{min}, {max}]"))
    }
}

const VOID_CGROUP_HOOK: &str =
    "Note, BPF_LSM_CGROUP that attach to void LSM hooks can't modify return value!";

/// How messages about an end begin.
#[derive(Clone, Copy)]
struct Exit {
    unknown: &'static str,
    range: &'static str,
}

const fn async_exit(version: V) -> Exit {
    match version {
        V::V5_10 | V::V6_1 => Exit { unknown: "In async callback", range: "At async callback" },
        V::V6_12 | V::V7_2 => Exit { unknown: "At async callback return", range: "At async callback return" },
    }
}
