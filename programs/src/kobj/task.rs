//! Tasks as kernel objects: `task_struct`, `cred`, `mm_struct`.
//!
//! What changes while a task lives (name, credentials, memory) is written again whenever a program gets a pointer to it.

use std::collections::BTreeMap;

use sim::ids::{MmId, Pid};
use sim::machine::Machine;
use sim::task::{Task, TaskKind};

use super::{KobjError, Kobjs};

/// `PF_KTHREAD` (`include/linux/sched.h`).
const PF_KTHREAD: u64 = 0x0020_0000;

/// What belongs to tasks.
#[derive(Default)]
pub(super) struct Tasks {
    /// Ancestors that the machine does not simulate, e.g. pid 1.
    others: BTreeMap<Pid, u64>,
    creds: BTreeMap<Pid, u64>,
    mms: BTreeMap<MmId, u64>,
}

impl Kobjs {
    /// The `task_struct` of a task, up to date.
    pub fn task(&self, m: &Machine, task: &Task) -> Result<u64, KobjError> {
        if task.struct_addr.get() == 0 {
            let addr = self.alloc_struct(m, "task_struct")?;
            // Before its relatives: they may point back.
            task.struct_addr.set(addr);
            self.fill_task(m, task, addr)?;
        }
        self.refresh_task(m, task)?;
        Ok(task.struct_addr.get())
    }

    fn fill_task(&self, m: &Machine, task: &Task, addr: u64) -> Result<(), KobjError> {
        let parent = self.task_by_pid(m, task.ppid, addr)?;
        let leader = if task.tgid == task.pid { addr } else { self.task_by_pid(m, task.tgid, addr)? };
        let flags = if task.kind == TaskKind::User { 0 } else { PF_KTHREAD };
        let numbers = [
            ("pid", u64::from(task.pid.0)),
            ("tgid", u64::from(task.tgid.0)),
            ("real_parent", parent),
            ("parent", parent),
            ("group_leader", leader),
            ("flags", flags),
            ("start_time", m.now_ns()),
            ("start_boottime", m.now_ns()),
            ("nr_cpus_allowed", u64::from(task.affinity.get().count_ones().min(m.nr_cpus() as u32))),
        ];
        numbers.iter().try_for_each(|(path, value)| self.set_known(m, addr, path, *value))
    }

    fn refresh_task(&self, m: &Machine, task: &Task) -> Result<(), KobjError> {
        let addr = task.struct_addr.get();
        let cred = self.cred(m, task)?;
        let mm = task.mm.get().map_or(Ok(0), |mm| self.mm(m, mm, addr))?;
        let numbers = [("cred", cred), ("real_cred", cred), ("mm", mm), ("active_mm", mm)];
        numbers.iter().try_for_each(|(path, value)| self.set_known(m, addr, path, *value))?;
        self.set_known(m, addr, "recent_used_cpu", u64::from(task.cpu.get().0))?;
        match self.set_bytes(m, addr, "comm", task.comm().as_bytes()) {
            Err(KobjError::NoMember { .. }) => Ok(()),
            other => other,
        }
    }

    /// The `task_struct` of a pid; of one that is not simulated an object that says little more than its pid.
    fn task_by_pid(&self, m: &Machine, pid: Pid, child: u64) -> Result<u64, KobjError> {
        if let Some(task) = m.find_task(pid) {
            let addr = task.struct_addr.get();
            return if addr == 0 { self.task(m, &task) } else { Ok(addr) };
        }
        if let Some(addr) = self.tasks.borrow().others.get(&pid) {
            return Ok(*addr);
        }
        let addr = self.alloc_struct(m, "task_struct")?;
        debug_assert_ne!(addr, child);
        self.tasks.borrow_mut().others.insert(pid, addr);
        let numbers = [
            ("pid", u64::from(pid.0)),
            ("tgid", u64::from(pid.0)),
            ("real_parent", addr),
            ("parent", addr),
            ("group_leader", addr),
        ];
        numbers.iter().try_for_each(|(path, value)| self.set_known(m, addr, path, *value))?;
        let comm: &[u8] = if pid == Pid(1) { b"init" } else { b"" };
        match self.set_bytes(m, addr, "comm", comm) {
            Err(KobjError::NoMember { .. }) => Ok(addr),
            other => other.map(|()| addr),
        }
    }

    /// The task's `cred`, up to date; 0 when the kernel's types have none.
    fn cred(&self, m: &Machine, task: &Task) -> Result<u64, KobjError> {
        let known = self.tasks.borrow().creds.get(&task.pid).copied();
        let addr = match known {
            Some(addr) => addr,
            None => match self.alloc_struct(m, "cred") {
                Err(KobjError::NoType(_)) => return Ok(0),
                made => made?,
            },
        };
        self.tasks.borrow_mut().creds.insert(task.pid, addr);
        for name in ["uid", "euid", "suid", "fsuid"] {
            self.set_known(m, addr, &format!("{name}.val"), u64::from(task.uid.get()))?;
        }
        for name in ["gid", "egid", "sgid", "fsgid"] {
            self.set_known(m, addr, &format!("{name}.val"), u64::from(task.gid.get()))?;
        }
        Ok(addr)
    }

    /// The `mm_struct` of an address space; 0 when the kernel's types have none.
    fn mm(&self, m: &Machine, mm: MmId, owner: u64) -> Result<u64, KobjError> {
        if let Some(addr) = self.tasks.borrow().mms.get(&mm) {
            return Ok(*addr);
        }
        let addr = match self.alloc_struct(m, "mm_struct") {
            Err(KobjError::NoType(_)) => return Ok(0),
            made => made?,
        };
        self.tasks.borrow_mut().mms.insert(mm, addr);
        self.set_known(m, addr, "owner", owner)?;
        Ok(addr)
    }

    /// The address space that a `task_struct` pointer belongs to, and its task.
    pub fn task_at(&self, m: &Machine, addr: u64) -> Option<std::rc::Rc<Task>> {
        m.tasks().into_iter().find(|task| task.struct_addr.get() == addr && addr != 0)
    }
}
