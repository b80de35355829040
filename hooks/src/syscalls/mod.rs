//! Simulated system calls: a table of rows, one file per family.
//!
//! Every call passes through what a program can hook: the `sys_enter`/`sys_exit` tracepoints, `__x64_sys_<name>` with its probes, and
//! the kernel functions and LSM hooks that its body calls by name. Key types: [`Row`], [`Call`]. Bodies return what user space gets:
//! a result, or a negative error number.

mod bpf;
mod file;
mod memory;
mod misc;
mod net;
mod process;

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use programs::profile::syscall::{Syscall, syscalls};
use sim::errno::Errno;
use sim::ids::MmId;
use sim::uaccess;

use crate::event::HookEvent;
use crate::kernel::Kernel;
use crate::process::Process;
use crate::regs::PtRegs;

/// A body's future.
pub type Body = Pin<Box<dyn Future<Output = Result<i64, Errno>>>>;

/// One system call.
pub struct Row {
    /// Name without `sys_`.
    pub name: &'static str,
    /// How many of the six arguments it has.
    pub args: usize,
    run: fn(Call) -> Body,
}

/// A row for an async function of one [`Call`].
macro_rules! row {
    ($name:literal, $args:literal, $body:path) => {
        $crate::syscalls::Row { name: $name, args: $args, run: |call| Box::pin($body(call)) }
    };
}
pub(crate) use row;

/// Every modelled system call.
pub fn table() -> impl Iterator<Item = &'static Row> {
    [file::ROWS, memory::ROWS, process::ROWS, misc::ROWS, net::ROWS, bpf::ROWS].into_iter().flatten()
}

/// A system call under way: who calls, with what.
#[derive(Clone)]
pub struct Call {
    pub kernel: Kernel,
    pub args: [u64; 6],
}

impl Call {
    /// The calling process.
    pub fn process(&self) -> Rc<Process> {
        self.kernel.process()
    }

    /// The caller's address space.
    ///
    /// # Errors
    /// `EFAULT` for a task without one.
    pub fn mm(&self) -> Result<MmId, Errno> {
        self.kernel.machine().current_task().mm.get().ok_or(Errno::EFAULT)
    }

    /// Copies `len` bytes from the caller's memory; waits for pages.
    ///
    /// # Errors
    /// `EFAULT`.
    pub async fn read_user(&self, addr: u64, len: usize) -> Result<Vec<u8>, Errno> {
        let mut bytes = vec![0; len];
        uaccess::copy_from_user(self.kernel.machine(), self.mm()?, addr, &mut bytes)
            .await
            .map_err(|_| Errno::EFAULT)?;
        Ok(bytes)
    }

    /// Copies to the caller's memory; waits for pages.
    ///
    /// # Errors
    /// `EFAULT`.
    pub async fn write_user(&self, addr: u64, bytes: &[u8]) -> Result<(), Errno> {
        uaccess::copy_to_user(self.kernel.machine(), self.mm()?, addr, bytes).await.map_err(|_| Errno::EFAULT)
    }

    /// A path from the caller's memory, made absolute (`getname()`, fs/namei.c).
    ///
    /// # Errors
    /// `EFAULT`, `ENOENT` for an empty one, `ENAMETOOLONG`.
    pub async fn read_path(&self, addr: u64) -> Result<String, Errno> {
        let bytes = self.read_string(addr, PATH_MAX).await?;
        if bytes.is_empty() {
            return Err(Errno::ENOENT);
        }
        let cwd = self.process().cwd.borrow().clone();
        Ok(crate::vfs::absolute(&cwd, &String::from_utf8_lossy(&bytes)))
    }

    /// A string from the caller's memory, without its NUL.
    ///
    /// # Errors
    /// `EFAULT`, `ENAMETOOLONG` without a NUL within `max` bytes.
    pub async fn read_string(&self, addr: u64, max: usize) -> Result<Vec<u8>, Errno> {
        let mut bytes = vec![0; max];
        let len = uaccess::strncpy_from_user(self.kernel.machine(), self.mm()?, addr, &mut bytes).await?;
        if len >= max {
            return Err(Errno::ENAMETOOLONG);
        }
        bytes.truncate(len);
        Ok(bytes)
    }

    /// Calls an LSM hook; a verdict ends the call.
    ///
    /// # Errors
    /// The verdict.
    pub async fn lsm(&self, hook: &str, args: &[u64]) -> Result<(), Errno> {
        match self.kernel.lsm(hook, args).await {
            0 => Ok(()),
            // A hook may return any value on kernels that do not check it; positive ones are passed on as they are.
            verdict => Err(Errno(i32::try_from(-verdict).unwrap_or(Errno::EPERM.0))),
        }
    }
}

/// `PATH_MAX` (include/uapi/linux/limits.h), with the NUL.
const PATH_MAX: usize = 4096;

/// The call is not in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotModelled(pub String);

impl Kernel {
    /// The current task makes a system call, by name, with up to six arguments.
    ///
    /// # Errors
    /// [`NotModelled`] for a name that is not in the table.
    pub async fn syscall(&self, name: &str, args: &[u64]) -> Result<i64, NotModelled> {
        let row = table().find(|row| row.name == name).ok_or_else(|| NotModelled(name.to_string()))?;
        let mut six = [0; 6];
        six.iter_mut().zip(args).for_each(|(to, from)| *to = *from);
        Ok(self.run_syscall(row, six).await)
    }

    async fn run_syscall(&self, row: &'static Row, args: [u64; 6]) -> i64 {
        let (m, id) = (self.machine(), self.slice_id());
        let Some(entry) = self.syscall_entry(row.name) else { return Errno::ENOSYS.ret() };
        let nr = u64::from(entry.number);
        m.emit_with(|| HookEvent::SysEnter { name: row.name, args: args[..row.args].to_vec(), id });
        m.charge(m.config().costs.syscall_ns);
        m.cpu_point().await;
        let regs = self.alloc_context("pt_regs", PtRegs::syscall(nr, &args).bytes());
        let words: Vec<u64> = [nr].iter().chain(&args[..row.args]).copied().collect();
        self.syscall_tracepoint(true, row.name, [regs, nr], &words).await;
        let call = Call { kernel: self.clone(), args };
        let body = async move { (row.run)(call).await.unwrap_or_else(Errno::ret) };
        let ret = self.call_function(&format!("__x64_{}", entry.entry), &[regs], body).await;
        self.syscall_tracepoint(false, row.name, [regs, ret as u64], &[nr, ret as u64]).await;
        self.free_context(regs);
        m.emit_with(|| HookEvent::SysExit { name: row.name, ret, id });
        self.bpf().run_task_works().await;
        m.cpu_point().await;
        ret
    }

    /// The row of the profile's system call table; `None` where this kernel lacks the call.
    fn syscall_entry(&self, name: &str) -> Option<&'static Syscall> {
        syscalls(self.bpf().profile().version).find(|syscall| syscall.name == name)
    }
}

impl std::fmt::Display for NotModelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "system call `{}` is not modelled", self.0)
    }
}

impl std::error::Error for NotModelled {}
