//! What native programs can do: [`NativeCx`] for both kinds, [`SleepableCx`] with what sleeps, [`AtomicCx`] with proof of atomic context.
//! Neighbour: `helpers` has the same for bytecode.

use std::cell::Cell;
use std::ops::Deref;
use std::rc::Rc;

use sim::arena::MemFault;
use sim::errno::Errno;
use sim::finding;
use sim::machine::{InAtomic, Machine};
use sim::uaccess;

use crate::helpers::copy::read_all;
use crate::helpers::probe;
use crate::runtime::{Bpf, Frame, Invocation, LoadedProgram, LockKind, LockSite, MapHandle, RunState};

/// What every native program can do.
pub struct NativeCx {
    bpf: Bpf,
    prog: Rc<LoadedProgram>,
    inv: Invocation,
    state: Rc<RunState>,
}

impl NativeCx {
    pub fn machine(&self) -> &Machine {
        self.bpf.machine()
    }

    pub fn bpf(&self) -> &Bpf {
        &self.bpf
    }

    pub fn program(&self) -> &Rc<LoadedProgram> {
        &self.prog
    }

    pub fn invocation(&self) -> &Invocation {
        &self.inv
    }

    /// Argument `n` of the traced function.
    pub fn arg(&self, n: usize) -> Option<u64> {
        match &*self.inv.frame {
            Frame::Trampoline(frame) => frame.args.get(n).copied(),
            _ => None,
        }
    }

    /// `bpf_ktime_get_ns`.
    pub fn ktime_get_ns(&self) -> u64 {
        self.machine().now_ns()
    }

    /// `bpf_get_current_pid_tgid`: thread group in the upper half.
    pub fn current_pid_tgid(&self) -> u64 {
        let task = self.machine().current_task();
        u64::from(task.tgid.0) << 32 | u64::from(task.pid.0)
    }

    /// `bpf_get_current_comm`.
    pub fn current_comm(&self) -> Rc<str> {
        self.machine().current_task().comm()
    }

    /// `bpf_get_smp_processor_id`.
    pub fn smp_processor_id(&self) -> u32 {
        u32::from(self.machine().current_cpu().0)
    }

    /// `bpf_printk`.
    pub fn printk(&self, text: &str) {
        self.bpf.print_line(text);
    }

    /// The map of this name.
    pub fn map(&self, name: &str) -> Option<MapHandle> {
        self.bpf.map_by_name(name)
    }

    /// `bpf_map_lookup_elem`: the value's address. The run counts as holding the element.
    pub fn map_lookup(&self, map: &MapHandle, key: &[u8]) -> Option<u64> {
        let value = map.map.lookup(self.machine(), key)?;
        self.state.hold(&*map.map, value, &self.prog, self.machine());
        Some(value)
    }

    /// `bpf_map_update_elem`.
    ///
    /// # Errors
    /// As the helper.
    pub fn map_update(&self, map: &MapHandle, key: &[u8], value: &[u8], flags: u64) -> Result<(), Errno> {
        map.map.update(self.machine(), key, value, flags)
    }

    /// `bpf_map_delete_elem`.
    ///
    /// # Errors
    /// -ENOENT, -EINVAL.
    pub fn map_delete(&self, map: &MapHandle, key: &[u8]) -> Result<(), Errno> {
        map.map.delete(self.machine(), key)
    }

    /// `bpf_ringbuf_output`.
    ///
    /// # Errors
    /// -EAGAIN when there is no room, -EINVAL for flags or a map of another type.
    pub fn ringbuf_output(&self, map: &MapHandle, data: &[u8], flags: u64) -> Result<(), Errno> {
        map.map.as_ringbuf().ok_or(Errno::EINVAL)?.output(self.machine(), data, flags)
    }

    /// Loads kernel memory, as an instruction does. A fault is reported.
    ///
    /// # Errors
    /// What is wrong with the address.
    pub fn load(&self, addr: u64, size: u8) -> Result<u64, MemFault> {
        let loaded = self.machine().arena().load(addr, size);
        loaded.inspect_err(|fault| self.report(fault))
    }

    /// Stores to kernel memory, as an instruction does. A fault is reported.
    ///
    /// # Errors
    /// What is wrong with the address.
    pub fn store(&self, addr: u64, size: u8, value: u64) -> Result<(), MemFault> {
        let stored = self.machine().arena_mut().store(addr, size, value);
        stored.inspect_err(|fault| self.report(fault))
    }

    /// The bytes at a kernel address. A fault is reported.
    ///
    /// # Errors
    /// What is wrong with the address.
    pub fn read(&self, addr: u64, len: usize) -> Result<Vec<u8>, MemFault> {
        let read = self.machine().arena().read(addr, len).map(<[u8]>::to_vec);
        read.inspect_err(|fault| self.report(fault))
    }

    fn report(&self, fault: &MemFault) {
        self.bpf.report_memory_fault(&self.prog, fault);
    }

    /// `bpf_probe_read_user`: never waits.
    ///
    /// # Errors
    /// -EFAULT when a page is not there.
    pub fn probe_read_user(&self, addr: u64, len: usize) -> Result<Vec<u8>, Errno> {
        let mut bytes = vec![0; len];
        probe::read_user(self.machine(), addr, &mut bytes).map(|()| bytes)
    }

    /// `bpf_probe_read_user_str`: the string with its NUL; never waits.
    ///
    /// # Errors
    /// -EFAULT when a page is not there.
    pub fn probe_read_user_str(&self, addr: u64, max: usize) -> Result<Vec<u8>, Errno> {
        let mut bytes = vec![0; max];
        let len = probe::read_user_str(self.machine(), addr, &mut bytes)?;
        bytes.truncate(len);
        Ok(bytes)
    }

    /// `bpf_probe_read_kernel`.
    ///
    /// # Errors
    /// -ERANGE for a user address, -EFAULT where nothing is mapped.
    pub fn probe_read_kernel(&self, addr: u64, len: usize) -> Result<Vec<u8>, Errno> {
        let mut bytes = vec![0; len];
        probe::read_kernel(self.machine(), addr, &mut bytes).map(|()| bytes)
    }

    /// `bpf_spin_lock` of a lock that is free; `None` when somebody holds it. Interrupts and preemption are off while the guard lives.
    pub fn spin_trylock(&self, lock: u64) -> Option<SpinGuard> {
        let m = self.machine();
        LockKind::Spin.enter(m);
        if !self.bpf.try_lock(lock, LockKind::Spin, &self.lock_site()) {
            LockKind::Spin.leave(m);
            return None;
        }
        Some(SpinGuard { bpf: self.bpf.clone(), lock })
    }

    /// Native code has no instructions to point at.
    fn lock_site(&self) -> LockSite {
        let m = self.machine();
        LockSite { task: m.current(), cpu: m.current_cpu(), prog: self.prog.clone(), pc: 0 }
    }
}

/// A held `bpf_spin_lock`.
#[must_use = "the lock is released when the guard is dropped"]
pub struct SpinGuard {
    bpf: Bpf,
    lock: u64,
}

impl InAtomic for SpinGuard {
    fn machine(&self) -> &Machine {
        self.bpf.machine()
    }
}

impl Drop for SpinGuard {
    fn drop(&mut self) {
        // A guard in a run that ended early was released with it.
        let me = self.bpf.machine().current();
        let mine = self.bpf.spin_locks().holder(self.lock).is_some_and(|h| h.site.task == me);
        if mine {
            self.bpf.unlock(self.lock);
        }
    }
}

/// The context of a sleepable program.
pub struct SleepableCx {
    base: NativeCx,
    slept_ns: Cell<u64>,
}

impl SleepableCx {
    pub(crate) fn new(
        bpf: Bpf,
        prog: Rc<LoadedProgram>,
        inv: Invocation,
        state: Rc<RunState>,
    ) -> SleepableCx {
        SleepableCx { base: NativeCx { bpf, prog, inv, state }, slept_ns: Cell::new(0) }
    }

    /// Virtual time it was blocked so far.
    pub fn slept_ns(&self) -> u64 {
        self.slept_ns.get()
    }

    async fn timed<T>(&self, wait: impl Future<Output = T>) -> T {
        let before = self.machine().now_ns();
        let value = wait.await;
        self.slept_ns.set(self.slept_ns.get() + (self.machine().now_ns() - before));
        value
    }

    /// `bpf_copy_from_user`: waits for pages that are not there.
    ///
    /// # Errors
    /// -EFAULT when there is no such memory.
    pub async fn copy_from_user(&self, addr: u64, len: usize) -> Result<Vec<u8>, Errno> {
        let mut bytes = vec![0; len];
        self.timed(read_all(self.machine(), addr, &mut bytes)).await.map(|()| bytes)
    }

    /// `bpf_copy_from_user_str`: the string with its NUL, at most `max` bytes.
    ///
    /// # Errors
    /// -EFAULT.
    pub async fn copy_from_user_str(&self, addr: u64, max: usize) -> Result<Vec<u8>, Errno> {
        let mut bytes = vec![0; max];
        let mm = self.machine().current_task().mm.get().ok_or(Errno::EFAULT)?;
        let room = max.saturating_sub(1);
        let copy = uaccess::strncpy_from_user(self.machine(), mm, addr, &mut bytes[..room]);
        let len = self.timed(copy).await?;
        bytes.truncate(len + 1);
        Ok(bytes)
    }

    /// `bpf_spin_lock`: spins while another CPU holds it. `None` when its holder cannot go on meanwhile, which is reported: a kernel hangs.
    pub async fn spin_lock(&self, lock: u64) -> Option<SpinGuard> {
        let (m, site, locks) = (self.machine(), self.lock_site(), self.bpf().spin_locks());
        let here = locks.holder(lock).is_some_and(|holder| holder.site.cpu == site.cpu);
        if let Some(cycle) = locks.cycle(lock, &site) {
            let message = format!("program {}: deadlock on a bpf_spin_lock", self.program().name);
            m.finding(finding::DEADLOCK, message, self.bpf().deadlock_notes(&cycle));
            return None;
        }
        if here {
            let message =
                format!("program {}: spins for a bpf_spin_lock of its own CPU", self.program().name);
            m.finding(finding::DEADLOCK, message, Vec::new());
            return None;
        }
        LockKind::Spin.enter(m);
        locks.begin_wait(lock, &site);
        while locks.holder(lock).is_some() {
            m.charge(self.bpf().costs().spin_ns);
            m.cpu_point().await;
        }
        locks.end_wait(site.task);
        let free = self.bpf().try_lock(lock, LockKind::Spin, &site);
        assert!(free, "nothing happens between the look and the lock");
        Some(SpinGuard { bpf: self.bpf().clone(), lock })
    }
}

impl Deref for SleepableCx {
    type Target = NativeCx;

    fn deref(&self) -> &NativeCx {
        &self.base
    }
}

/// The context of an atomic program, with proof of it.
pub struct AtomicCx<'a> {
    base: NativeCx,
    guard: &'a dyn InAtomic,
}

impl<'a> AtomicCx<'a> {
    pub(crate) fn new(
        bpf: &Bpf,
        prog: &Rc<LoadedProgram>,
        inv: &Invocation,
        state: &Rc<RunState>,
        guard: &'a dyn InAtomic,
    ) -> AtomicCx<'a> {
        let base = NativeCx { bpf: bpf.clone(), prog: prog.clone(), inv: inv.clone(), state: state.clone() };
        AtomicCx { base, guard }
    }

    /// Proof of atomic context.
    pub fn guard(&self) -> &dyn InAtomic {
        self.guard
    }
}

impl Deref for AtomicCx<'_> {
    type Target = NativeCx;

    fn deref(&self) -> &NativeCx {
        &self.base
    }
}
