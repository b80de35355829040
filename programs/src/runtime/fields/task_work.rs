//! `bpf_task_work` (7.x): callbacks in a task of the program's choice, when it returns to user space; they may sleep.
//!
//! Source: `kernel/bpf/helpers.c:bpf_task_work_schedule`, `bpf_task_work_callback`. Interrupt work hands the item to the task, which runs it
//! at the end of its system call, after a hook in its user code, or when it exits. Differs: a blocked task is not interrupted
//! (`TWA_SIGNAL`); the callback waits until it goes on by itself. Key type: [`TaskWorks`]. Neighbours: `hooks` calls
//! [`Bpf::run_task_works`]; `kfuncs::async_cb` is what programs call.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use maps::map::Map;
use maps::spec::FieldKind;
use sim::context::IrqKind;
use sim::errno::Errno;
use sim::ids::TaskId;
use sim::task::TaskState;

use super::async_cb::CallbackArgs;
use super::event::FieldEvent;
use crate::runtime::Bpf;
use crate::runtime::invocation::Callee;

/// Where an item is (`enum bpf_task_work_state`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Standby,
    Scheduled,
    Running,
    Freed,
}

/// One item.
struct TaskWork {
    map: Rc<dyn Map>,
    value: u64,
    state: Cell<State>,
    callee: RefCell<Option<Callee>>,
}

/// All items.
#[derive(Default)]
pub(crate) struct TaskWorks {
    by_field: BTreeMap<u64, Rc<TaskWork>>,
    queues: BTreeMap<TaskId, VecDeque<Rc<TaskWork>>>,
}

impl Bpf {
    /// `bpf_task_work_schedule`.
    ///
    /// # Errors
    /// -EBADF without such a task, -EBUSY when the item is scheduled or runs, or when user space has let go of the map.
    pub(crate) fn schedule_task_work(
        &self,
        task: u64,
        field: u64,
        map: &Rc<dyn Map>,
        mut callee: Callee,
    ) -> Result<(), Errno> {
        let m = self.machine();
        let target = self.kobjs().task_at(m, task).ok_or(Errno::EBADF)?;
        let offset = map.spec().fields.iter().find(|f| f.kind == FieldKind::TaskWork).map(|f| f.offset);
        let value = field - u64::from(offset.ok_or(Errno::EINVAL)?);
        let work = self.task_work(field, map, value);
        if work.state.get() != State::Standby || !map.core().fields.user_holds() {
            return Err(Errno::EBUSY);
        }
        work.state.set(State::Scheduled);
        callee.holds = Some((map.clone(), value));
        *work.callee.borrow_mut() = Some(callee);
        let (bpf, id) = (self.clone(), target.id);
        m.interrupt(m.current_cpu(), IrqKind::Hard, "irq_work", move |_| bpf.add_task_work(id, work));
        Ok(())
    }

    fn task_work(&self, field: u64, map: &Rc<dyn Map>, value: u64) -> Rc<TaskWork> {
        let mut works = self.contents().task_works.borrow_mut();
        let new = || {
            Rc::new(TaskWork { map: map.clone(), value, state: Cell::default(), callee: RefCell::default() })
        };
        works.by_field.entry(field).or_insert_with(new).clone()
    }

    /// `bpf_task_work_irq`: a task that has exited meanwhile takes no work.
    fn add_task_work(&self, task: TaskId, work: Rc<TaskWork>) {
        let m = self.machine();
        if work.state.get() != State::Scheduled {
            return;
        }
        let target = m.task(task);
        if target.state.get() == TaskState::Dead {
            work.state.set(State::Standby);
            return;
        }
        let (map, value_addr) = (work.map.core().name.clone(), work.value);
        m.emit_with(|| FieldEvent::TaskWorkAdd { map, value_addr, pid: target.pid.0 });
        self.contents().task_works.borrow_mut().queues.entry(task).or_default().push_back(work);
    }

    /// `task_work_run`: the current task is about to return to user space, or to exit.
    pub async fn run_task_works(&self) {
        let me = self.machine().current();
        loop {
            let next = {
                let mut works = self.contents().task_works.borrow_mut();
                works.queues.get_mut(&me).and_then(VecDeque::pop_front)
            };
            let Some(work) = next else { return };
            self.run_task_work(&work).await;
        }
    }

    /// `bpf_task_work_callback`.
    async fn run_task_work(&self, work: &TaskWork) {
        if work.state.get() != State::Scheduled {
            return;
        }
        work.state.set(State::Running);
        let callee = work.callee.take().expect("scheduled with a callback");
        let m = self.machine();
        m.rcu_read_lock_trace();
        let args = CallbackArgs::new(m, &*work.map, work.value);
        m.migrate_disable();
        self.call_sleepable(&callee, args.args).await;
        m.migrate_enable();
        m.rcu_read_unlock_trace();
        if work.state.get() == State::Running {
            work.state.set(State::Standby);
        }
    }

    /// `bpf_task_work_cancel_and_free`.
    pub(super) fn free_task_work(&self, field: u64) {
        let Some(work) = self.contents().task_works.borrow_mut().by_field.remove(&field) else { return };
        work.state.set(State::Freed);
        let (map, value_addr) = (work.map.core().name.clone(), work.value);
        self.machine().emit_with(|| FieldEvent::AsyncFree { map, value_addr, what: "task work" });
    }
}
