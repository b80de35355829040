//! `bpf_wq`: callbacks in a kernel thread, which may sleep.
//!
//! Source: `kernel/bpf/helpers.c:bpf_wq_start`, `bpf_wq_work`: the callback runs under Tasks Trace with migration disabled. Each CPU has one
//! worker, made when it is first needed; a kernel adds workers when one sleeps, here the next item waits. Neighbour: `async_cb`.

use std::collections::VecDeque;
use std::rc::Rc;

use sim::context::IrqKind;
use sim::errno::Errno;
use sim::ids::{CpuId, TaskId};
use sim::task::{TaskSpec, WaitReason};

use super::async_cb::{AsyncCb, CallbackArgs};
use super::event::FieldEvent;
use crate::runtime::Bpf;

/// The workers of all CPUs.
pub(crate) struct Workers(Vec<Worker>);

#[derive(Default)]
struct Worker {
    task: Option<TaskId>,
    items: VecDeque<Rc<AsyncCb>>,
}

impl Workers {
    pub fn new(nr_cpus: usize) -> Workers {
        Workers((0..nr_cpus).map(|_| Worker::default()).collect())
    }
}

impl Bpf {
    /// `bpf_wq_start`.
    ///
    /// # Errors
    /// -EOPNOTSUPP in an NMI, -EINVAL without a work queue or without a callback.
    pub(crate) fn start_work(&self, field: u64) -> Result<(), Errno> {
        self.refuse_nmi()?;
        let work = self.async_cb(field).filter(|cb| cb.has_target()).ok_or(Errno::EINVAL)?;
        let (m, bpf) = (self.machine(), self.clone());
        if self.must_defer() {
            m.interrupt(m.current_cpu(), IrqKind::Hard, "irq_work", move |_| bpf.queue_work(work));
        } else {
            self.queue_work(work);
        }
        Ok(())
    }

    /// `schedule_work`: on this CPU, unless it is queued already.
    fn queue_work(&self, work: Rc<AsyncCb>) {
        let m = self.machine();
        let queued = !work.queued.replace(true);
        m.emit_with(|| FieldEvent::WorkQueue { map: work.map_name(), value_addr: work.value, queued });
        if !queued {
            return;
        }
        let cpu = m.current_cpu();
        let task = {
            let mut workers = self.contents().workers.borrow_mut();
            let worker = &mut workers.0[cpu.index()];
            worker.items.push_back(work);
            worker.task
        };
        match task {
            Some(task) => m.wake(task),
            None => self.start_worker(cpu),
        }
    }

    fn start_worker(&self, cpu: CpuId) {
        let bpf = self.clone();
        let spec = TaskSpec::kthread(&format!("kworker/{}:0", cpu.0)).on_cpu(cpu);
        let task = self.machine().spawn(spec, async move { bpf.worker(cpu).await });
        self.contents().workers.borrow_mut().0[cpu.index()].task = Some(task);
    }

    async fn worker(self, cpu: CpuId) {
        loop {
            let item = self.contents().workers.borrow_mut().0[cpu.index()].items.pop_front();
            match item {
                Some(work) => self.run_work(&work).await,
                None => self.machine().block(WaitReason::new("worker_thread")).await,
            }
        }
    }

    /// `bpf_wq_work`.
    async fn run_work(&self, work: &AsyncCb) {
        work.queued.set(false);
        let Some(callee) = work.callee() else { return };
        let m = self.machine();
        let args = CallbackArgs::new(m, &*work.map, work.value);
        m.rcu_read_lock_trace();
        m.migrate_disable();
        self.call_sleepable(&callee, args.args).await;
        m.migrate_enable();
        m.rcu_read_unlock_trace();
    }
}
