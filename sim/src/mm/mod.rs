//! User memory: address spaces, page tables over frames, page cache, swap, and page faults. Plain deterministic data: nothing
//! here waits, and nothing here knows tasks or BPF.
//!
//! How an access runs: an *operation* ([`op`]) walks the user range page by page. Where the page table allows the access it
//! moves bytes; where not, it hands out a [`fault::Attempt`]. With page faults disabled that is the end (`-EFAULT`,
//! [`nofault`]). Otherwise a driver calls [`UserMemory::fault`] until it says [`fault::FaultStep::Done`], and waits as it is
//! told in between: for a point in virtual time (I/O), or for a userfaultfd handler.
//!
//! Key types: [`UserMemory`] (everything), [`Mm`] (one address space), [`vma::Vma`], [`page_table::Pte`], [`frame::Frames`],
//! [`file::FileObject`], [`swap::Swap`], [`uffd::Uffd`], [`lock::MmapLock`], [`costs::PageInCosts`], [`rules::MmRules`].
//! Neighbours: `uaccess` (the async driver over the machine), `hooks` (system calls), `programs` (helpers that read user memory).
//!
//! Not modelled, and therefore never silently different: huge pages (every page is 4 KiB), NUMA, memory cgroups, KSM, page
//! migration, signals that interrupt a fault. zram's own pool and page tables are not charged to the frame limit.

pub mod costs;
pub mod drive;
pub mod fault;
pub mod fault_anon;
pub mod fault_file;
pub mod file;
pub mod fixture;
pub mod fork;
pub mod frame;
pub mod lock;
pub mod madvise;
pub mod map;
pub mod nofault;
pub mod op;
pub mod page_table;
pub mod reclaim;
pub mod remote;
pub mod rules;
pub mod strncpy;
pub mod swap;
#[cfg(test)]
mod tests;
pub mod uffd;
pub mod vma;

use std::collections::BTreeMap;

use crate::ids::MmId;
pub use costs::{Medium, PageInCosts};
pub use fault::{FaultDone, FaultError, FaultFlags, FaultKind};
pub use file::{FileId, FileKind, FileObject};
pub use madvise::Advice;
pub use map::{Content, MapRequest, Place};
pub use op::NotCopied;
pub use rules::MmRules;
pub use swap::SwapBacking;
pub use uffd::UffdId;
pub use vma::{Backing, Prot, Vma};

use frame::Frames;
use lock::MmapLock;
use page_table::Pte;
use swap::Swap;
use uffd::Uffd;
use vma::VmaSet;

/// Bytes in a page (`PAGE_SIZE` on x86-64).
pub const PAGE_SIZE: u64 = 4096;
/// First address that user space cannot map (`TASK_SIZE_MAX`, four-level paging: 2^47 minus a guard page).
pub const TASK_SIZE_MAX: u64 = 0x7fff_ffff_f000;
/// Lowest address `mmap` gives out without `MAP_FIXED` (`vm.mmap_min_addr`, 65536 by default).
pub const MMAP_MIN_ADDR: u64 = 0x1_0000;
/// Where top-down placement starts. Linux randomises it below the stack; we keep it fixed so that runs repeat.
pub const MMAP_BASE: u64 = 0x7fff_f7ff_f000;
/// Where the heap of a new address space starts.
pub const BRK_BASE: u64 = 0x5555_5555_9000;

/// Rounds down to a page boundary.
pub const fn page_down(addr: u64) -> u64 {
    addr & !(PAGE_SIZE - 1)
}

/// Rounds up to a page boundary; `None` beyond the end of the address range.
pub const fn page_up(addr: u64) -> Option<u64> {
    match addr.checked_add(PAGE_SIZE - 1) {
        Some(a) => Some(page_down(a)),
        None => None,
    }
}

/// Who blocks here. Only a name: calls return whom to wake, and the layer above does it.
pub use crate::ids::TaskId as Waiter;

/// One swap area of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwapConfig {
    pub backing: SwapBacking,
    pub pages: u32,
}

/// What user memory is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MmConfig {
    pub rules: MmRules,
    pub costs: PageInCosts,
    /// Most page frames in use at once. Small numbers make reclaim run; at least [`MIN_FRAMES`].
    pub frame_limit: usize,
    /// Swap areas, the preferred first. Without any, anonymous pages stay in memory until their owner drops them.
    pub swap: Vec<SwapConfig>,
}

impl Default for MmConfig {
    /// 6.12, one GiB, no swap.
    fn default() -> MmConfig {
        let rules = MmRules::for_kernel("6.12").expect("a preset");
        MmConfig { rules, costs: PageInCosts::default(), frame_limit: 1 << 18, swap: Vec::new() }
    }
}

/// Fewest frames: one access may need two pages at once, and I/O holds some.
pub const MIN_FRAMES: usize = 4;

/// What an access wants to do with the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
}

/// One address space (`mm_struct`).
#[derive(Debug)]
pub struct Mm {
    pub vmas: VmaSet,
    /// Page number to entry; absent means nothing was ever mapped there.
    pub pages: BTreeMap<u64, Pte>,
    pub lock: MmapLock,
    /// Current end of the heap (`mm->brk`).
    pub brk: u64,
    /// `mlockall(MCL_FUTURE)`: new mappings are locked.
    pub lock_future: bool,
}

impl Mm {
    fn new() -> Mm {
        Mm {
            vmas: VmaSet::default(),
            pages: BTreeMap::new(),
            lock: MmapLock::default(),
            brk: BRK_BASE,
            lock_future: false,
        }
    }

    /// The area that contains `addr`.
    pub fn vma(&self, addr: u64) -> Option<&Vma> {
        self.vmas.at(addr)
    }

    /// The page-table entry for `addr`.
    pub fn pte(&self, addr: u64) -> Option<&Pte> {
        self.pages.get(&(addr / PAGE_SIZE))
    }
}

/// Counters over the whole memory, for statistics and tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MmStats {
    pub reclaimed_pages: u64,
    pub swapped_out_pages: u64,
    pub swapped_in_pages: u64,
    pub written_back_pages: u64,
    pub file_pages_read: u64,
    pub oom_faults: u64,
}

/// All user memory of a machine.
#[derive(Debug)]
pub struct UserMemory {
    pub rules: MmRules,
    pub costs: PageInCosts,
    pub frames: Frames,
    pub swap: Swap,
    pub stats: MmStats,
    mms: BTreeMap<MmId, Mm>,
    files: Vec<FileObject>,
    uffds: Vec<Uffd>,
    next_mm: u32,
    next_fault: u64,
}

impl UserMemory {
    /// Memory without address spaces and files.
    ///
    /// # Panics
    /// If the frame limit is below [`MIN_FRAMES`]: callers check what users give them.
    pub fn new(config: MmConfig) -> UserMemory {
        assert!(config.frame_limit >= MIN_FRAMES, "at least {MIN_FRAMES} page frames");
        let mut swap = Swap::default();
        for area in &config.swap {
            swap.add(area.backing, area.pages);
        }
        UserMemory {
            rules: config.rules,
            costs: config.costs,
            frames: Frames::new(config.frame_limit),
            swap,
            stats: MmStats::default(),
            mms: BTreeMap::new(),
            files: Vec::new(),
            uffds: Vec::new(),
            next_mm: 1,
            next_fault: 0,
        }
    }

    /// A new, empty address space.
    pub fn new_mm(&mut self) -> MmId {
        let id = MmId(self.next_mm);
        self.next_mm += 1;
        self.mms.insert(id, Mm::new());
        id
    }

    /// The address space, or `None` once it was dropped.
    pub fn mm(&self, id: MmId) -> Option<&Mm> {
        self.mms.get(&id)
    }

    /// The address space, mutably. Callers that change mappings use the calls in [`map`] and [`madvise`] instead.
    pub fn mm_mut(&mut self, id: MmId) -> Option<&mut Mm> {
        self.mms.get_mut(&id)
    }

    /// A number for the next fault: what pairs the begin and the end of it in the event stream.
    pub fn next_fault_id(&mut self) -> u64 {
        self.next_fault += 1;
        self.next_fault
    }

    fn mm_of(&mut self, id: MmId) -> &mut Mm {
        self.mms.get_mut(&id).expect("an address space that is in use exists")
    }

    /// Tears an address space down: every mapping goes, private pages and swap slots are freed (`exit_mmap`).
    pub fn drop_mm(&mut self, id: MmId) {
        if self.mms.contains_key(&id) {
            self.clear_range(id, 0, TASK_SIZE_MAX);
            self.mms.remove(&id);
        }
    }

    /// Adds a file; `create` in [`mod@file`] makes one.
    pub fn add_file(&mut self, file: FileObject) -> FileId {
        self.files.push(file);
        FileId(self.files.len() - 1)
    }

    /// The file with this id.
    pub fn file(&self, id: FileId) -> &FileObject {
        &self.files[id.0]
    }

    fn file_mut(&mut self, id: FileId) -> &mut FileObject {
        &mut self.files[id.0]
    }

    /// The userfaultfd with this id.
    pub fn uffd(&self, id: UffdId) -> &Uffd {
        &self.uffds[id.0]
    }
}
