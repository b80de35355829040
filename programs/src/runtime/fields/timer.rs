//! `bpf_timer`: callbacks in softirq context at a point of virtual time.
//!
//! Source: `kernel/bpf/helpers.c:bpf_timer_start`, `bpf_timer_cancel`, `bpf_timer_cb`. A softirq is indivisible here, so a callback is never seen
//! running from another CPU; on its own CPU, from itself, it is: that is -EDEADLK. Differs: when the last user task has ended, user space is
//! taken to be about to close its maps, and timers are not armed any more; otherwise a callback that arms its own timer would keep a run
//! alive for ever. Neighbours: `async_cb`, `helpers::timer`.

use std::rc::Rc;

use sim::context::IrqKind;
use sim::errno::Errno;
use sim::ids::CpuId;
use sim::machine::Machine;
use sim::task::{TaskKind, TaskState};

use super::async_cb::{AsyncCb, CallbackArgs};
use super::event::FieldEvent;
use crate::runtime::Bpf;

/// `BPF_F_TIMER_ABS`: the time is absolute.
const BPF_F_TIMER_ABS: u64 = 1;
/// `BPF_F_TIMER_CPU_PIN`: fires on this CPU; here it does so anyway.
const BPF_F_TIMER_CPU_PIN: u64 = 2;
/// Clocks that a timer may run on (`include/uapi/linux/time.h`): real time, monotonic, boot time. None of them is ever set, so they agree.
const CLOCKS: [u64; 3] = [0, 1, 7];

impl Bpf {
    /// Checks `flags` of `bpf_timer_init`: a clock.
    pub(crate) fn timer_clock(flags: u64) -> Result<(), Errno> {
        if CLOCKS.contains(&flags) { Ok(()) } else { Err(Errno::EINVAL) }
    }

    /// `bpf_timer_start`.
    ///
    /// # Errors
    /// -EOPNOTSUPP in an NMI, -EINVAL for flags, without a timer or without a callback.
    pub(crate) fn start_timer(&self, field: u64, nsecs: u64, flags: u64) -> Result<(), Errno> {
        self.refuse_nmi()?;
        let known = if self.contents().rules.timer_flags { BPF_F_TIMER_ABS | BPF_F_TIMER_CPU_PIN } else { 0 };
        if flags & !known != 0 {
            return Err(Errno::EINVAL);
        }
        let timer = self.async_cb(field).filter(|cb| cb.has_target()).ok_or(Errno::EINVAL)?;
        let (m, bpf) = (self.machine(), self.clone());
        let absolute = flags & BPF_F_TIMER_ABS != 0;
        let expires_ns = if absolute { nsecs } else { m.now_ns().saturating_add(nsecs) };
        if self.must_defer() {
            m.interrupt(m.current_cpu(), IrqKind::Hard, "irq_work", move |_| bpf.arm(&timer, expires_ns));
        } else {
            self.arm(&timer, expires_ns);
        }
        Ok(())
    }

    /// `hrtimer_start`: on the CPU that calls.
    fn arm(&self, timer: &Rc<AsyncCb>, expires_ns: u64) {
        let m = self.machine();
        let moved = disarm(timer);
        if !user_tasks_alive(m) {
            m.emit_with(|| FieldEvent::TimerDropped { map: timer.map_name(), value_addr: timer.value });
            return;
        }
        let (bpf, cpu, target) = (self.clone(), m.current_cpu(), timer.clone());
        let call = m.timer_at(expires_ns, false, move |_| bpf.expire(cpu, target));
        timer.armed.set(Some(call));
        let (map, value_addr) = (timer.map_name(), timer.value);
        m.emit_with(|| FieldEvent::TimerStart { map, value_addr, expires_ns, moved });
    }

    /// The timer interrupt raises the softirq that runs the callback (`hrtimer_run_softirq`).
    fn expire(&self, cpu: CpuId, timer: Rc<AsyncCb>) {
        timer.armed.set(None);
        let bpf = self.clone();
        self.machine().interrupt(cpu, IrqKind::Hard, "hrtimer", move |m| {
            let name = "hrtimer";
            m.interrupt(cpu, IrqKind::Soft, name, move |m| bpf.run_timer(m, cpu, &timer));
        });
    }

    /// `bpf_timer_cb`.
    fn run_timer(&self, m: &Machine, cpu: CpuId, timer: &Rc<AsyncCb>) {
        let Some(callee) = timer.callee() else { return };
        m.emit_with(|| FieldEvent::TimerExpire { map: timer.map_name(), value_addr: timer.value });
        self.set_running(cpu, Some(timer.clone()));
        let args = CallbackArgs::new(m, &*timer.map, timer.value);
        self.call_in_irq(&callee, args.args, &m.preempt_guard());
        drop(args);
        self.set_running(cpu, None);
    }

    fn set_running(&self, cpu: CpuId, timer: Option<Rc<AsyncCb>>) {
        self.contents().asyncs.borrow_mut().timer_running[cpu.index()] = timer;
    }

    /// `bpf_timer_cancel`: 1 if it was armed, else 0. Takes the callback away, too.
    ///
    /// # Errors
    /// -EOPNOTSUPP in an NMI (7.2: with interrupts off), -EINVAL without a timer, -EDEADLK from its own callback.
    pub(crate) fn cancel_timer(&self, field: u64) -> Result<u64, Errno> {
        self.refuse_nmi()?;
        if self.must_defer() {
            return Err(Errno::EOPNOTSUPP);
        }
        let timer = self.async_cb(field).ok_or(Errno::EINVAL)?;
        if self.runs_here(&timer) {
            return Err(Errno::EDEADLK);
        }
        timer.drop_target();
        Ok(u64::from(self.disarm_reported(&timer)))
    }

    /// `bpf_timer_cancel_async` (7.2): never waits and is allowed everywhere; the callback stays set. -1 from its own callback.
    ///
    /// # Errors
    /// -EINVAL without a timer, -ECANCELED when it will be cancelled as soon as interrupts are on.
    pub(crate) fn cancel_timer_async(&self, field: u64) -> Result<u64, Errno> {
        let timer = self.async_cb(field).ok_or(Errno::EINVAL)?;
        let (m, bpf) = (self.machine(), self.clone());
        if self.must_defer() {
            let cpu = m.current_cpu();
            m.interrupt(cpu, IrqKind::Hard, "irq_work", move |_| {
                bpf.disarm_reported(&timer);
            });
            return Err(Errno::ECANCELED);
        }
        if self.runs_here(&timer) {
            return Ok(-1_i64 as u64);
        }
        Ok(u64::from(self.disarm_reported(&timer)))
    }

    /// Whether the timer's callback is what this CPU executes.
    fn runs_here(&self, timer: &Rc<AsyncCb>) -> bool {
        let running = &self.contents().asyncs.borrow().timer_running[self.machine().current_cpu().index()];
        running.as_ref().is_some_and(|running| Rc::ptr_eq(running, timer))
    }

    fn disarm_reported(&self, timer: &AsyncCb) -> bool {
        let m = self.machine();
        let active = disarm(timer);
        m.emit_with(|| FieldEvent::TimerCancel { map: timer.map_name(), value_addr: timer.value, active });
        active
    }
}

/// Whether it was armed.
fn disarm(timer: &AsyncCb) -> bool {
    timer.armed.take().is_some_and(|call| call.cancel())
}

fn user_tasks_alive(m: &Machine) -> bool {
    m.tasks().iter().any(|task| task.kind == TaskKind::User && task.state.get() != TaskState::Dead)
}
