//! Virtual memory areas and the ordered set of them. Neighbours: `map` edits it, `fault` reads it.

use std::collections::BTreeMap;

use super::file::FileId;
use super::uffd::UffdId;
use super::{MMAP_BASE, MMAP_MIN_ADDR, PAGE_SIZE};

/// `PROT_*` bits of an area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prot {
    pub read: bool,
    pub write: bool,
    pub exec: bool,
}

impl Prot {
    pub const NONE: Prot = Prot { read: false, write: false, exec: false };
    pub const R: Prot = Prot { read: true, write: false, exec: false };
    pub const W: Prot = Prot { read: false, write: true, exec: false };
    pub const X: Prot = Prot { read: false, write: false, exec: true };
    pub const RW: Prot = Prot { read: true, write: true, exec: false };
    pub const RX: Prot = Prot { read: true, write: false, exec: true };

    /// From the numbers of `sys/mman.h`: 1 read, 2 write, 4 execute; other bits are ignored.
    pub fn from_bits(bits: u64) -> Prot {
        Prot { read: bits & 1 != 0, write: bits & 2 != 0, exec: bits & 4 != 0 }
    }

    /// Whether any access is allowed (`vma_is_accessible`).
    pub fn accessible(self) -> bool {
        self.read || self.write || self.exec
    }
}

/// What backs an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backing {
    /// Private anonymous memory.
    Anon,
    /// A file, or the in-memory file behind shared anonymous memory; `page` is the file page at the area's start.
    File { file: FileId, page: u64 },
}

/// Access advice (`MADV_NORMAL`, `MADV_RANDOM`, `MADV_SEQUENTIAL`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pattern {
    #[default]
    Normal,
    Random,
    Sequential,
}

/// One area (`vm_area_struct`): `start..end`, page aligned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vma {
    pub start: u64,
    pub end: u64,
    pub prot: Prot,
    pub shared: bool,
    pub backing: Backing,
    pub grows_down: bool,
    pub locked: bool,
    pub pattern: Pattern,
    pub dont_fork: bool,
    pub wipe_on_fork: bool,
    /// Registered for missing pages (`UFFDIO_REGISTER_MODE_MISSING`).
    pub uffd: Option<UffdId>,
    /// Has held anonymous pages (`vma->anon_vma`): only then does fork copy its page tables.
    pub anon_vma: bool,
}

impl Vma {
    /// A private anonymous area.
    pub fn anon(start: u64, end: u64, prot: Prot) -> Vma {
        Vma {
            start,
            end,
            prot,
            shared: false,
            backing: Backing::Anon,
            grows_down: false,
            locked: false,
            pattern: Pattern::Normal,
            dont_fork: false,
            wipe_on_fork: false,
            uffd: None,
            anon_vma: false,
        }
    }

    /// The file page that backs `addr`, for file areas.
    pub fn file_page(&self, addr: u64) -> Option<(FileId, u64)> {
        match self.backing {
            Backing::Anon => None,
            Backing::File { file, page } => Some((file, page + (addr - self.start) / PAGE_SIZE)),
        }
    }

    /// The part of the area inside `start..end`, as an area of its own.
    fn slice(&self, start: u64, end: u64) -> Vma {
        let mut part = self.clone();
        part.start = self.start.max(start);
        part.end = self.end.min(end);
        if let Backing::File { file, page } = self.backing {
            part.backing = Backing::File { file, page: page + (part.start - self.start) / PAGE_SIZE };
        }
        part
    }
}

/// The areas of one address space, ordered and disjoint. Neighbouring areas are not merged: no rule here depends on it.
#[derive(Clone, Debug, Default)]
pub struct VmaSet {
    by_start: BTreeMap<u64, Vma>,
}

impl VmaSet {
    /// The area that contains `addr`.
    pub fn at(&self, addr: u64) -> Option<&Vma> {
        self.by_start.range(..=addr).next_back().map(|(_, v)| v).filter(|v| addr < v.end)
    }

    pub(super) fn at_mut(&mut self, addr: u64) -> Option<&mut Vma> {
        self.by_start.range_mut(..=addr).next_back().map(|(_, v)| v).filter(|v| addr < v.end)
    }

    /// The first area that starts above `addr`.
    pub fn above(&self, addr: u64) -> Option<&Vma> {
        self.by_start.range(addr + 1..).next().map(|(_, v)| v)
    }

    /// The last area that ends at or below `addr`.
    pub fn below(&self, addr: u64) -> Option<&Vma> {
        self.by_start.range(..addr).next_back().map(|(_, v)| v).filter(|v| v.end <= addr)
    }

    /// All areas in address order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Vma> {
        self.by_start.values()
    }

    /// Areas that overlap `start..end`.
    pub fn overlapping(&self, start: u64, end: u64) -> impl Iterator<Item = &Vma> {
        self.by_start.range(..end).rev().map(|(_, v)| v).take_while(move |v| v.end > start)
    }

    /// Whether every page of `start..end` is mapped.
    pub fn covers(&self, start: u64, end: u64) -> bool {
        let mut at = start;
        while at < end {
            match self.at(at) {
                Some(v) => at = v.end,
                None => return false,
            }
        }
        true
    }

    pub(super) fn insert(&mut self, vma: Vma) {
        debug_assert!(vma.start < vma.end && self.overlapping(vma.start, vma.end).next().is_none());
        self.by_start.insert(vma.start, vma);
    }

    /// Takes `start..end` out and returns the removed parts in address order.
    pub(super) fn remove(&mut self, start: u64, end: u64) -> Vec<Vma> {
        let mut hit: Vec<Vma> = self.overlapping(start, end).cloned().collect();
        hit.reverse();
        for vma in &hit {
            self.by_start.remove(&vma.start);
            if vma.start < start {
                self.insert(vma.slice(vma.start, start));
            }
            if vma.end > end {
                self.insert(vma.slice(end, vma.end));
            }
        }
        hit.iter().map(|v| v.slice(start, end)).collect()
    }

    /// Applies `change` to the parts inside `start..end`, splitting areas at the edges.
    pub(super) fn change(&mut self, start: u64, end: u64, mut change: impl FnMut(&mut Vma)) {
        for mut part in self.remove(start, end) {
            change(&mut part);
            self.insert(part);
        }
    }

    pub(super) fn grow_down(&mut self, old_start: u64, new_start: u64) {
        let mut vma = self.by_start.remove(&old_start).expect("the area that grows exists");
        if let Backing::File { page, .. } = &mut vma.backing {
            *page = page.saturating_sub((old_start - new_start) / PAGE_SIZE);
        }
        vma.start = new_start;
        self.insert(vma);
    }

    /// The highest free gap of `len` bytes below the mapping base that keeps `guard` bytes above a free range clear when the
    /// next area grows down (`mm/mmap.c:vm_unmapped_area`, top-down).
    pub fn find_gap(&self, len: u64, guard: u64) -> Option<u64> {
        let mut top = MMAP_BASE;
        for vma in self.by_start.values().rev() {
            if vma.end <= top && top - vma.end >= len {
                return Some(top - len);
            }
            let low = if vma.grows_down { vma.start.saturating_sub(guard) } else { vma.start };
            top = top.min(low);
        }
        (top >= MMAP_MIN_ADDR + len).then(|| top - len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ranges: &[(u64, u64)]) -> VmaSet {
        let mut s = VmaSet::default();
        for &(a, b) in ranges {
            s.insert(Vma::anon(a << 12, b << 12, Prot::RW));
        }
        s
    }

    fn ranges(s: &VmaSet) -> Vec<(u64, u64)> {
        s.iter().map(|v| (v.start >> 12, v.end >> 12)).collect()
    }

    #[test]
    fn removing_a_middle_splits() {
        let mut s = set(&[(100, 110)]);
        assert_eq!(s.remove(103 << 12, 105 << 12).len(), 1);
        assert_eq!(ranges(&s), [(100, 103), (105, 110)]);
        assert!(s.at(103 << 12).is_none() && s.at((105 << 12) + 5).is_some());
    }

    #[test]
    fn file_offsets_follow_a_split() {
        let mut s = VmaSet::default();
        let backing = Backing::File { file: FileId(0), page: 7 };
        s.insert(Vma { backing, ..Vma::anon(100 << 12, 110 << 12, Prot::R) });
        s.remove(100 << 12, 104 << 12);
        assert_eq!(s.at(105 << 12).unwrap().file_page(105 << 12), Some((FileId(0), 12)));
    }

    #[test]
    fn gaps_are_found_from_the_top() {
        let mut s = VmaSet::default();
        let first = s.find_gap(PAGE_SIZE, 0).unwrap();
        assert_eq!(first, MMAP_BASE - PAGE_SIZE);
        s.insert(Vma::anon(first, first + PAGE_SIZE, Prot::RW));
        assert_eq!(s.find_gap(PAGE_SIZE, 0), Some(first - PAGE_SIZE));
    }

    #[test]
    fn coverage_sees_holes() {
        let s = set(&[(1, 2), (2, 4), (5, 6)]);
        assert!(s.covers(1 << 12, 4 << 12));
        assert!(!s.covers(1 << 12, 6 << 12));
    }
}
