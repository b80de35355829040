//! Files and address spaces: every page in the state that the scenario gives it, through the same calls that a program would make,
//! on a clock that stands still.
//!
//! Neighbours: `sim::mm` has the calls, `uffd` the handlers, `plan` the scratch areas.

use hooks::Kernel;
use sim::errno::Errno;
use sim::ids::MmId;
use sim::mm::costs::PageInCosts;
use sim::mm::drive::SyncDriver;
use sim::mm::file::{FileId, FileObject};
use sim::mm::madvise::Advice;
use sim::mm::map::{Content, MapRequest, Place};
use sim::mm::vma::Prot as VmaProt;
use sim::mm::{PAGE_SIZE, UserMemory};

use super::machine::{FILE_MEDIUM, main_swap, swap_of};
use super::problem::Problems;
use super::uffd::{UserfaultRegion, start_handler};
use super::world::World;
use crate::diag::catalogue::input::OUT_OF_RANGE;
use crate::file::layout::{Layout, Placed, file_len};
use crate::file::{PageState, Prot, Region, Scenario, SimFile};
use hooks::vfs::InodeKind;

/// Nothing takes time while memory is prepared.
const FREE: PageInCosts = PageInCosts {
    minor_ns: 0,
    copy_page_ns: 0,
    zram_load_ns: 0,
    zram_store_ns: 0,
    ram_disk_ns: 0,
    nvme_ns: 0,
    ssd_ns: 0,
    hdd_ns: 0,
    network_ns: 0,
    next_page_ns: 0,
    reclaim_page_ns: 0,
    uffd_copy_ns: 0,
};

/// Longest file; its bytes are held by this computer.
const MAX_FILE_BYTES: u64 = 256 << 20;
/// Most pages that are written before the run, in one region: 1 GiB.
const MAX_PREPARED_PAGES: u64 = 1 << 18;

/// Runs `f` on user memory at `now_ns` without costs.
fn prepare<R>(memory: &mut UserMemory, f: impl FnOnce(&mut UserMemory) -> R) -> R {
    let costs = std::mem::replace(&mut memory.costs, FREE);
    let result = f(memory);
    memory.costs = costs;
    result
}

/// Puts the scenario's files into the file system.
pub(super) fn add_files(kernel: &Kernel, scenario: &Scenario, layout: &Layout, problems: &mut Problems) {
    for file in &scenario.files {
        if file_len(file) > MAX_FILE_BYTES {
            let span = file.size.as_ref().map_or(&file.span, |size| &size.span);
            let message = format!("a simulated file has at most {} MiB", MAX_FILE_BYTES >> 20);
            problems.at(OUT_OF_RANGE, span, message, "too long");
            continue;
        }
        let names = layout.names(None);
        let bytes =
            file.contents.as_ref().map(|data| problems.checked(data.encode(None, &names), &data.span));
        let mut bytes = bytes.flatten().unwrap_or_default();
        bytes.resize(file_len(file) as usize, 0);
        add_file(kernel, file, bytes);
    }
}

fn add_file(kernel: &Kernel, file: &SimFile, bytes: Vec<u8>) {
    let mut memory = kernel.machine().mm();
    let len = bytes.len();
    let id = memory.add_file(FileObject::regular(&file.path.value, bytes, FILE_MEDIUM));
    if file.cached {
        cache(&mut memory, id, 0, len);
    }
    drop(memory);
    kernel.vfs_mut().add_file(&file.path.value, id, file.mode);
}

/// Reads a part of a file into the page cache. Short of frames, what does not fit stays on disk.
fn cache(memory: &mut UserMemory, file: FileId, offset: u64, len: usize) {
    let read = prepare(memory, |memory| memory.read_file(file, offset, &mut vec![0; len], 0).map(|_| ()));
    debug_assert!(read.is_ok() || !memory.frames.available(), "a file that exists can be read");
}

/// Builds the address spaces of all tasks that are not forked, and starts the userfaultfd handlers.
pub(super) fn build_all(world: &World, problems: &mut Problems) {
    for (index, task) in world.scenario.tasks.iter().enumerate() {
        if task.forked {
            continue;
        }
        let mm = world.machine().mm().new_mm();
        world.tasks[index].mm.set(Some(mm));
        for (region, errno) in add_regions(world, index, mm) {
            let message = format!("the region `{}` cannot be made: {errno}", region.name.value);
            problems.at(
                OUT_OF_RANGE,
                &region.name.span,
                message,
                "not enough memory for this, or no room there",
            );
        }
        add_scratch(world, index, mm);
    }
}

/// Maps a task's own regions; those that cannot be had are returned.
pub(super) fn add_regions(world: &World, index: usize, mm: MmId) -> Vec<(Region, Errno)> {
    let task = &world.scenario.tasks[index];
    let mut failed = Vec::new();
    for placed in world.layout.own_regions(&task.name.value) {
        let region = &task.regions[placed.index].value;
        let now_ns = world.machine().now_ns();
        let contents = contents(world, &task.name.value, region);
        let made = {
            let mut memory = world.machine().mm();
            let builder = Builder { scenario: &world.scenario, region, placed, mm, now_ns, contents };
            let file = region.file.as_ref().and_then(|path| file_id(&world.kernel, &path.value));
            prepare(&mut memory, |memory| builder.build(memory, file))
        };
        match made {
            Ok(()) => register_userfault(world, region, placed, mm),
            Err(errno) => failed.push((region.clone(), errno)),
        }
    }
    failed
}

fn file_id(kernel: &Kernel, path: &str) -> Option<FileId> {
    match kernel.vfs().find(path)?.kind {
        InodeKind::Regular(id) => Some(id),
        InodeKind::Directory => None,
    }
}

fn contents(world: &World, task: &str, region: &Region) -> Vec<u8> {
    // Names were resolved when the scenario was checked.
    let encode =
        |data: &crate::file::Data| data.encode(None, &world.layout.names(Some(task))).unwrap_or_default();
    region.contents.as_ref().map_or(Vec::new(), |data| encode(data))
}

fn register_userfault(world: &World, region: &Region, placed: &Placed, mm: MmId) {
    let Some(wanted) = &region.userfaultfd else { return };
    let m = world.machine();
    let len = placed.pages * PAGE_SIZE;
    let id = m.mm().uffd_create(false);
    let registered = m.mm().uffd_register(id, mm, placed.start, len);
    debug_assert!(registered.is_ok(), "anonymous memory registers");
    let encode = |data: &crate::file::Data| data.encode(None, &world.layout.names(None)).unwrap_or_default();
    let handler = UserfaultRegion {
        id,
        mm,
        start: placed.start,
        len,
        after_ns: wanted.after.as_ref().map(|after| after.value.0),
        contents: wanted.contents.as_ref().map_or(Vec::new(), |data| encode(data)).into(),
        asked: Vec::new(),
    };
    start_handler(world, &handler, &region.name.value);
    world.uffds.borrow_mut().push(handler);
}

/// Maps a task's scratch area into an address space, resident and locked.
pub(super) fn add_scratch(world: &World, index: usize, mm: MmId) {
    let scratch = &world.plans[index].scratch;
    let done = world.tasks[index].scratch_in.borrow().contains(&mm);
    if scratch.bytes.is_empty() || done {
        return;
    }
    world.tasks[index].scratch_in.borrow_mut().push(mm);
    let now_ns = world.machine().now_ns();
    let mut memory = world.machine().mm();
    let made: Result<(), Errno> = prepare(&mut memory, |memory| {
        let place = Place::Fixed(scratch.base);
        let len = scratch.bytes.len() as u64;
        memory.mmap(mm, &MapRequest { place, ..MapRequest::anon(len, VmaProt::RW) })?;
        memory.mlock(mm, scratch.base, len)?;
        write(memory, mm, scratch.base, &scratch.bytes, now_ns)
    });
    debug_assert!(made.is_ok(), "the scratch area is small and lies where nothing else does");
}

/// Writes as the task's own code would, without time and without counting.
pub(super) fn write(
    memory: &mut UserMemory,
    mm: MmId,
    addr: u64,
    bytes: &[u8],
    now_ns: u64,
) -> Result<(), Errno> {
    let mut driver = SyncDriver::new(now_ns);
    driver.user_write(memory, mm, addr, bytes).map_err(|_| Errno::ENOMEM)
}

/// Reads the same way.
pub(super) fn read(memory: &mut UserMemory, mm: MmId, addr: u64, len: usize, now_ns: u64) -> Option<Vec<u8>> {
    let mut bytes = vec![0; len];
    let mut driver = SyncDriver::new(now_ns);
    driver.user_read(memory, mm, addr, &mut bytes).is_ok().then_some(bytes)
}

/// Makes one region.
struct Builder<'a> {
    scenario: &'a Scenario,
    region: &'a Region,
    placed: &'a Placed,
    mm: MmId,
    now_ns: u64,
    contents: Vec<u8>,
}

impl Builder<'_> {
    fn build(&self, memory: &mut UserMemory, file: Option<FileId>) -> Result<(), Errno> {
        self.map(memory, file)?;
        let untouched = |state: &crate::file::Sp<PageState>| state.value == PageState::Untouched;
        let lazy = self.region.userfaultfd.is_some() && self.region.state.as_slice().is_empty();
        let all_untouched = lazy || matches!(self.region.state.as_slice(), [one] if untouched(one));
        let pages = if all_untouched { 0 } else { self.placed.pages };
        if pages > MAX_PREPARED_PAGES {
            return Err(Errno::ENOMEM);
        }
        for page in 0..pages {
            self.fill(memory, page)?;
        }
        for page in 0..pages {
            self.settle(memory, file, page)?;
        }
        let (start, len) = (self.placed.start, self.placed.pages * PAGE_SIZE);
        if self.region.mlocked {
            memory.mlock(self.mm, start, len)?;
            SyncDriver::new(self.now_ns).populate(memory, self.mm, start, len).map_err(|_| Errno::ENOMEM)?;
        }
        if self.region.prot != Prot::Rw {
            memory.mprotect(self.mm, start, len, prot(self.region.prot))?;
        }
        if self.region.state.as_slice().iter().any(|state| state.value == PageState::CowAfterFork) {
            memory.fork_mm(self.mm)?;
        }
        Ok(())
    }

    fn map(&self, memory: &mut UserMemory, file: Option<FileId>) -> Result<(), Errno> {
        let offset = self.region.file_offset.as_ref().map_or(0, |offset| offset.value);
        let content = file.map_or(Content::Anonymous, |file| Content::File { file, offset });
        // What is written at the start must be writable until then.
        let request = MapRequest {
            place: Place::Fixed(self.placed.start),
            shared: self.region.shared,
            content,
            ..MapRequest::anon(self.placed.pages * PAGE_SIZE, VmaProt::RW)
        };
        memory.mmap(self.mm, &request).map(|_| ())
    }

    /// The state of a page; `None` for a file's page that the scenario says nothing about.
    fn state(&self, page: u64) -> Option<PageState> {
        let given = match self.region.state.as_slice() {
            [] => None,
            [one] => Some(one.value),
            several => several.get(page as usize).map(|state| state.value),
        };
        let anonymous = self.region.file.is_none();
        given.or((anonymous && self.region.userfaultfd.is_none()).then_some(PageState::Resident)).or(
            // Pages of a userfaultfd region are missing unless the scenario says otherwise.
            anonymous.then_some(PageState::Untouched),
        )
    }

    /// Writes the page's part of the contents; a page that has none but must have been written gets zeros.
    fn fill(&self, memory: &mut UserMemory, page: u64) -> Result<(), Errno> {
        let state = self.state(page);
        let start = self.placed.start + page * PAGE_SIZE;
        if state == Some(PageState::ZeroPage) {
            return read(memory, self.mm, start, 1, self.now_ns).map(|_| ()).ok_or(Errno::ENOMEM);
        }
        if state == Some(PageState::Untouched) {
            return Ok(());
        }
        if self.region.file.is_none() {
            write(memory, self.mm, start, &[0], self.now_ns)?;
        }
        let Some((offset, bytes)) = self.part(page) else { return Ok(()) };
        write(memory, self.mm, start + offset, bytes, self.now_ns)
    }

    /// What of the contents lies in a page: offset in the page, and bytes.
    fn part(&self, page: u64) -> Option<(u64, &[u8])> {
        let begin = self.region.offset.as_ref().map_or(0, |offset| offset.value);
        let end = begin + self.contents.len() as u64;
        let (from, to) = (begin.max(page * PAGE_SIZE), end.min((page + 1) * PAGE_SIZE));
        let bytes =
            self.contents.get((from.checked_sub(begin)?) as usize..to.saturating_sub(begin) as usize)?;
        (!bytes.is_empty()).then_some((from - page * PAGE_SIZE, bytes))
    }

    /// Brings the page into its state.
    fn settle(&self, memory: &mut UserMemory, file: Option<FileId>, page: u64) -> Result<(), Errno> {
        let start = self.placed.start + page * PAGE_SIZE;
        let Some(state) = self.state(page) else { return Ok(()) };
        match state {
            PageState::Swapped | PageState::SwappedDisk | PageState::SwappedZram => {
                memory.swap.prefer(swap_of(self.scenario, state));
                memory.madvise(self.mm, start, PAGE_SIZE, Advice::PageOut, self.now_ns)?;
                memory.swap.prefer(main_swap(self.scenario));
            }
            PageState::Dontneed => {
                memory.madvise(self.mm, start, PAGE_SIZE, Advice::DontNeed, self.now_ns)?;
            }
            PageState::Cached => {
                if let Some(file) = file {
                    let from = self.region.file_offset.as_ref().map_or(0, |offset| offset.value);
                    cache(memory, file, from + page * PAGE_SIZE, PAGE_SIZE as usize);
                }
            }
            PageState::Cold => file.into_iter().for_each(|file| memory.drop_cache(file)),
            PageState::Resident if file.is_some() => {
                read(memory, self.mm, start, 1, self.now_ns).ok_or(Errno::ENOMEM)?;
            }
            PageState::Untouched | PageState::ZeroPage | PageState::Resident | PageState::CowAfterFork => {}
        }
        Ok(())
    }
}

fn prot(prot: Prot) -> VmaProt {
    VmaProt::from_bits(match prot {
        Prot::None => 0,
        Prot::R => 1,
        Prot::Rw => 3,
        Prot::Rx => 5,
        Prot::Rwx => 7,
    })
}
