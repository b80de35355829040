//! Kernel structures behind simulated files, processes and sockets, so that programs can walk them by their BTF types.
//!
//! Laid out by [`programs::kobj`] from the kernel's types; made on demand. A structure or member that the kernel's types lack is left
//! out: a program compiled with CO-RE cannot reach it either.

use std::rc::Rc;

use programs::kobj::{FileSpec, KobjError};
use sim::ids::MmId;
use sim::task::Task;

use crate::kernel::Kernel;
use crate::vfs::{Inode, InodeKind};

/// A structure together with the string it points to.
pub(crate) struct WithString {
    pub(crate) addr: u64,
    string: u64,
}

impl WithString {
    pub(crate) fn free(self, kernel: &Kernel) {
        kernel.free_object(self.addr);
        kernel.free_context(self.string);
    }
}

/// Room for a structure that the kernel's types lack.
const UNKNOWN_STRUCT_BYTES: usize = 256;

impl Kernel {
    /// A zeroed structure; one that the types lack is anonymous memory.
    pub(crate) fn new_object(&self, name: &str) -> u64 {
        match self.bpf().kobjs().alloc_struct(self.machine(), name) {
            Ok(addr) => addr,
            Err(KobjError::NoMemory) => panic!("kernel memory is full"),
            Err(_) => self.alloc_context("kernel object", &[0; UNKNOWN_STRUCT_BYTES]),
        }
    }

    /// Frees what [`Kernel::new_object`] made.
    pub(crate) fn free_object(&self, addr: u64) {
        if self.bpf().kobjs().free(self.machine(), addr).is_err() {
            self.free_context(addr);
        }
    }

    /// Sets members as far as the structure has them.
    fn set_members(&self, addr: u64, members: &[(&str, u64)]) {
        for (path, value) in members {
            // What the types lack, no program can read.
            let _ = self.bpf().kobjs().set_known(self.machine(), addr, path, *value);
        }
    }

    fn file_spec(&self, inode: &Inode, flags: u32) -> FileSpec {
        let size_bytes = match inode.kind {
            InodeKind::Regular(file) => self.machine().mm().file(file).size(),
            InodeKind::Directory => 0,
        };
        FileSpec { ino: inode.ino, mode: inode.mode, size_bytes, flags, ..FileSpec::new(&inode.path) }
    }

    /// Addresses of an inode's `struct inode` and `struct dentry`.
    pub(crate) fn inode_objects(&self, inode: &Inode) -> (u64, u64) {
        let (kobjs, m) = (self.bpf().kobjs(), self.machine());
        let dentry = kobjs
            .dentry(m, &inode.path, &self.file_spec(inode, 0))
            .expect("struct dentry and inode are built in");
        let inode = kobjs.get(m, dentry, "d_inode").expect("a dentry has an inode");
        (inode, dentry)
    }

    /// A new `struct file`.
    pub(crate) fn file_object(&self, inode: &Rc<Inode>, flags: u32) -> u64 {
        let spec = self.file_spec(inode, flags);
        self.bpf().kobjs().open_file(self.machine(), &spec).expect("struct file is built in").file
    }

    fn string(&self, text: &str) -> u64 {
        self.alloc_context("string", &[text.as_bytes(), &[0]].concat())
    }

    /// A new `struct dentry` that is not in any directory yet.
    pub(crate) fn new_dentry(&self, name: &str) -> WithString {
        let (addr, string) = (self.new_object("dentry"), self.string(name));
        self.set_members(
            addr,
            &[("d_name.name", string), ("d_name.len", name.len() as u64), ("d_parent", addr)],
        );
        WithString { addr, string }
    }

    /// A `struct path` on the dentry.
    pub(crate) fn path_object(&self, dentry: u64) -> u64 {
        let addr = self.new_object("path");
        self.set_members(addr, &[("dentry", dentry)]);
        addr
    }

    /// A `struct filename`: the kernel's copy of a path and the pointer it came from.
    pub(crate) fn filename_object(&self, path: &str, user: u64) -> WithString {
        let (addr, string) = (self.new_object("filename"), self.string(path));
        self.set_members(addr, &[("name", string), ("uptr", user)]);
        WithString { addr, string }
    }

    /// A `struct linux_binprm` for a program about to run.
    pub(crate) fn binprm_object(&self, file: u64, path: &str) -> WithString {
        let (addr, string) = (self.new_object("linux_binprm"), self.string(path));
        self.set_members(addr, &[("file", file), ("filename", string), ("interp", string)]);
        WithString { addr, string }
    }

    /// The task's `task_struct`, up to date.
    pub(crate) fn task_object(&self, task: &Task) -> u64 {
        self.bpf().kobjs().task(self.machine(), task).expect("struct task_struct is built in")
    }

    /// After `execve`: where the arguments lie in the new address space.
    pub(crate) fn refresh_task_object(&self, task: &Task, arg_start: u64, arg_end: u64) {
        let addr = self.task_object(task);
        if let Ok(mm) = self.bpf().kobjs().get(self.machine(), addr, "mm") {
            self.set_members(mm, &[("arg_start", arg_start), ("arg_end", arg_end)]);
        }
    }

    /// A `struct vm_area_struct` for the mapping at `addr`, if there is one.
    pub(crate) fn vma_object(&self, mm: MmId, addr: u64) -> Option<u64> {
        let (start, end) = self.machine().mm().mm(mm)?.vma(addr).map(|vma| (vma.start, vma.end))?;
        let object = self.new_object("vm_area_struct");
        self.set_members(object, &[("vm_start", start), ("vm_end", end)]);
        Some(object)
    }

    /// `struct socket` and `struct sock`.
    pub(crate) fn socket_objects(&self, family: u16, kind: u16, protocol: u16) -> (u64, u64) {
        let (socket, sk) = (self.new_object("socket"), self.new_object("sock"));
        self.set_members(socket, &[("type", u64::from(kind)), ("sk", sk)]);
        self.set_members(
            sk,
            &[
                ("__sk_common.skc_family", u64::from(family)),
                ("sk_type", u64::from(kind)),
                ("sk_protocol", u64::from(protocol)),
                ("sk_socket", socket),
            ],
        );
        (socket, sk)
    }
}
