//! The page fault: a resumable attempt. [`UserMemory::fault`] is called until it says `Done` or `Fail`; in between it says what
//! to wait for. Areas and permissions are checked here; `fault_anon` and `fault_file` fill pages in.
//!
//! Sources: `arch/x86/mm/fault.c:do_user_addr_fault` (order of checks, per-VMA lock, retry), `mm/memory.c:handle_mm_fault`,
//! `mm_account_fault` (what counts as major), `fs/userfaultfd.c:handle_userfault` (`mm/userfaultfd.c` on 7.2).

use crate::ids::MmId;

use super::page_table::{Pte, hardware_allows};
use super::reclaim::NoFrame;
use super::uffd::{UffdId, UffdMsg};
use super::vma::Vma;
use super::{Access, PAGE_SIZE, UserMemory, page_down};

/// Who faults, and what the fault may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultFlags {
    /// The access came from user mode.
    pub user_mode: bool,
    /// The fault may drop `mmap_lock`, wait, and start again (`FAULT_FLAG_ALLOW_RETRY`).
    pub allow_retry: bool,
    /// On behalf of `get_user_pages_remote`: permissions of the area count, not those of the hardware.
    pub remote: bool,
}

impl FaultFlags {
    /// An instruction in user mode.
    pub const USER: FaultFlags = FaultFlags { user_mode: true, allow_retry: true, remote: false };
    /// `copy_from_user` and friends.
    pub const KERNEL: FaultFlags = FaultFlags { user_mode: false, allow_retry: true, remote: false };
    /// `access_process_vm`: `mmap_lock` stays held throughout, so there is no retry.
    pub const REMOTE: FaultFlags = FaultFlags { user_mode: false, allow_retry: false, remote: true };
}

/// What kind of fault it turned out to be. The first finding stands, also when a retry ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// First write to anonymous memory, or first touch of shared memory: a zeroed page.
    ZeroFill,
    /// First read of anonymous memory: the shared zero page.
    ZeroPage,
    /// A write to a page that others also see, or to the zero page: copied.
    CopyOnWrite,
    /// A write to a page that was only mapped read-only: no copy needed.
    WriteEnable,
    /// A file page that was in the page cache.
    FileCached,
    /// A file page that had to be read.
    FileRead,
    /// A page that was decompressed from zram.
    SwapZram,
    /// A page that was read from a swap device.
    SwapDisk,
    /// A swapped page that was still, or already, in memory.
    SwapCached,
    /// A missing page of a userfaultfd range.
    Userfault,
    /// The page was there after all: somebody else's fault brought it in.
    Spurious,
}

impl FaultKind {
    /// The name that events and expectations use.
    pub fn name(self) -> &'static str {
        match self {
            FaultKind::ZeroFill => "zero_fill",
            FaultKind::ZeroPage => "zero_page",
            FaultKind::CopyOnWrite => "copy_on_write",
            FaultKind::WriteEnable => "write_enable",
            FaultKind::FileCached => "file_cached",
            FaultKind::FileRead => "file_read",
            FaultKind::SwapZram => "swap_zram",
            FaultKind::SwapDisk => "swap_disk",
            FaultKind::SwapCached => "swap_cached",
            FaultKind::Userfault => "userfault",
            FaultKind::Spurious => "spurious",
        }
    }
}

/// A fault that was resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultDone {
    pub kind: FaultKind,
    /// Counts as major (`maj_flt`), else minor.
    pub major: bool,
    /// Time of the faulting task itself, waiting not included.
    pub cost_ns: u64,
}

/// What an unfinished fault waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// I/O that ends at this virtual time.
    Until(u64),
    /// The handler of this userfaultfd; block with [`UserMemory::uffd_block`] until woken.
    Userfault(UffdId),
}

/// Why a fault cannot be resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultError {
    /// No area there (SIGSEGV, `SEGV_MAPERR`).
    NoArea,
    /// The area forbids it (SIGSEGV, `SEGV_ACCERR`), or a guard page.
    Forbidden,
    /// Beyond the end of a file, or a userfault that may not wait (SIGBUS).
    Bus,
    /// No frame to be had (`VM_FAULT_OOM`).
    OutOfMemory,
    /// Page faults are disabled, or the context is atomic (`faulthandler_disabled()`).
    Disabled,
    /// A synchronous driver had nobody to resolve a userfault.
    Stuck,
}

impl FaultError {
    /// The signal that user mode gets; out of memory kills (SIGKILL).
    pub fn signal(self) -> i32 {
        match self {
            FaultError::NoArea | FaultError::Forbidden | FaultError::Disabled => 11,
            FaultError::Bus => 7,
            FaultError::OutOfMemory | FaultError::Stuck => 9,
        }
    }

    /// The name that events use.
    pub fn name(self) -> &'static str {
        match self {
            FaultError::NoArea => "no_area",
            FaultError::Forbidden => "forbidden",
            FaultError::Bus => "bus",
            FaultError::OutOfMemory => "out_of_memory",
            FaultError::Disabled => "disabled",
            FaultError::Stuck => "stuck",
        }
    }
}

/// One step of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultStep {
    Done(FaultDone),
    /// Wait, then call again. `drops_lock`: `mmap_lock` is not held meanwhile.
    Wait {
        wait: Wait,
        drops_lock: bool,
    },
    Fail(FaultError),
}

/// Which lock the attempt runs under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockPath {
    /// The per-VMA lock: `mmap_lock` is not taken.
    Vma,
    Mmap,
}

/// A fault in progress.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub mm: MmId,
    pub addr: u64,
    pub access: Access,
    pub flags: FaultFlags,
    pub path: LockPath,
    /// `FAULT_FLAG_TRIED`: it waited and started again, which makes it major.
    tried: bool,
    /// `VM_FAULT_MAJOR` of work done without a restart.
    pub(super) major: bool,
    /// It waited for I/O without a restart; then only the one page is mapped.
    pub(super) waited_inline: bool,
    pub(super) cpu_ns: u64,
    kind: Option<FaultKind>,
}

impl Attempt {
    /// A new attempt at `addr`.
    pub fn new(mm: MmId, addr: u64, access: Access, flags: FaultFlags) -> Attempt {
        let (tried, major, waited_inline) = (false, false, false);
        Attempt {
            mm,
            addr,
            access,
            flags,
            path: LockPath::Mmap,
            tried,
            major,
            waited_inline,
            cpu_ns: 0,
            kind: None,
        }
    }

    /// What is known about its kind so far.
    pub fn kind(&self) -> Option<FaultKind> {
        self.kind
    }

    pub(super) fn note(&mut self, kind: FaultKind) {
        self.kind.get_or_insert(kind);
    }

    /// The fault returns `VM_FAULT_RETRY`: under `mmap_lock` the next round is "tried"; a per-VMA-lock round that did no major
    /// work does not count.
    fn restart(&mut self, major: bool) {
        self.tried |= major || self.path == LockPath::Mmap;
        self.path = LockPath::Mmap;
    }

    /// Waits for I/O on a page: by a restart where allowed (once), else with the lock held.
    pub(super) fn wait_io(&mut self, until_ns: u64, major: bool) -> FaultStep {
        let drops_lock = self.flags.allow_retry && !self.tried;
        if drops_lock {
            self.restart(major);
        } else {
            self.major |= major;
            self.waited_inline = true;
        }
        FaultStep::Wait { wait: Wait::Until(until_ns), drops_lock }
    }

    /// The work is done, yet the fault starts again, where it may do so once.
    pub(super) fn restart_once(&mut self) {
        if self.flags.allow_retry && !self.tried {
            self.restart(false);
        }
    }

    pub(super) fn no_frame(&self, why: NoFrame) -> FaultStep {
        match why {
            NoFrame::Oom => FaultStep::Fail(FaultError::OutOfMemory),
            NoFrame::Until(ns) => FaultStep::Wait { wait: Wait::Until(ns), drops_lock: false },
        }
    }
}

impl UserMemory {
    /// A new attempt that uses the lock this kernel tries first.
    pub fn fault_attempt(&self, mm: MmId, addr: u64, access: Access, flags: FaultFlags) -> Attempt {
        let mut attempt = Attempt::new(mm, addr, access, flags);
        if self.rules.per_vma_lock && flags.user_mode {
            attempt.path = LockPath::Vma;
        }
        attempt
    }

    /// Takes the fault one step further at virtual time `now_ns`.
    pub fn fault(&mut self, at: &mut Attempt, now_ns: u64) -> FaultStep {
        let step = match self.area_for_fault(at) {
            Ok(vma) => self.fault_in(at, &vma, now_ns),
            Err(e) => FaultStep::Fail(e),
        };
        self.stats.oom_faults += u64::from(step == FaultStep::Fail(FaultError::OutOfMemory));
        step
    }

    fn area_for_fault(&mut self, at: &mut Attempt) -> Result<Vma, FaultError> {
        if self.mm(at.mm).and_then(|m| m.vma(at.addr)).is_none() {
            if at.flags.remote || !self.expand_stack(at.mm, at.addr) {
                return Err(FaultError::NoArea);
            }
            at.path = LockPath::Mmap;
        }
        let vma = self.mm_of(at.mm).vma(at.addr).expect("found or grown above").clone();
        let allowed = if at.flags.remote {
            self.remote_allows(&vma, at.access)
        } else {
            hardware_allows(&vma, at.access, self.rules.exec_only_pkey)
        };
        if allowed { Ok(vma) } else { Err(FaultError::Forbidden) }
    }

    fn fault_in(&mut self, at: &mut Attempt, vma: &Vma, now_ns: u64) -> FaultStep {
        let write = at.access == Access::Write;
        match self.mm_of(at.mm).pte(at.addr).copied() {
            None => match vma.file_page(at.addr) {
                None => self.anon_fault(at, vma, now_ns),
                Some((file, page)) => self.file_fault(at, vma, file, page, now_ns),
            },
            Some(Pte::Guard) => FaultStep::Fail(FaultError::Forbidden),
            Some(Pte::Swap(slot)) => self.swap_fault(at, vma, slot, now_ns),
            Some(Pte::Zero) if write => self.copy_on_write(at, None, now_ns),
            Some(Pte::Frame { frame, writable: false }) if write => self.write_fault(at, vma, frame, now_ns),
            Some(_) => {
                at.note(FaultKind::Spurious);
                self.done(at)
            }
        }
    }

    pub(super) fn done(&self, at: &Attempt) -> FaultStep {
        FaultStep::Done(FaultDone {
            kind: at.kind.unwrap_or(FaultKind::Spurious),
            major: at.major || at.tried,
            cost_ns: at.cpu_ns + self.costs.minor_ns,
        })
    }

    /// A missing page in a userfaultfd range: queue a message and wait for the handler, where the fault may wait.
    pub(super) fn userfault(&mut self, at: &mut Attempt, id: UffdId) -> FaultStep {
        let uffd = &mut self.uffds[id.0];
        if !at.flags.allow_retry || (uffd.user_mode_only && !at.flags.user_mode) {
            return FaultStep::Fail(FaultError::Bus);
        }
        let page = page_down(at.addr);
        uffd.pending.push_back(UffdMsg { mm: at.mm, addr: page, write: at.access == Access::Write });
        at.note(FaultKind::Userfault);
        at.restart(false);
        FaultStep::Wait { wait: Wait::Userfault(id), drops_lock: true }
    }

    /// Grows a stack area down to `addr` (`mm/mmap.c:expand_downwards`, `acct_stack_growth`). False where there is none above, it
    /// would come too close to the mapping below, or it would exceed the stack limit.
    pub(super) fn expand_stack(&mut self, mm: MmId, addr: u64) -> bool {
        let rules = (self.rules.stack_limit_bytes, self.rules.stack_guard_gap_pages * PAGE_SIZE);
        let Some(mm) = self.mm_mut(mm) else { return false };
        let start = page_down(addr);
        let Some(vma) = mm.vmas.above(addr).filter(|v| v.grows_down) else { return false };
        let old_start = vma.start;
        let too_close = mm
            .vmas
            .below(start + 1)
            .is_some_and(|prev| !prev.grows_down && prev.prot.accessible() && start - prev.end < rules.1);
        if vma.end - start > rules.0 || too_close || start < super::MMAP_MIN_ADDR {
            return false;
        }
        mm.vmas.grow_down(old_start, start);
        true
    }
}
