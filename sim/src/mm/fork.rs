//! `fork`: a copy of an address space that shares its pages until somebody writes. Source: `kernel/fork.c:dup_mmap`,
//! `mm/memory.c` (`copy_page_range`, `vma_needs_copy`). The caller holds the parent's `mmap_lock` for writing.

use crate::errno::Errno;
use crate::ids::MmId;

use super::page_table::Pte;
use super::vma::Vma;
use super::{PAGE_SIZE, UserMemory};

impl UserMemory {
    /// The child's address space. Areas without anonymous pages (file mappings, read-only touched memory) come without page
    /// tables: the child faults again. Locks and userfaultfd registrations are not inherited.
    ///
    /// Errors: `ESRCH` when the parent is gone.
    pub fn fork_mm(&mut self, parent: MmId) -> Result<MmId, Errno> {
        let space = self.mm(parent).ok_or(Errno::ESRCH)?;
        let (brk, vmas) =
            (space.brk, space.vmas.iter().filter(|v| !v.dont_fork).cloned().collect::<Vec<_>>());
        let child = self.new_mm();
        self.mm_of(child).brk = brk;
        for vma in vmas {
            let anon_vma = vma.anon_vma && !vma.wipe_on_fork;
            let copy = Vma { locked: false, uffd: None, anon_vma, ..vma.clone() };
            self.mm_of(child).vmas.insert(copy);
            if anon_vma {
                self.share_pages(parent, child, &vma);
            }
        }
        Ok(child)
    }

    fn share_pages(&mut self, parent: MmId, child: MmId, vma: &Vma) {
        let range = vma.start / PAGE_SIZE..vma.end / PAGE_SIZE;
        let entries: Vec<(u64, Pte)> = self.mm_of(parent).pages.range(range).map(|(v, p)| (*v, *p)).collect();
        for (vpn, pte) in entries {
            let shared = match pte {
                Pte::Frame { frame, .. } if !vma.shared => {
                    self.write_protect(parent, vpn);
                    Pte::Frame { frame, writable: false }
                }
                other => other,
            };
            self.set_pte(child, vpn * PAGE_SIZE, Some(shared));
        }
    }
}
