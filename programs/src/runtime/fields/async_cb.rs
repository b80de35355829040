//! What `bpf_timer` and `bpf_wq` share: a control block behind the field, with a program and one of its functions.
//!
//! Source: `kernel/bpf/helpers.c:__bpf_async_init`, `__bpf_async_set_callback`, `bpf_async_cancel_and_free`. The field in the value holds the
//! block's address, as in a kernel. Differs: a block needs no lock here, for helpers are indivisible. Key type: [`AsyncCb`]. Neighbours:
//! `timer` and `workqueue` run the callbacks.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use maps::map::Map;
use maps::spec::FieldKind;
use sim::errno::Errno;
use sim::machine::{Machine, Timer};

use super::event::FieldEvent;
use crate::runtime::Bpf;
use crate::runtime::invocation::Callee;
use crate::runtime::program::LoadedProgram;

/// Bytes of a control block (`struct bpf_hrtimer`, `struct bpf_work`), roughly.
const BLOCK_BYTES: usize = 192;

/// Which kind of field a block stands behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AsyncKind {
    Timer,
    Work,
}

impl AsyncKind {
    fn field(self) -> FieldKind {
        match self {
            AsyncKind::Timer => FieldKind::Timer,
            AsyncKind::Work => FieldKind::Workqueue,
        }
    }
}

/// A control block.
pub(super) struct AsyncCb {
    pub kind: AsyncKind,
    pub map: Rc<dyn Map>,
    /// The value that has the field.
    pub value: u64,
    /// Address of the block itself.
    block: u64,
    target: RefCell<Option<(Rc<LoadedProgram>, u64)>>,
    /// When a timer is armed.
    pub armed: Cell<Option<Timer>>,
    /// A work item waits for its worker.
    pub queued: Cell<bool>,
}

impl AsyncCb {
    pub fn map_name(&self) -> Rc<str> {
        self.map.core().name.clone()
    }

    /// Whether a callback is set.
    pub fn has_target(&self) -> bool {
        self.target.borrow().is_some()
    }

    pub fn drop_target(&self) {
        *self.target.borrow_mut() = None;
    }

    /// What to call; `None` when the callback was taken away meanwhile.
    pub fn callee(&self) -> Option<Callee> {
        let target = self.target.borrow();
        let (prog, func) = target.as_ref()?;
        let holds = Some((self.map.clone(), self.value));
        Some(Callee { prog: prog.clone(), func: *func, holds })
    }
}

/// All control blocks.
pub(crate) struct Asyncs {
    by_field: BTreeMap<u64, Rc<AsyncCb>>,
    /// Per CPU, the timer whose callback runs (`hrtimer_running`).
    pub(super) timer_running: Vec<Option<Rc<AsyncCb>>>,
}

impl Asyncs {
    pub fn new(nr_cpus: usize) -> Asyncs {
        Asyncs { by_field: BTreeMap::new(), timer_running: vec![None; nr_cpus] }
    }
}

/// The arguments of a callback: map, key, value. The key of an array element is made for the call and freed when this is dropped.
pub(crate) struct CallbackArgs {
    m: Machine,
    pub args: [u64; 5],
    key_copy: Option<u64>,
}

impl CallbackArgs {
    /// `map_key_from_value`: of hash maps the key before the value, else the index.
    pub fn new(m: &Machine, map: &dyn Map, value: u64) -> CallbackArgs {
        let info = map.element_at(m, value);
        let spec = map.spec();
        let before = value.wrapping_sub(spec.key_stride());
        let key = info.map(|info| info.key).unwrap_or_default();
        let in_place = m.arena().read(before, key.len()).is_ok_and(|bytes| bytes == key) && !key.is_empty();
        let array = spec.map_type == maps::consts::BPF_MAP_TYPE_ARRAY;
        let key_copy = (array || !in_place).then(|| {
            let len = (spec.key_size as usize).max(1);
            let addr = m.arena_mut().alloc_zeroed(len, "key of a callback", m.stamp());
            let addr = addr.expect("kernel memory for a key");
            m.arena_mut().write(addr, &key).expect("just allocated");
            addr
        });
        let args = [map.core().addr, key_copy.unwrap_or(before), value, 0, 0];
        CallbackArgs { m: m.clone(), args, key_copy }
    }
}

impl Drop for CallbackArgs {
    fn drop(&mut self) {
        if let Some(addr) = self.key_copy {
            self.m.arena_mut().free(addr, self.m.stamp());
        }
    }
}

impl Bpf {
    /// The block behind a field.
    pub(super) fn async_cb(&self, field: u64) -> Option<Rc<AsyncCb>> {
        self.contents().asyncs.borrow().by_field.get(&field).cloned()
    }

    pub(crate) fn refuse_nmi(&self) -> Result<(), Errno> {
        let in_nmi = self.machine().current_task().ctx.in_nmi();
        if in_nmi && self.contents().rules.refused_in_nmi { Err(Errno::EOPNOTSUPP) } else { Ok(()) }
    }

    /// `defer_timer_wq_op`.
    pub(super) fn must_defer(&self) -> bool {
        let task = self.machine().current_task();
        let ctx = &task.ctx;
        self.contents().rules.deferred_with_irqs_off
            && (ctx.in_hardirq() || ctx.in_nmi() || ctx.irqs_disabled.get() != 0)
    }

    /// `__bpf_async_init` for the field at `field` in a value of `map`.
    ///
    /// # Errors
    /// -EOPNOTSUPP in an NMI, -EBUSY when it is initialized, -ENOMEM, -EPERM when user space has let go of the map.
    pub(crate) fn init_async(&self, kind: AsyncKind, map: &Rc<dyn Map>, field: u64) -> Result<(), Errno> {
        self.refuse_nmi()?;
        if self.async_cb(field).is_some() {
            return Err(Errno::EBUSY);
        }
        let m = self.machine();
        let offset = map.spec().fields.iter().find(|f| f.kind == kind.field()).map(|f| f.offset);
        // A verifier allows only the field of this map.
        let value = field.wrapping_sub(u64::from(offset.ok_or(Errno::EINVAL)?));
        if !map.core().fields.user_holds() {
            return Err(Errno::EPERM);
        }
        let name = if kind == AsyncKind::Timer { "bpf_hrtimer" } else { "bpf_work" };
        let block = m.arena_mut().alloc_zeroed(BLOCK_BYTES, name, m.stamp()).ok_or(Errno::ENOMEM)?;
        m.arena_mut().store(field, 8, block).map_err(|_| Errno::EFAULT)?;
        let cb = AsyncCb {
            kind,
            map: map.clone(),
            value,
            block,
            target: RefCell::default(),
            armed: Cell::default(),
            queued: Cell::default(),
        };
        self.contents().asyncs.borrow_mut().by_field.insert(field, Rc::new(cb));
        Ok(())
    }

    /// `__bpf_async_set_callback`.
    ///
    /// # Errors
    /// -EOPNOTSUPP in an NMI, -EINVAL without a block, -EPERM when user space has let go of the map.
    pub(crate) fn set_async_callback(
        &self,
        field: u64,
        prog: &Rc<LoadedProgram>,
        func: u64,
    ) -> Result<(), Errno> {
        self.refuse_nmi()?;
        let cb = self.async_cb(field).ok_or(Errno::EINVAL)?;
        if self.contents().rules.set_callback_needs_user && !cb.map.core().fields.user_holds() {
            return Err(Errno::EPERM);
        }
        *cb.target.borrow_mut() = Some((prog.clone(), func));
        Ok(())
    }

    /// `bpf_timer_cancel_and_free`, `bpf_wq_cancel_and_free`: the element goes.
    pub(super) fn free_async(&self, field: u64) {
        let Some(cb) = self.contents().asyncs.borrow_mut().by_field.remove(&field) else { return };
        let m = self.machine();
        cb.drop_target();
        if let Some(call) = cb.armed.take() {
            call.cancel();
        }
        let what = if cb.kind == AsyncKind::Timer { "timer" } else { "work" };
        m.emit_with(|| FieldEvent::AsyncFree { map: cb.map_name(), value_addr: cb.value, what });
        let block = cb.block;
        let free = move |m: &Machine| m.arena_mut().free(block, m.stamp());
        if self.contents().rules.freed_after_tasks_trace {
            m.call_rcu_tasks_trace(free);
        } else {
            m.call_rcu(free);
        }
    }
}
