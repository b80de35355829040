//! Programs written in Rust that scenarios can name: mistakes that no verifier would let pass, and what is right instead.
//!
//! [`TABLE`] has a row each. Neighbours: `programs::native` defines the traits, `sleepable support` prints the table.

use std::cell::RefCell;
use std::rc::Rc;

use hooks::regs::FUNCTION_ARGS;
use hooks::{Kernel, attach};
use programs::native::{NativeCx, SleepableCx, SleepableProgram};
use programs::profile::Section;
use programs::runtime::Frame;
use sim::context::IrqKind;
use sim::errno::Errno;
use sim::finding;
use sim::ids::LockId;
use sim::machine::Machine;
use sim::uaccess;

use super::objects::load_result;
use super::problem::Problems;
use super::world::Entry;
use crate::diag::Diagnostic;
use crate::diag::catalogue::input::{ATTACH, NATIVE};
use crate::diag::suggest;
use crate::file::scalar::Scalar;
use crate::file::{Dur, Native, Scenario, Sp};
use crate::result::LoadResult;

/// Numbers that a scenario can set; durations are nanoseconds.
type Params = std::collections::BTreeMap<&'static str, u64>;

/// One native program.
pub struct NativeRow {
    pub name: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// Where it attaches unless the scenario says otherwise.
    pub attach: &'static str,
    /// Parameters and their defaults.
    pub params: &'static [(&'static str, u64)],
    make: fn(Params) -> Rc<dyn SleepableProgram>,
}

/// All native programs.
pub fn natives() -> &'static [NativeRow] {
    TABLE
}

const ATTACH_DEFAULT: &str = "uprobe.s//bin/app:work";

const TABLE: &[NativeRow] = &[
    NativeRow {
        name: "sleep_under_spin_lock",
        about: "Takes a spin lock and reads user memory the sleeping way.",
        attach: ATTACH_DEFAULT,
        params: &[],
        make: |_| Rc::new(CopyInside(Forbids::SpinLock)),
    },
    NativeRow {
        name: "copy_with_preemption_off",
        about: "Disables preemption and reads user memory the sleeping way.",
        attach: ATTACH_DEFAULT,
        params: &[],
        make: |_| Rc::new(CopyInside(Forbids::PreemptOff)),
    },
    NativeRow {
        name: "read_in_rcu_section",
        about: "Reads user memory the sleeping way inside rcu_read_lock().",
        attach: ATTACH_DEFAULT,
        params: &[],
        make: |_| Rc::new(CopyInside(Forbids::Rcu)),
    },
    NativeRow {
        name: "copy_with_interrupts_off",
        about: "Disables interrupts and reads user memory the sleeping way.",
        attach: ATTACH_DEFAULT,
        params: &[],
        make: |_| Rc::new(CopyInside(Forbids::IrqOff)),
    },
    NativeRow {
        name: "nofault_under_spin_lock",
        about: "Takes a spin lock and reads user memory with page faults disabled: allowed, and -EFAULT for a page that is not there.",
        attach: ATTACH_DEFAULT,
        params: &[],
        make: |_| Rc::new(NofaultUnderLock),
    },
    NativeRow {
        name: "double_lock",
        about: "Takes a spin lock that it holds already.",
        attach: ATTACH_DEFAULT,
        params: &[],
        make: |_| Rc::new(DoubleLock),
    },
    NativeRow {
        name: "sleep_in_interrupt",
        about: "Reaches code that may sleep from a hard interrupt that hits the program.",
        attach: ATTACH_DEFAULT,
        params: &[],
        make: |_| Rc::new(SleepInInterrupt),
    },
    NativeRow {
        name: "spin_with_preemption_off",
        about: "Keeps its CPU for `hold` with preemption disabled.",
        attach: ATTACH_DEFAULT,
        params: &[("hold", 1_000_000)],
        make: |params| Rc::new(SpinPreemptOff { hold_ns: params["hold"] }),
    },
];

/// Loads the scenario's native programs.
pub(super) fn load(kernel: &Kernel, scenario: &Scenario, problems: &mut Problems) -> Vec<Entry> {
    scenario.natives.iter().filter_map(|native| load_one(kernel, native, problems)).collect()
}

fn load_one(kernel: &Kernel, native: &Sp<Native>, problems: &mut Problems) -> Option<Entry> {
    let Some(row) = TABLE.iter().find(|row| row.name == native.name.value) else {
        let message = format!("there is no native program `{}`", native.name.value);
        let diagnostic = Diagnostic::error(NATIVE, message).label(&native.name.span, "unknown");
        problems.add(diagnostic.maybe_help(suggest::hint(&native.name, TABLE.iter().map(|row| row.name))));
        return None;
    };
    let body = (row.make)(params(native, row, problems)?);
    let mut entry = Entry {
        name: native.name.value.clone(),
        index: None,
        load: RefCell::new(LoadResult::Accepted),
        loaded: Vec::new(),
        attach_at_start: true,
        silent: Vec::new(),
        only: None,
        links: RefCell::default(),
    };
    let sections: Vec<&str> = match native.attach.as_slice() {
        [] => vec![row.attach],
        given => given.iter().map(|section| section.value.as_str()).collect(),
    };
    for section in sections {
        let target =
            Section::resolve(section).and_then(|known| attach::target_of(&known.kind(), section).ok());
        let Some(target) = target else {
            let span = native.attach.as_slice().first().map_or(&native.span, |section| &section.span);
            problems.at(
                ATTACH,
                span,
                format!("nothing can be attached to `{section}`"),
                "not an attach point",
            );
            continue;
        };
        match kernel.bpf().load_native_sleepable(row.name, section, body.clone()) {
            Ok(loaded) => entry.loaded.push((loaded, vec![target])),
            Err(error) => {
                *entry.load.borrow_mut() = load_result(kernel, &error);
                entry.loaded.clear();
                break;
            }
        }
    }
    Some(entry)
}

fn params(native: &Native, row: &NativeRow, problems: &mut Problems) -> Option<Params> {
    let mut params: Params = row.params.iter().copied().collect();
    for (key, value) in &native.params {
        let known = row.params.iter().find(|(name, _)| name == key);
        let number = match &value.0 {
            Scalar::Int(number) => u64::try_from(*number).ok(),
            Scalar::Text(text) => text.parse::<Dur>().ok().map(|duration| duration.0),
        };
        match (known, number) {
            (Some((name, _)), Some(number)) => {
                params.insert(name, number);
            }
            (None, _) => {
                let message = format!("`{}` has no parameter `{key}`", row.name);
                problems.at(NATIVE, &value.span, message, "`sleepable support` lists parameters");
                return None;
            }
            (_, None) => {
                problems.at(NATIVE, &value.span, format!("`{key}` is a number or a duration"), "neither");
                return None;
            }
        }
    }
    Some(params)
}

/// Argument `n` of the hooked function, from registers or from the trampoline.
fn argument(cx: &NativeCx, n: usize) -> u64 {
    match &*cx.invocation().frame {
        Frame::Probe(_) => {
            let at = cx.invocation().ctx + FUNCTION_ARGS[n] as u64;
            cx.machine().arena().load(at, 8).expect("the context is live")
        }
        _ => cx.arg(n).unwrap_or_default(),
    }
}

/// Bytes that the programs here read.
const READ_BYTES: usize = 8;

/// `copy_from_user` from the address in the first argument.
async fn copy(cx: &SleepableCx) -> i64 {
    let m = cx.machine();
    let Some(mm) = m.current_task().mm.get() else { return Errno::EFAULT.ret() };
    let mut bytes = [0; READ_BYTES];
    match uaccess::copy_from_user(m, mm, argument(cx, 0), &mut bytes).await {
        Ok(()) => 0,
        Err(_) => Errno::EFAULT.ret(),
    }
}

/// The lock that these programs take: one per machine, at an address that no object has.
const DEMO_LOCK: LockId = LockId(0xffff_ffff_8300_0040);
const DEMO_LOCK_NAME: &str = "demo_lock";

/// Kinds of sections in which nothing may sleep.
#[derive(Clone, Copy, Debug)]
enum Forbids {
    SpinLock,
    PreemptOff,
    IrqOff,
    Rcu,
}

impl Forbids {
    fn enter(self, m: &Machine) {
        match self {
            Forbids::SpinLock => m.lock_acquired(DEMO_LOCK, DEMO_LOCK_NAME),
            Forbids::PreemptOff => m.preempt_disable(),
            Forbids::IrqOff => m.local_irq_disable(),
            Forbids::Rcu => m.rcu_read_lock(),
        }
    }

    fn leave(self, m: &Machine) {
        match self {
            Forbids::SpinLock => m.lock_released(DEMO_LOCK),
            Forbids::PreemptOff => m.preempt_enable(),
            Forbids::IrqOff => m.local_irq_enable(),
            Forbids::Rcu => m.rcu_read_unlock(),
        }
    }
}

/// Reads user memory the sleeping way where it must not.
struct CopyInside(Forbids);

#[async_trait::async_trait(?Send)]
impl SleepableProgram for CopyInside {
    async fn run(&self, cx: &SleepableCx) -> i64 {
        self.0.enter(cx.machine());
        let ret = copy(cx).await;
        self.0.leave(cx.machine());
        ret
    }
}

struct NofaultUnderLock;

#[async_trait::async_trait(?Send)]
impl SleepableProgram for NofaultUnderLock {
    async fn run(&self, cx: &SleepableCx) -> i64 {
        let m = cx.machine();
        let Some(mm) = m.current_task().mm.get() else { return Errno::EFAULT.ret() };
        Forbids::SpinLock.enter(m);
        let read = uaccess::nofault::copy_from_user_nofault(m, mm, argument(cx, 0), &mut [0; READ_BYTES]);
        Forbids::SpinLock.leave(m);
        read.map_or(Errno::EFAULT.ret(), |()| 0)
    }
}

struct DoubleLock;

#[async_trait::async_trait(?Send)]
impl SleepableProgram for DoubleLock {
    async fn run(&self, cx: &SleepableCx) -> i64 {
        let m = cx.machine();
        Forbids::SpinLock.enter(m);
        // A kernel with CONFIG_DEBUG_SPINLOCK says so (kernel/locking/spinlock_debug.c); any other spins for ever.
        let task = m.current_task();
        let message =
            format!("BUG: spinlock recursion on CPU#{}, {}/{}", m.current_cpu().0, task.comm(), task.pid);
        let note = format!(
            "lock: {DEMO_LOCK_NAME}, .owner: {}/{}, .owner_cpu: {}",
            task.comm(),
            task.pid,
            m.current_cpu().0
        );
        m.finding(finding::DOUBLE_LOCK, message, vec![note]);
        Forbids::SpinLock.leave(m);
        Errno::EDEADLK.ret()
    }
}

struct SleepInInterrupt;

#[async_trait::async_trait(?Send)]
impl SleepableProgram for SleepInInterrupt {
    async fn run(&self, cx: &SleepableCx) -> i64 {
        let m = cx.machine();
        m.interrupt(m.current_cpu(), IrqKind::Hard, "demo_irq", |m| m.might_sleep("include/linux/uaccess.h"));
        0
    }
}

struct SpinPreemptOff {
    hold_ns: u64,
}

/// Others are looked after in steps of this length.
const SPIN_SLICE_NS: u64 = 10_000;

#[async_trait::async_trait(?Send)]
impl SleepableProgram for SpinPreemptOff {
    async fn run(&self, cx: &SleepableCx) -> i64 {
        let m = cx.machine();
        m.preempt_disable();
        let mut left = self.hold_ns;
        while left > 0 {
            let slice = left.min(SPIN_SLICE_NS);
            m.charge(slice);
            m.cpu_point().await;
            left -= slice;
        }
        m.preempt_enable();
        0
    }
}
