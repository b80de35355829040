//! Handlers of userfaultfd regions: a built-in one that answers after a while, or `resolve` steps.
//!
//! Key type: [`UserfaultRegion`]. Neighbours: `memory` registers regions, `sim::mm::uffd` is the kernel's side.

use std::collections::VecDeque;
use std::rc::Rc;

use sim::errno::Errno;
use sim::ids::MmId;
use sim::machine::Machine;
use sim::mm::uffd::{UffdId, UffdMsg};
use sim::mm::{PAGE_SIZE, page_down};
use sim::task::{TaskSpec, WaitReason};

use super::world::World;

/// A registered region.
#[derive(Clone, Debug)]
pub(super) struct UserfaultRegion {
    pub id: UffdId,
    pub mm: MmId,
    pub start: u64,
    pub len: u64,
    /// The built-in handler answers after so long; `None`: steps do.
    pub after_ns: Option<u64>,
    /// What the built-in handler fills in.
    pub contents: Rc<[u8]>,
    /// Pages that somebody waits for and no step has answered.
    pub asked: Vec<u64>,
}

/// Starts the built-in handler of a region, as a task of its own that the end of the run does not wait for.
pub(super) fn start_handler(world: &World, region: &UserfaultRegion, name: &str) {
    let Some(after_ns) = region.after_ns else { return };
    let (m, region) = (world.machine().clone(), region.clone());
    let spec = TaskSpec::kthread(&format!("uffd-{name}"));
    world.machine().spawn(spec, async move { handle(&m, &region, after_ns).await });
}

/// Answers every fault `after_ns` after it was reported; faults wait beside each other, not behind each other.
async fn handle(m: &Machine, region: &UserfaultRegion, after_ns: u64) {
    let mut due: VecDeque<(u64, UffdMsg)> = VecDeque::new();
    loop {
        while let Some(message) = next_message(m, region.id) {
            due.push_back((m.now_ns().saturating_add(after_ns), message));
        }
        let reason = WaitReason::new("userfaultfd_read");
        match due.front().copied() {
            Some((at, message)) if at <= m.now_ns() => {
                due.pop_front();
                // EEXIST: two tasks asked for the same page; both are awake now.
                let _ = answer(m, region, message.addr, &page_of(region, message.addr));
            }
            Some((at, _)) => {
                listen(m, region.id);
                m.block_timeout(at - m.now_ns(), reason).await;
            }
            None => {
                listen(m, region.id);
                m.block(reason).await;
            }
        }
    }
}

fn next_message(m: &Machine, id: UffdId) -> Option<UffdMsg> {
    m.mm().uffd_read(id)
}

fn listen(m: &Machine, id: UffdId) {
    let me = m.current();
    m.mm().uffd_wait_message(id, me);
}

/// The page's bytes: contents of one page at most are for every page, longer ones cover the region.
fn page_of(region: &UserfaultRegion, addr: u64) -> Vec<u8> {
    let page = PAGE_SIZE as usize;
    let offset = if region.contents.len() <= page { 0 } else { (page_down(addr) - region.start) as usize };
    region.contents.get(offset..).unwrap_or_default().iter().copied().take(page).collect()
}

/// `UFFDIO_COPY` of a page that begins with `bytes`. A page that is there already only wakes who waits (a second fault on it).
fn answer(m: &Machine, region: &UserfaultRegion, addr: u64, bytes: &[u8]) -> Result<(), Errno> {
    let mut page = vec![0; PAGE_SIZE as usize];
    page[..bytes.len()].copy_from_slice(bytes);
    let at = page_down(addr);
    let copied = m.mm().uffd_copy(region.id, region.mm, at, &page, m.now_ns());
    let (wake, result) = match copied {
        Ok(resolved) => {
            m.charge(resolved.cost_ns);
            (resolved.wake, Ok(()))
        }
        Err(errno) => (m.mm().uffd_wake(region.id, region.mm, at, PAGE_SIZE), Err(errno)),
    };
    for task in wake {
        m.wake(task);
    }
    result
}

impl World {
    /// A `resolve` step: waits for a fault on the page (unless `early`) and answers it. -EINVAL outside any registered region.
    pub(super) async fn resolve(&self, addr: u64, bytes: &[u8], early: bool) -> Result<(), Errno> {
        let page = page_down(addr);
        let covers = |region: &UserfaultRegion| (region.start..region.start + region.len).contains(&page);
        let index = self.uffds.borrow().iter().position(covers).ok_or(Errno::EINVAL)?;
        while !early && !self.take_asked(index, page) {
            let id = self.uffds.borrow()[index].id;
            listen(self.machine(), id);
            self.machine().block(WaitReason::new("userfaultfd_read")).await;
        }
        let region = self.uffds.borrow()[index].clone();
        answer(self.machine(), &region, page, &bytes[..bytes.len().min(PAGE_SIZE as usize)])
    }

    fn take_asked(&self, index: usize, page: u64) -> bool {
        let region = &mut self.uffds.borrow_mut()[index];
        while let Some(message) = next_message(self.machine(), region.id) {
            region.asked.push(message.addr);
        }
        let before = region.asked.len();
        region.asked.retain(|asked| *asked != page);
        before != region.asked.len()
    }
}
