//! Processes: execve, fork, exit.
//!
//! `fork` and `exit` change which code runs, so the scenario's runner does the part that a table row cannot: it spawns the child's
//! steps ([`Kernel::fork`]) and stops stepping an exited task.

use std::future::Future;

use sim::errno::Errno;
use sim::ids::TaskId;
use sim::machine::Machine;
use sim::mm::map::{MapRequest, Place};
use sim::mm::vma::Prot;
use sim::task::TaskSpec;
use sim::uaccess;

use super::{Call, Row, row};
use crate::kernel::Kernel;
use crate::vfs::InodeKind;

pub(super) const ROWS: &[Row] =
    &[row!("execve", 3, execve), row!("fork", 0, fork_only), row!("exit", 1, exit)];

/// Most arguments read here (the kernel's limit is by bytes).
const MAX_ARGS: usize = 256;
/// `MAX_ARG_STRLEN` is 32 pages; strings here end earlier.
const MAX_ARG_BYTES: usize = 4096;
/// Where a new program's stack lies.
const STACK_TOP: u64 = 0x7fff_ffff_f000;
const STACK_BYTES: u64 = 132 << 10;

/// `do_execveat_common()`, `bprm_execve()`, `begin_new_exec()` (fs/exec.c): the LSM hooks in their order, a new address space with
/// the arguments on its stack.
async fn execve(call: Call) -> Result<i64, Errno> {
    let path = call.read_path(call.args[0]).await?;
    let argv = read_vector(&call, call.args[1]).await?;
    let envp = read_vector(&call, call.args[2]).await?;
    let inode = call.kernel.vfs().find(&path).ok_or(Errno::ENOENT)?;
    if !matches!(inode.kind, InodeKind::Regular(_)) || inode.mode & 0o111 == 0 {
        return Err(Errno::EACCES);
    }
    let file = super::file::open_inode(&call, &inode, 0).await?;
    let bprm = call.kernel.binprm_object(file.addr, &path);
    let checked = check_bprm(&call, bprm.addr).await;
    if checked.is_ok() {
        commit(&call, bprm.addr, &path, &argv, &envp).await?;
    }
    bprm.free(&call.kernel);
    call.kernel.lsm("file_free_security", &[file.addr]).await;
    call.kernel.free_object(file.addr);
    checked.map(|()| 0)
}

async fn check_bprm(call: &Call, bprm: u64) -> Result<(), Errno> {
    call.lsm("bprm_creds_for_exec", &[bprm]).await?;
    call.lsm("bprm_check_security", &[bprm]).await
}

async fn commit(call: &Call, bprm: u64, path: &str, argv: &[Vec<u8>], envp: &[Vec<u8>]) -> Result<(), Errno> {
    let (kernel, m) = (&call.kernel, call.kernel.machine());
    kernel.lsm("bprm_committing_creds", &[bprm]).await;
    let old = call.mm()?;
    let stack = new_image(m, path, argv, envp).await?;
    let task = m.current_task();
    task.mm.set(Some(stack.mm));
    task.set_comm(path.rsplit('/').next().unwrap_or_default());
    *call.process().exe.borrow_mut() = path.to_string();
    kernel.refresh_task_object(&task, stack.arg_start, stack.arg_end);
    kernel.lsm("bprm_committed_creds", &[bprm]).await;
    let raw = [kernel.task_object(&task), u64::from(task.pid.0), bprm];
    // struct trace_event_raw_sched_process_exec: __data_loc filename, pid, old_pid.
    let pid = task.pid.0.to_le_bytes();
    kernel.tracepoint("sched/sched_process_exec", &raw, &[&[0; 4], &pid[..], &pid[..]].concat()).await;
    kernel.put_mm(old);
    Ok(())
}

struct Image {
    mm: sim::ids::MmId,
    arg_start: u64,
    arg_end: u64,
}

/// A new address space: argument strings, environment strings and the program's path at the top of the stack, as `copy_strings()` leaves them. The pages are
/// resident, for the kernel has just written them.
async fn new_image(m: &Machine, path: &str, argv: &[Vec<u8>], envp: &[Vec<u8>]) -> Result<Image, Errno> {
    let mm = m.mm().new_mm();
    let request = MapRequest {
        place: Place::Fixed(STACK_TOP - STACK_BYTES),
        grows_down: true,
        ..MapRequest::anon(STACK_BYTES, Prot::from_bits(3))
    };
    m.mm().mmap(mm, &request)?;
    let join =
        |strings: &[Vec<u8>]| strings.iter().flat_map(|s| s.iter().copied().chain([0])).collect::<Vec<u8>>();
    let (args, env) = (join(argv), join(envp));
    let execfn = [path.as_bytes(), &[0]].concat();
    let total = (args.len() + env.len() + execfn.len()) as u64;
    if total > STACK_BYTES / 4 {
        return Err(Errno::E2BIG);
    }
    let arg_start = STACK_TOP - 8 - total;
    let arg_end = arg_start + args.len() as u64;
    let bytes = [args, env, execfn].concat();
    uaccess::copy_to_user(m, mm, arg_start, &bytes).await.map_err(|_| Errno::ENOMEM)?;
    Ok(Image { mm, arg_start, arg_end })
}

/// The strings of a NULL-terminated array of pointers in user memory.
async fn read_vector(call: &Call, addr: u64) -> Result<Vec<Vec<u8>>, Errno> {
    let mut strings = Vec::new();
    if addr == 0 {
        return Ok(strings);
    }
    loop {
        let bytes = call.read_user(addr.wrapping_add(8 * strings.len() as u64), 8).await?;
        let pointer = u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
        if pointer == 0 {
            return Ok(strings);
        }
        if strings.len() == MAX_ARGS {
            return Err(Errno::E2BIG);
        }
        strings.push(call.read_string(pointer, MAX_ARG_BYTES).await?);
    }
}

/// A fork whose child has nothing to do exits at once.
async fn fork_only(call: Call) -> Result<i64, Errno> {
    let child = call.kernel.fork(|_| async {}).await?;
    Ok(i64::from(call.kernel.machine().task(child).pid.0))
}

/// `do_exit()` as far as hooks see it; the task's remaining steps are the runner's to drop.
async fn exit(call: Call) -> Result<i64, Errno> {
    call.kernel.exit_notify().await;
    Ok(0)
}

impl Kernel {
    /// `kernel_clone()` (kernel/fork.c): a child that shares the parent's memory copy-on-write and runs `body`.
    ///
    /// # Errors
    /// The verdict of `task_alloc`, or `ENOMEM`.
    pub async fn fork<F: Future<Output = ()> + 'static>(
        &self,
        body: impl FnOnce(Kernel) -> F + 'static,
    ) -> Result<TaskId, Errno> {
        self.fork_as(|spec| spec, body).await
    }

    /// The same; `adjust` may change what the child is like at its start, e.g. its pid.
    ///
    /// # Errors
    /// See [`Kernel::fork`].
    pub async fn fork_as<F: Future<Output = ()> + 'static>(
        &self,
        adjust: impl FnOnce(TaskSpec) -> TaskSpec,
        body: impl FnOnce(Kernel) -> F + 'static,
    ) -> Result<TaskId, Errno> {
        let m = self.machine();
        let parent = m.current_task();
        let mm = parent.mm.get().ok_or(Errno::EINVAL)?;
        match self.lsm("task_alloc", &[self.task_object(&parent), 0]).await {
            0 => {}
            verdict => return Err(Errno(i32::try_from(-verdict).unwrap_or(Errno::EPERM.0))),
        }
        let lock = uaccess::mmap_write_lock(m, mm).await;
        let child_mm = m.mm().fork_mm(mm)?;
        drop(lock);
        let spec = TaskSpec {
            mm: Some(child_mm),
            ppid: parent.tgid,
            affinity: parent.affinity.get(),
            uid: parent.uid.get(),
            gid: parent.gid.get(),
            ..TaskSpec::user(&parent.comm())
        };
        let process = self.process().fork();
        let kernel = self.clone();
        let child = m.spawn(adjust(spec), async move {
            body(kernel.clone()).await;
            kernel.exit_notify().await;
        });
        self.adopt(child, process);
        let task = m.task(child);
        let raw = [self.task_object(&parent), self.task_object(&task)];
        self.tracepoint(
            "sched/sched_process_fork",
            &raw,
            &fork_record(&parent.comm(), parent.pid.0, &task.comm(), task.pid.0),
        )
        .await;
        Ok(child)
    }

    /// What hooks see of a task's end; called once per task. Drops its address space.
    pub async fn exit_notify(&self) {
        let task = self.machine().current_task();
        self.bpf().run_task_works().await;
        let Some(mm) = task.mm.take() else { return };
        let addr = self.task_object(&task);
        let record = [
            comm16(&task.comm()).to_vec(),
            task.pid.0.to_le_bytes().to_vec(),
            120_u32.to_le_bytes().to_vec(),
        ]
        .concat();
        self.tracepoint("sched/sched_process_exit", &[addr], &record).await;
        self.lsm("task_free", &[addr]).await;
        self.put_mm(mm);
    }
}

fn comm16(comm: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..comm.len()].copy_from_slice(comm.as_bytes());
    bytes
}

/// struct trace_event_raw_sched_process_fork: parent_comm, parent_pid, child_comm, child_pid.
fn fork_record(parent: &str, parent_pid: u32, child: &str, child_pid: u32) -> Vec<u8> {
    [&comm16(parent)[..], &parent_pid.to_le_bytes(), &comm16(child), &child_pid.to_le_bytes()].concat()
}
