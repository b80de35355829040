//! Files and their page cache, including the in-memory files behind shared anonymous mappings. Neighbours: `fault_file` maps
//! cached pages, `reclaim` drops them, system calls read and write through [`UserMemory::read_file`].

use std::collections::BTreeMap;

use super::costs::Medium;
use super::frame::{FrameId, Owner};
use super::reclaim::NoFrame;
use super::swap::SlotId;
use super::{PAGE_SIZE, UserMemory};

/// A file of the simulated machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(pub usize);

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// On a device: pages are read in and written back.
    Regular(Medium),
    /// In memory (shared anonymous memory, `memfd_create`): pages go to swap.
    Shmem,
    /// `memfd_secret`: like shmem, but never swapped and refused to `get_user_pages`.
    Secret,
}

/// A file: its contents on the medium, and the pages of it that are in memory.
#[derive(Debug)]
pub struct FileObject {
    pub name: String,
    pub kind: FileKind,
    size: u64,
    medium: Vec<u8>,
    cache: BTreeMap<u64, FrameId>,
    pub(super) swapped: BTreeMap<u64, SlotId>,
}

impl FileObject {
    /// A file on a device with these contents; nothing is cached.
    pub fn regular(name: &str, contents: Vec<u8>, medium: Medium) -> FileObject {
        FileObject {
            size: contents.len() as u64,
            medium: contents,
            ..FileObject::empty(name, FileKind::Regular(medium))
        }
    }

    /// An in-memory file of `size` zero bytes.
    pub fn shmem(name: &str, size: u64) -> FileObject {
        FileObject { size, ..FileObject::empty(name, FileKind::Shmem) }
    }

    /// A secret in-memory file of `size` zero bytes.
    pub fn secret(name: &str, size: u64) -> FileObject {
        FileObject { size, ..FileObject::empty(name, FileKind::Secret) }
    }

    fn empty(name: &str, kind: FileKind) -> FileObject {
        FileObject {
            name: name.to_owned(),
            kind,
            size: 0,
            medium: Vec::new(),
            cache: BTreeMap::new(),
            swapped: BTreeMap::new(),
        }
    }

    /// Size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Number of pages that the size covers.
    pub fn pages(&self) -> u64 {
        self.size.div_ceil(PAGE_SIZE)
    }

    /// The frame that caches this page.
    pub fn cached(&self, page: u64) -> Option<FrameId> {
        self.cache.get(&page).copied()
    }

    /// Whether its pages live in memory or swap only.
    pub fn in_memory(&self) -> bool {
        !matches!(self.kind, FileKind::Regular(_))
    }

    pub(super) fn insert(&mut self, page: u64, frame: FrameId) {
        let old = self.cache.insert(page, frame);
        debug_assert!(old.is_none());
    }

    pub(super) fn uncache(&mut self, page: u64) {
        self.cache.remove(&page);
    }

    fn fill(&self, page: u64, data: &mut [u8]) {
        let start = (page * PAGE_SIZE) as usize;
        if let Some(bytes) = self.medium.get(start..self.medium.len().min(start + PAGE_SIZE as usize)) {
            data[..bytes.len()].copy_from_slice(bytes);
        }
    }

    pub(super) fn write_back(&mut self, page: u64, data: &[u8]) {
        let start = page * PAGE_SIZE;
        let end = (start + PAGE_SIZE).min(self.size);
        if start < end {
            self.medium.resize(self.medium.len().max(end as usize), 0);
            self.medium[start as usize..end as usize].copy_from_slice(&data[..(end - start) as usize]);
        }
    }
}

/// Outcome of reading a file through the page cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRead {
    /// Bytes copied; fewer than asked at the end of the file.
    pub bytes: usize,
    /// When the last missing page is in memory; not later than now when all were cached.
    pub ready_ns: u64,
}

impl UserMemory {
    /// Whether a page is cached and up to date at `now_ns`.
    pub fn file_page_ready(&self, file: FileId, page: u64, now_ns: u64) -> bool {
        self.file(file).cached(page).is_some_and(|f| self.frames.get(f).ready_ns <= now_ns)
    }

    /// Starts one device operation for what is missing of `start..start + count`, `wanted` among it. Returns when it is done.
    ///
    /// Errors: no frame for the wanted page. The others are readahead, which is given up silently without memory.
    pub(super) fn start_read(
        &mut self,
        file: FileId,
        wanted: u64,
        start: u64,
        count: u64,
        now_ns: u64,
    ) -> Result<u64, NoFrame> {
        let FileKind::Regular(medium) = self.file(file).kind else { return Ok(now_ns) };
        let end = (start + count).min(self.file(file).pages());
        let missing: Vec<u64> = (start..end).filter(|p| self.file(file).cached(*p).is_none()).collect();
        let ready_ns = now_ns + self.costs.read_ns(medium, missing.len() as u64);
        if missing.contains(&wanted) {
            let (frame, _) = self.alloc_frame(Owner::File { file, page: wanted }, now_ns)?;
            self.install_file_page(file, wanted, frame, ready_ns);
        }
        for page in missing.into_iter().filter(|p| *p != wanted) {
            match self.alloc_frame(Owner::File { file, page }, now_ns) {
                Ok((frame, _)) => self.install_file_page(file, page, frame, ready_ns),
                Err(_) => break,
            }
        }
        Ok(ready_ns)
    }

    fn install_file_page(&mut self, file: FileId, page: u64, frame: FrameId, ready_ns: u64) {
        let target = self.frames.get_mut(frame);
        target.ready_ns = ready_ns;
        self.files[file.0].fill(page, &mut target.data[..]);
        self.files[file.0].insert(page, frame);
        self.stats.file_pages_read += 1;
    }

    /// Reads through the page cache, as `read(2)` does; missing pages are read from the medium (no readahead).
    ///
    /// Errors: `ENOMEM` without a free frame.
    pub fn read_file(
        &mut self,
        file: FileId,
        offset: u64,
        dst: &mut [u8],
        now_ns: u64,
    ) -> Result<FileRead, crate::errno::Errno> {
        let size = self.file(file).size();
        let bytes = (dst.len() as u64).min(size.saturating_sub(offset)) as usize;
        let mut ready_ns = now_ns;
        let mut done = 0;
        while done < bytes {
            let at = offset + done as u64;
            let (page, within) = (at / PAGE_SIZE, (at % PAGE_SIZE) as usize);
            let n = (bytes - done).min(PAGE_SIZE as usize - within);
            let frame = self.file_page_for_read(file, page, now_ns)?;
            ready_ns = ready_ns.max(frame.map_or(0, |f| self.frames.get(f).ready_ns));
            match frame {
                Some(f) => {
                    self.frames.touch(f);
                    dst[done..done + n].copy_from_slice(&self.frames.get(f).data[within..within + n]);
                }
                None => dst[done..done + n].fill(0),
            }
            done += n;
        }
        Ok(FileRead { bytes, ready_ns })
    }

    fn file_page_for_read(
        &mut self,
        file: FileId,
        page: u64,
        now_ns: u64,
    ) -> Result<Option<FrameId>, crate::errno::Errno> {
        if self.file(file).cached(page).is_none() {
            if self.file(file).in_memory() {
                return self.shmem_swapped_frame(file, page, now_ns);
            }
            self.start_read(file, page, page, 1, now_ns).map_err(|_| crate::errno::Errno::ENOMEM)?;
        }
        Ok(self.file(file).cached(page))
    }

    fn shmem_swapped_frame(
        &mut self,
        file: FileId,
        page: u64,
        now_ns: u64,
    ) -> Result<Option<FrameId>, crate::errno::Errno> {
        if !self.file(file).swapped.contains_key(&page) {
            return Ok(None);
        }
        self.shmem_swap_in(file, page, now_ns).map_err(|_| crate::errno::Errno::ENOMEM)?;
        Ok(self.file(file).cached(page))
    }

    /// Writes through the page cache, growing the file as needed, as `write(2)` does. Returns when pages that had to be read
    /// first are in memory.
    ///
    /// Errors: `ENOMEM` without a free frame.
    pub fn write_file(
        &mut self,
        file: FileId,
        offset: u64,
        src: &[u8],
        now_ns: u64,
    ) -> Result<u64, crate::errno::Errno> {
        let end = offset + src.len() as u64;
        let target = self.file_mut(file);
        target.size = target.size.max(end);
        let mut ready_ns = now_ns;
        let mut done = 0;
        while done < src.len() {
            let at = offset + done as u64;
            let (page, within) = (at / PAGE_SIZE, (at % PAGE_SIZE) as usize);
            let n = (src.len() - done).min(PAGE_SIZE as usize - within);
            let frame = self.file_page_for_write(file, page, now_ns)?;
            let target = self.frames.get_mut(frame);
            ready_ns = ready_ns.max(target.ready_ns);
            target.dirty = true;
            target.data[within..within + n].copy_from_slice(&src[done..done + n]);
            done += n;
        }
        Ok(ready_ns)
    }

    fn file_page_for_write(
        &mut self,
        file: FileId,
        page: u64,
        now_ns: u64,
    ) -> Result<FrameId, crate::errno::Errno> {
        if let Some(frame) = self.file_page_for_read(file, page, now_ns)? {
            return Ok(frame);
        }
        let (frame, _) =
            self.alloc_frame(Owner::File { file, page }, now_ns).map_err(|_| crate::errno::Errno::ENOMEM)?;
        self.file_mut(file).insert(page, frame);
        Ok(frame)
    }

    /// Writes dirty pages to the medium (`fsync`). Returns how many there were.
    pub fn sync_file(&mut self, file: FileId) -> u64 {
        let dirty: Vec<(u64, FrameId)> = self
            .file(file)
            .cache
            .iter()
            .map(|(p, f)| (*p, *f))
            .filter(|(_, f)| self.frames.get(*f).dirty)
            .collect();
        if self.file(file).in_memory() {
            return 0;
        }
        for &(page, frame) in &dirty {
            let source = self.frames.get_mut(frame);
            source.dirty = false;
            self.files[file.0].write_back(page, &source.data[..]);
        }
        self.stats.written_back_pages += dirty.len() as u64;
        dirty.len() as u64
    }

    /// Drops clean cached pages that nobody maps (`posix_fadvise(POSIX_FADV_DONTNEED)`, `mm/truncate.c:invalidate_mapping_pages`).
    pub fn drop_cache(&mut self, file: FileId) {
        if self.file(file).in_memory() {
            return;
        }
        let clean: Vec<(u64, FrameId)> = self.file(file).cache.iter().map(|(p, f)| (*p, *f)).collect();
        for (page, frame) in clean {
            let state = self.frames.get(frame);
            if state.maps.is_empty() && !state.dirty {
                self.file_mut(file).uncache(page);
                self.frames.release(frame);
            }
        }
    }

    /// Changes the size. Pages beyond the new end leave the cache and every mapping (`mm/truncate.c:truncate_pagecache`); the
    /// rest of the last page reads as zeros.
    pub fn truncate_file(&mut self, file: FileId, size: u64) {
        let target = self.file_mut(file);
        target.size = size;
        target.medium.truncate(size as usize);
        let keep = size.div_ceil(PAGE_SIZE);
        let gone: Vec<(u64, FrameId)> = target.cache.range(keep..).map(|(p, f)| (*p, *f)).collect();
        let slots: Vec<SlotId> = target.swapped.split_off(&keep).into_values().collect();
        for (page, frame) in gone {
            self.unmap_everywhere(frame);
            self.file_mut(file).uncache(page);
            self.frames.release(frame);
        }
        for slot in slots {
            self.put_slot(slot);
        }
        if !size.is_multiple_of(PAGE_SIZE)
            && let Some(last) = self.file(file).cached(size / PAGE_SIZE)
        {
            self.frames.get_mut(last).data[(size % PAGE_SIZE) as usize..].fill(0);
        }
    }
}
