//! What a program and its neighbours would notice of memory pressure, sharing and mapping calls.

use super::drive::SyncDriver;
use super::fixture::Fixture;
use super::*;

const P: u64 = PAGE_SIZE;

fn memory(frame_limit: usize, swap: &[SwapConfig]) -> UserMemory {
    UserMemory::new(MmConfig { frame_limit, swap: swap.to_vec(), ..MmConfig::default() })
}

fn disk(pages: u32) -> SwapConfig {
    SwapConfig { backing: SwapBacking::Disk(Medium::Nvme), pages }
}

struct Bench {
    memory: UserMemory,
    driver: SyncDriver<'static>,
    mm: MmId,
}

impl Bench {
    fn new(mut memory: UserMemory) -> Bench {
        let mm = memory.new_mm();
        Bench { memory, driver: SyncDriver::new(0), mm }
    }

    fn anon(&mut self, pages: u64) -> u64 {
        self.memory.mmap(self.mm, &MapRequest::anon(pages * P, Prot::RW)).expect("room")
    }

    fn write(&mut self, addr: u64, byte: u8) -> Result<(), FaultError> {
        self.driver.user_write(&mut self.memory, self.mm, addr, &[byte]).map_err(|e| e.0)
    }

    fn read_in(&mut self, mm: MmId, addr: u64) -> u8 {
        let mut byte = [0];
        self.driver.user_read(&mut self.memory, mm, addr, &mut byte).expect("readable");
        byte[0]
    }

    fn resident(&self, addr: u64, pages: u64) -> Vec<bool> {
        self.memory.mincore(self.mm, addr, pages * P, self.driver.now_ns).expect("mapped")
    }
}

#[test]
fn pressure_swaps_out_the_least_recently_used_page_and_brings_it_back_intact() {
    let mut b = Bench::new(memory(4, &[disk(16)]));
    let p = b.anon(6);
    for i in 0..4 {
        b.write(p + i * P, i as u8).unwrap();
    }
    assert_eq!(b.read_in(b.mm, p), 0);
    b.write(p + 4 * P, 4).unwrap();
    assert_eq!(b.resident(p, 6), [true, false, true, true, true, false]);
    assert_eq!(b.read_in(b.mm, p + P), 1);
    assert_eq!((b.driver.major(), b.memory.stats.swapped_out_pages), (1, 2));
}

#[test]
fn without_swap_anonymous_memory_stays_and_file_pages_go() {
    let mut b = Bench::new(memory(4, &[]));
    let file = b.memory.add_file(FileObject::regular("f", vec![7; 4 * P as usize], Medium::Ssd));
    b.memory.read_file(file, 0, &mut [0; 2 * P as usize], 0).unwrap();
    b.driver.now_ns = 1_000_000;
    let p = b.anon(5);
    for i in 0..4 {
        assert_eq!(b.write(p + i * P, 1), Ok(()));
    }
    assert!(!b.memory.file_page_ready(file, 0, u64::MAX));
    assert_eq!(b.write(p + 4 * P, 1), Err(FaultError::OutOfMemory));
    assert_eq!(b.memory.stats.oom_faults, 1);
}

#[test]
fn locked_pages_are_spared() {
    let mut b = Bench::new(memory(4, &[disk(16)]));
    let p = b.anon(6);
    b.memory.mlock(b.mm, p, P).unwrap();
    for i in 0..6 {
        b.write(p + i * P, 9).unwrap();
    }
    assert!(b.resident(p, 1)[0]);
    assert_eq!(b.memory.madvise(b.mm, p, P, Advice::PageOut, 0), Err(crate::errno::Errno::EINVAL));
}

#[test]
fn a_dirty_file_page_is_written_back_before_it_goes() {
    let mut b = Bench::new(memory(4, &[]));
    let file = b.memory.add_file(FileObject::regular("f", vec![0; P as usize], Medium::RamDisk));
    let content = Content::File { file, offset: 0 };
    let shared = MapRequest { shared: true, content, ..MapRequest::anon(P, Prot::RW) };
    let f = b.memory.mmap(b.mm, &shared).unwrap();
    b.write(f, 42).unwrap();
    let p = b.anon(4);
    for i in 0..4 {
        b.write(p + i * P, 1).unwrap();
    }
    assert_eq!((b.resident(f, 1)[0], b.memory.stats.written_back_pages), (false, 1));
    b.memory.munmap(b.mm, p, 4 * P).unwrap();
    assert_eq!(b.read_in(b.mm, f), 42);
}

#[test]
fn after_fork_each_side_sees_its_own_writes() {
    let mut b = Bench::new(memory(64, &[disk(16)]));
    let p = b.anon(2);
    b.write(p, 1).unwrap();
    b.write(p + P, 1).unwrap();
    b.memory.madvise(b.mm, p + P, P, Advice::PageOut, 0).unwrap();
    let child = b.memory.fork_mm(b.mm).unwrap();
    for page in [p, p + P] {
        b.write(page, 2).unwrap();
        assert_eq!((b.read_in(b.mm, page), b.read_in(child, page)), (2, 1));
    }
    b.memory.drop_mm(child);
    b.memory.drop_mm(b.mm);
    assert_eq!((b.memory.frames.used(), b.memory.swap.used()), (0, 0));
}

#[test]
fn the_last_owner_of_a_shared_page_writes_without_a_copy() {
    let mut b = Bench::new(memory(64, &[]));
    let p = b.anon(1);
    b.write(p, 1).unwrap();
    let child = b.memory.fork_mm(b.mm).unwrap();
    b.memory.drop_mm(child);
    b.write(p, 2).unwrap();
    assert_eq!(b.driver.faults.last().unwrap().kind, FaultKind::WriteEnable);
    assert_eq!(b.memory.frames.used(), 1);
}

#[test]
fn mmap_places_replaces_and_refuses() {
    use crate::errno::Errno;
    let mut b = Bench::new(memory(64, &[]));
    let at = |place| MapRequest { place, ..MapRequest::anon(2 * P, Prot::RW) };
    let p = b.anon(2);
    b.write(p, 5).unwrap();
    let mut map = |request: &MapRequest| b.memory.mmap(b.mm, request);
    let below = map(&at(Place::Hint(p))).unwrap();
    assert_eq!(below, p - 2 * P, "a taken hint goes elsewhere");
    assert_eq!(map(&at(Place::FixedNoReplace(p + P))), Err(Errno::EEXIST));
    assert_eq!(map(&at(Place::Fixed(p + 1))), Err(Errno::EINVAL));
    assert_eq!(map(&at(Place::Fixed(TASK_SIZE_MAX - P))), Err(Errno::ENOMEM));
    assert_eq!(map(&at(Place::Fixed(0))), Err(Errno::EPERM));
    assert_eq!(map(&MapRequest::anon(0, Prot::RW)), Err(Errno::EINVAL));
    assert_eq!(map(&at(Place::Fixed(p))), Ok(p));
    assert_eq!(b.read_in(b.mm, p), 0, "a replaced page is new");
    assert_eq!(b.memory.mprotect(b.mm, p, 8 * P, Prot::R), Err(Errno::ENOMEM));
    assert_eq!(b.write(p, 1), Err(FaultError::Forbidden));
}

#[test]
fn every_kind_can_be_made_and_leaves_nothing_behind() {
    let swap = SwapConfig { backing: SwapBacking::Zram, pages: 64 };
    for kind in Fixture::kinds() {
        let config =
            MmConfig { swap: vec![swap], rules: MmRules::for_kernel("7.2").unwrap(), ..MmConfig::default() };
        let mut memory = UserMemory::new(config);
        let made = Fixture::new(&mut memory, Medium::Nvme).make(kind).unwrap_or_else(|| panic!("{kind}"));
        let mms: Vec<MmId> = memory.mms.keys().copied().collect();
        assert!(mms.contains(&made.mm));
        mms.into_iter().for_each(|mm| memory.drop_mm(mm));
        let anon = memory.frames.oldest_first().filter(|f| memory.frames.get(*f).owner == frame::Owner::Anon);
        assert_eq!(anon.count(), 0, "{kind}");
    }
}
