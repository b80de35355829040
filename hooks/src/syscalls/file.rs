//! Files: openat, read, write, close, unlinkat, ioctl.

use std::cell::Cell;
use std::rc::Rc;

use maps::local_storage::OwnerKind;
use sim::errno::Errno;
use sim::mm::costs::Medium;
use sim::mm::file::{FileId, FileObject};
use sim::task::WaitReason;

use super::{Call, Row, row};
use crate::process::Fd;
use crate::vfs::{Inode, InodeKind, OpenFile};

pub(super) const ROWS: &[Row] = &[
    row!("openat", 4, openat),
    row!("read", 3, read),
    row!("write", 3, write),
    row!("close", 1, close),
    row!("unlinkat", 3, unlinkat),
    row!("ioctl", 3, ioctl),
];

/// `O_*` of include/uapi/asm-generic/fcntl.h.
const O_ACCMODE: u32 = 3;
const O_WRONLY: u32 = 1;
const O_CREAT: u32 = 0o100;
const O_EXCL: u32 = 0o200;
const O_TRUNC: u32 = 0o1000;
const O_APPEND: u32 = 0o2000;
const O_DIRECTORY: u32 = 0o200_000;
/// `MAY_WRITE`, `MAY_READ` (include/linux/fs.h).
const MAY_WRITE: u64 = 2;
const MAY_READ: u64 = 4;
/// Most bytes one read or write moves here; the rest is a short count, as the kernel may return.
const MAX_RW_BYTES: u64 = 1 << 20;

/// `do_sys_openat2()` and the part of `path_openat()` that hooks can see (fs/open.c, fs/namei.c).
async fn openat(call: Call) -> Result<i64, Errno> {
    let path = call.read_path(call.args[1]).await?;
    let (kernel, inner) = (call.kernel.clone(), call.clone());
    let body = async move { open_path(inner, path).await.unwrap_or_else(Errno::ret) };
    let args = [call.args[0], call.args[1], call.args[2], call.args[3]];
    Ok(kernel.call_function("do_sys_openat2", &args, body).await)
}

async fn open_path(call: Call, path: String) -> Result<i64, Errno> {
    let flags = call.args[2] as u32;
    let found = call.kernel.vfs().find(&path);
    let inode = match found {
        Some(_) if flags & (O_CREAT | O_EXCL) == O_CREAT | O_EXCL => return Err(Errno::EEXIST),
        Some(inode) => inode,
        None if flags & O_CREAT != 0 => create(&call, &path).await?,
        None => return Err(Errno::ENOENT),
    };
    match inode.kind {
        InodeKind::Directory if flags & O_ACCMODE != 0 => return Err(Errno::EISDIR),
        InodeKind::Regular(_) if flags & O_DIRECTORY != 0 => return Err(Errno::ENOTDIR),
        _ => {}
    }
    let (inode_addr, _) = call.kernel.inode_objects(&inode);
    let mask = if flags & O_ACCMODE == 0 { MAY_READ } else { MAY_WRITE };
    call.lsm("inode_permission", &[inode_addr, mask]).await?;
    let file = open_inode(&call, &inode, flags).await?;
    if flags & O_TRUNC != 0
        && let InodeKind::Regular(id) = inode.kind
    {
        call.kernel.machine().mm().truncate_file(id, 0);
    }
    call.process().install(Fd::File(file)).map(|fd| fd as i64)
}

/// `do_dentry_open()`: where file_open is asked.
pub(super) async fn open_inode(call: &Call, inode: &Rc<Inode>, flags: u32) -> Result<Rc<OpenFile>, Errno> {
    let addr = call.kernel.file_object(inode, flags);
    call.lsm("file_alloc_security", &[addr]).await?;
    if let Err(errno) = call.lsm("file_open", &[addr]).await {
        call.kernel.lsm("file_free_security", &[addr]).await;
        call.kernel.free_object(addr);
        return Err(errno);
    }
    Ok(Rc::new(OpenFile { inode: inode.clone(), flags, position: Cell::new(0), addr }))
}

async fn create(call: &Call, path: &str) -> Result<Rc<Inode>, Errno> {
    let dir = call.kernel.vfs().parent(path).ok_or(Errno::ENOENT)?;
    if dir.kind != InodeKind::Directory {
        return Err(Errno::ENOTDIR);
    }
    let mode = call.args[3] as u32 & 0o777;
    let name = path.rsplit('/').next().unwrap_or_default();
    let (dir_addr, _) = call.kernel.inode_objects(&dir);
    let dentry = call.kernel.new_dentry(name);
    let allowed = call.lsm("inode_create", &[dir_addr, dentry.addr, u64::from(mode)]).await;
    dentry.free(&call.kernel);
    allowed?;
    let file = call.kernel.machine().mm().add_file(FileObject::regular(path, Vec::new(), Medium::Nvme));
    Ok(call.kernel.vfs_mut().add_file(path, file, mode))
}

pub(super) fn regular(file: &OpenFile) -> Result<FileId, Errno> {
    match file.inode.kind {
        InodeKind::Regular(id) => Ok(id),
        InodeKind::Directory => Err(Errno::EISDIR),
    }
}

/// `ksys_read()`, `vfs_read()` (fs/read_write.c): pages that are not cached are waited for.
async fn read(call: Call) -> Result<i64, Errno> {
    let file = call.process().file(call.args[0])?;
    if file.flags & O_ACCMODE == O_WRONLY {
        return Err(Errno::EBADF);
    }
    call.lsm("file_permission", &[file.addr, MAY_READ]).await?;
    let (kernel, args) = (call.kernel.clone(), [file.addr, call.args[1], call.args[2], 0]);
    let body = async move { read_bytes(&call, &file).await.unwrap_or_else(Errno::ret) };
    Ok(kernel.call_function("vfs_read", &args, body).await)
}

async fn read_bytes(call: &Call, file: &OpenFile) -> Result<i64, Errno> {
    let id = regular(file)?;
    let m = call.kernel.machine();
    let mut bytes = vec![0; call.args[2].min(MAX_RW_BYTES) as usize];
    let now = m.now_ns();
    let read = m.mm().read_file(id, file.position.get(), &mut bytes, now)?;
    if read.ready_ns > now {
        let wait = WaitReason::new("file_read").detail(file.inode.path.to_string());
        m.sleep_ns(read.ready_ns - now, wait).await;
    }
    call.write_user(call.args[1], &bytes[..read.bytes]).await?;
    file.position.set(file.position.get() + read.bytes as u64);
    Ok(read.bytes as i64)
}

/// `ksys_write()`, `vfs_write()`.
async fn write(call: Call) -> Result<i64, Errno> {
    let file = call.process().file(call.args[0])?;
    if file.flags & O_ACCMODE == 0 {
        return Err(Errno::EBADF);
    }
    call.lsm("file_permission", &[file.addr, MAY_WRITE]).await?;
    let (kernel, args) = (call.kernel.clone(), [file.addr, call.args[1], call.args[2], 0]);
    let body = async move { write_bytes(&call, &file).await.unwrap_or_else(Errno::ret) };
    Ok(kernel.call_function("vfs_write", &args, body).await)
}

async fn write_bytes(call: &Call, file: &OpenFile) -> Result<i64, Errno> {
    let id = regular(file)?;
    let m = call.kernel.machine();
    let bytes = call.read_user(call.args[1], call.args[2].min(MAX_RW_BYTES) as usize).await?;
    let at = if file.flags & O_APPEND != 0 { file.size(m) } else { file.position.get() };
    let now = m.now_ns();
    let ready_ns = m.mm().write_file(id, at, &bytes, now)?;
    if ready_ns > now {
        let wait = WaitReason::new("file_read").detail(file.inode.path.to_string());
        m.sleep_ns(ready_ns - now, wait).await;
    }
    file.position.set(at + bytes.len() as u64);
    Ok(bytes.len() as i64)
}

/// `close_fd()`, and `__fput()` for the last reference.
async fn close(call: Call) -> Result<i64, Errno> {
    let fd = call.process().close(call.args[0])?;
    if let Fd::Socket(socket) = &fd
        && Rc::strong_count(socket) == 1
    {
        call.kernel.bpf().owner_ended(OwnerKind::Socket, socket.sk_addr);
    }
    if let Fd::Map(file) = fd {
        file.close(call.kernel.machine());
    } else if let Fd::Socket(socket) = fd {
        call.kernel.socket_closed(&socket);
    } else if let Fd::File(file) = fd {
        let (kernel, addr) = (call.kernel.clone(), file.addr);
        kernel.call_function("filp_close", &[addr, 0], async { 0 }).await;
        if Rc::strong_count(&file) == 1 {
            kernel.lsm("file_free_security", &[addr]).await;
            kernel.free_object(addr);
        }
    }
    Ok(0)
}

/// `do_unlinkat()`, `vfs_unlink()` (fs/namei.c).
async fn unlinkat(call: Call) -> Result<i64, Errno> {
    let path = call.read_path(call.args[1]).await?;
    let name = call.kernel.filename_object(&path, call.args[1]);
    let (kernel, fd, inner) = (call.kernel.clone(), call.args[0], call.clone());
    let body = async move { unlink_path(&inner, &path).await.unwrap_or_else(Errno::ret) };
    let ret = kernel.call_function("do_unlinkat", &[fd, name.addr], body).await;
    name.free(&kernel);
    Ok(ret)
}

async fn unlink_path(call: &Call, path: &str) -> Result<i64, Errno> {
    let inode = call.kernel.vfs().find(path).ok_or(Errno::ENOENT)?;
    let dir = call.kernel.vfs().parent(path).ok_or(Errno::ENOENT)?;
    if inode.kind == InodeKind::Directory {
        return Err(Errno::EISDIR);
    }
    let (dir_addr, dir_dentry) = call.kernel.inode_objects(&dir);
    let (_, dentry) = call.kernel.inode_objects(&inode);
    let dir_path = call.kernel.path_object(dir_dentry);
    let allowed = call.lsm("path_unlink", &[dir_path, dentry]).await;
    call.kernel.free_object(dir_path);
    allowed?;
    call.lsm("inode_unlink", &[dir_addr, dentry]).await?;
    call.kernel.vfs_mut().remove(path);
    if Rc::strong_count(&inode) == 1 {
        // Nobody has it open: the inode is evicted now.
        let (addr, _) = call.kernel.inode_objects(&inode);
        call.kernel.bpf().owner_ended(OwnerKind::Inode, addr);
    }
    Ok(0)
}

/// `vfs_ioctl()`: regular files know one request here, `FIONREAD`.
async fn ioctl(call: Call) -> Result<i64, Errno> {
    /// include/uapi/asm-generic/ioctls.h.
    const FIONREAD: u64 = 0x541b;
    let file = call.process().file(call.args[0])?;
    call.lsm("file_ioctl", &[file.addr, call.args[1], call.args[2]]).await?;
    if call.args[1] != FIONREAD {
        return Err(Errno::ENOTTY);
    }
    let left = file.size(call.kernel.machine()).saturating_sub(file.position.get());
    call.write_user(call.args[2], &(left as u32).to_le_bytes()).await?;
    Ok(0)
}
