//! Helper calls: availability, arguments, what a helper does besides, and what it returns.
//!
//! Key items: `check_helper_call` of [`Verifier`], [`Call`]. Map: `args` (one argument), `types` (which register types fit), `memory`
//! (memory arguments; kfuncs use them, too), `locks`, `map_compat` (map types and helpers), `special` (rules of single helpers), `result`
//! (r0), `strings` (constant strings and formats), `structure` (kernel structures). Modelled after
//! kernel/bpf/verifier.c:check_helper_call.

mod args;
pub(super) mod locks;
mod map_compat;
pub(super) mod memory;
mod result;
mod special;
mod strings;
pub(super) mod structure;
pub(super) mod types;

use super::dynptr::DynptrFound;
use super::info::changes_packet;
use super::kptr::KptrArg;
use super::reg::{BtfSource, Id, MapRef, Reg};
use super::stop::{Checked, invalid, not_modelled, refuse};
use super::verify::{Next, Verifier};
use crate::gate::{SleepContext, check_helper};
use crate::profile::KernelVersion;
use crate::profile::helper::{HelperProto, helper_print_name};
use memory::Raw;
use sim::errno::Errno;

/// One call, as its arguments are looked at (`struct bpf_call_arg_meta`).
pub(super) struct Call {
    id: u32,
    /// Name of the helper in the newest kernel.
    any_name: &'static str,
    insn: usize,
    proto: &'static HelperProto,
    /// The map argument, or the map that a timer or kptr lies in.
    map: Option<(MapRef, Id)>,
    raw: Raw,
    /// The reference that one of the arguments holds (in 7.2 its own id).
    ref_id: Id,
    /// Arguments that hold a reference.
    ref_count: u32,
    /// The argument that is given back.
    release: Option<u8>,
    mem_size: u64,
    /// Most bytes that the memory argument may have.
    size_max: u64,
    subprog: usize,
    percpu: Option<(BtfSource, u32)>,
    kptr: Option<KptrArg>,
    dynptr: Option<DynptrFound>,
    /// The key, if it is known (7.2).
    key: Option<u64>,
    changes_packet: bool,
    /// r1 points to per-CPU memory that the program made.
    own_percpu: bool,
}

impl Call {
    fn new(id: u32, insn: usize, proto: &'static HelperProto) -> Call {
        Call {
            id,
            any_name: helper_print_name(KernelVersion::V7_2, id),
            insn,
            proto,
            map: None,
            raw: Raw::default(),
            ref_id: 0,
            ref_count: 0,
            release: None,
            mem_size: 0,
            size_max: 0,
            subprog: 0,
            percpu: None,
            kptr: None,
            dynptr: None,
            key: None,
            changes_packet: false,
            own_percpu: false,
        }
    }

    fn name(&self, version: KernelVersion) -> &'static str {
        helper_print_name(version, self.id)
    }

    /// Whether this is the helper with this name, e.g. `bpf_loop`.
    fn is(&self, name: &str) -> bool {
        self.any_name == name
    }

    fn is_any(&self, names: &[&str]) -> bool {
        names.contains(&self.any_name)
    }
}

impl Verifier<'_> {
    /// A call of helper `id`.
    pub(super) fn check_helper_call(&mut self, insn: usize, id: i32) -> Checked<Next> {
        let Some(mut call) = self.find_helper(insn, id)? else {
            return not_modelled(format!("which helpers this program may call (helper {id})"));
        };
        for index in 0..call.proto.arguments.len() {
            self.check_argument(index, &mut call)?;
        }
        self.check_map_use(&call)?;
        self.write_raw(&mut call)?;
        self.release_argument(&call)?;
        self.special_rules(&mut call)?;
        self.clear_caller_saved();
        self.set_result(&mut call)?;
        self.check_map_helper(&call)?;
        if call.is("bpf_tail_call") && self.version() == KernelVersion::V7_2 {
            return self.after_tail_call(insn);
        }
        if call.changes_packet {
            self.clear_packet_pointers();
        }
        Ok(Next::At(insn + 1))
    }

    /// Everything up to the arguments: `None` when it depends on what is not modelled.
    fn find_helper(&self, insn: usize, id: i32) -> Checked<Option<Call>> {
        let version = self.version();
        let last = version == KernelVersion::V7_2;
        let context = if last { SleepContext::Sleepable } else { self.sleep_context() };
        let Some(proto) = check_helper(self.profile, &self.input.kind, self.input.gpl, context, id)? else {
            return Ok(None);
        };
        let id = u32::try_from(id).unwrap_or_default();
        let mut call = Call::new(id, insn, proto);
        call.changes_packet =
            changes_packet(id as i32) && (!call.is("bpf_tail_call") || version >= KernelVersion::V6_12);
        call.release = proto.arguments.iter().position(|argument| argument.release).map(|at| at as u8 + 1);
        if !proto.might_sleep {
            return Ok(Some(call));
        }
        let name = call.name(version);
        if last && !self.may_sleep() {
            let why = self.not_sleepable_because();
            return invalid(format!("sleepable helper {name}#{id} in {why}"));
        }
        let regions = &self.path.state.regions;
        let inside = match (regions.rcu > 0, regions.preempt > 0) {
            (true, _) => "rcu_read_lock region",
            (_, true) => "non-preemptible region",
            _ => return Ok(Some(call)),
        };
        invalid(format!("sleepable helper {name}#{id} in {inside}"))
    }

    /// What a raw argument points to on the stack is written (`meta.access_size`).
    fn write_raw(&mut self, call: &mut Call) -> Checked {
        let Some((regno, size)) = call.raw.found.take() else { return Ok(()) };
        let off = self.reg(regno).off;
        for at in 0..size {
            self.stack_store(regno, i64::from(off) + at, 1, super::stack::Stored::Unknown)?;
        }
        Ok(())
    }

    /// The argument that a helper gives back.
    fn release_argument(&mut self, call: &Call) -> Checked {
        let Some(regno) = call.release.or_else(|| self.releases_first(call)) else { return Ok(()) };
        let reg = *self.reg(regno);
        let version = self.version();
        if version == KernelVersion::V7_2 && reg.is_null() {
            return Ok(());
        }
        let released = if call.dynptr.is_some() {
            self.release_dynptr(regno)?
        } else if self.becomes_rcu(&reg, call) {
            self.release_as_rcu(&reg)
        } else if call.ref_id != 0 {
            self.release_reference(call.ref_id)?
        } else {
            reg.is_null() && version != KernelVersion::V5_10
        };
        if released {
            return Ok(());
        }
        let (name, id) = (call.name(version), call.id);
        invalid(format!("func {name}#{id} reference has not been acquired before"))
    }

    /// 5.10 knows the helpers that release by their names.
    fn releases_first(&self, call: &Call) -> Option<u8> {
        let names = ["bpf_sk_release", "bpf_ringbuf_submit", "bpf_ringbuf_discard"];
        (self.version() == KernelVersion::V5_10 && call.is_any(&names)).then_some(1)
    }

    /// Per-CPU objects that go into a map stay readable in the RCU section.
    fn becomes_rcu(&self, reg: &Reg, call: &Call) -> bool {
        use super::reg::Flags;
        self.version() >= KernelVersion::V6_12
            && call.is("bpf_kptr_xchg")
            && call.ref_id != 0
            && self.in_rcu_section()
            && reg.flags.has(Flags::ALLOC.with(Flags::PERCPU))
    }

    fn release_as_rcu(&mut self, given: &Reg) -> bool {
        use super::reg::Flags;
        let last = self.version() == KernelVersion::V7_2;
        let id = if last { given.id } else { given.ref_id };
        if !self.release_quietly(id) {
            return false;
        }
        let gone = self.released_reg();
        self.path.state.each_reg_mut(|reg| {
            if (if last { reg.id } else { reg.ref_id }) != id {
                return;
            }
            if reg.flags.has(Flags::ALLOC.with(Flags::PERCPU)) {
                reg.ref_id = 0;
                reg.flags = reg.flags.without(Flags::ALLOC).with(Flags::RCU);
            } else {
                *reg = gone;
            }
        });
        true
    }
}

/// A fault of the kernel's own tables, in the words it uses.
fn kernel_bug<T>(text: &str) -> Checked<T> {
    refuse(Errno::EFAULT, text)
}
