//! Memory: mmap, munmap, mprotect, madvise, mlock, munlock.

use sim::errno::Errno;
use sim::mm::madvise::Advice;
use sim::mm::map::{Content, MapRequest, Place};
use sim::mm::vma::Prot;
use sim::uaccess;

use super::file::regular;
use super::{Call, Row, row};

pub(super) const ROWS: &[Row] = &[
    row!("mmap", 6, mmap),
    row!("munmap", 2, munmap),
    row!("mprotect", 3, mprotect),
    row!("madvise", 3, madvise),
    row!("mlock", 2, mlock),
    row!("munlock", 2, munlock),
];

/// `MAP_*` of include/uapi/asm-generic/mman-common.h and mman.h.
const MAP_SHARED: u64 = 1;
const MAP_PRIVATE: u64 = 2;
const MAP_FIXED: u64 = 0x10;
const MAP_ANONYMOUS: u64 = 0x20;
const MAP_GROWSDOWN: u64 = 0x100;
const MAP_LOCKED: u64 = 0x2000;
const MAP_POPULATE: u64 = 0x8000;
const MAP_FIXED_NOREPLACE: u64 = 0x10_0000;

/// `ksys_mmap_pgoff()`, `do_mmap()` (mm/mmap.c).
async fn mmap(call: Call) -> Result<i64, Errno> {
    let [addr, len, prot, flags, fd, offset] = call.args;
    let (file_addr, content) = match flags & MAP_ANONYMOUS {
        0 => {
            let file = call.process().file(fd)?;
            (file.addr, Content::File { file: regular(&file)?, offset })
        }
        _ => (0, Content::Anonymous),
    };
    if flags & (MAP_SHARED | MAP_PRIVATE) == 0 {
        return Err(Errno::EINVAL);
    }
    call.lsm("mmap_file", &[file_addr, prot, prot, flags]).await?;
    call.lsm("mmap_addr", &[addr]).await?;
    let place = match (flags & MAP_FIXED != 0, flags & MAP_FIXED_NOREPLACE != 0, addr) {
        (_, true, _) => Place::FixedNoReplace(addr),
        (true, ..) => Place::Fixed(addr),
        (.., 0) => Place::Any,
        _ => Place::Hint(addr),
    };
    let request = MapRequest {
        place,
        len,
        prot: Prot::from_bits(prot),
        shared: flags & MAP_SHARED != 0,
        content,
        grows_down: flags & MAP_GROWSDOWN != 0,
        locked: flags & MAP_LOCKED != 0,
    };
    let mm = call.mm()?;
    let m = call.kernel.machine();
    let _lock = uaccess::mmap_write_lock(m, mm).await;
    let start = m.mm().mmap(mm, &request)?;
    drop(_lock);
    if flags & (MAP_LOCKED | MAP_POPULATE) != 0 {
        uaccess::populate(m, mm, start, len).await.ok();
    }
    Ok(start as i64)
}

async fn munmap(call: Call) -> Result<i64, Errno> {
    let mm = call.mm()?;
    let m = call.kernel.machine();
    let _lock = uaccess::mmap_write_lock(m, mm).await;
    m.mm().munmap(mm, call.args[0], call.args[1])?;
    Ok(0)
}

/// `do_mprotect_pkey()` (mm/mprotect.c).
async fn mprotect(call: Call) -> Result<i64, Errno> {
    let mm = call.mm()?;
    let m = call.kernel.machine();
    let vma = call.kernel.vma_object(mm, call.args[0]);
    let allowed = match vma {
        Some(addr) => call.lsm("file_mprotect", &[addr, call.args[2], call.args[2]]).await,
        None => Ok(()),
    };
    vma.into_iter().for_each(|addr| call.kernel.free_object(addr));
    allowed?;
    let _lock = uaccess::mmap_write_lock(m, mm).await;
    m.mm().mprotect(mm, call.args[0], call.args[1], Prot::from_bits(call.args[2]))?;
    Ok(0)
}

async fn madvise(call: Call) -> Result<i64, Errno> {
    let advice = Advice::from_number(call.args[2]).ok_or(Errno::EINVAL)?;
    let mm = call.mm()?;
    let m = call.kernel.machine();
    let now = m.now_ns();
    m.mm().madvise(mm, call.args[0], call.args[1], advice, now)?;
    Ok(0)
}

async fn mlock(call: Call) -> Result<i64, Errno> {
    let mm = call.mm()?;
    let m = call.kernel.machine();
    m.mm().mlock(mm, call.args[0], call.args[1])?;
    uaccess::populate(m, mm, call.args[0], call.args[1]).await.map_err(|_| Errno::ENOMEM)?;
    Ok(0)
}

async fn munlock(call: Call) -> Result<i64, Errno> {
    let mm = call.mm()?;
    call.kernel.machine().mm().munlock(mm, call.args[0], call.args[1])?;
    Ok(0)
}
