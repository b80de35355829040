//! Where kernels differ in user-memory behaviour, as data. Presets are named by kernel version; anyone may make their own.
//! Neighbours: `fault`, `strncpy` and `map` read it, `programs` profiles choose it.

/// Differences between kernels that user-memory operations can observe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MmRules {
    /// Faults from user mode try the per-VMA lock before `mmap_lock` (`arch/x86/mm/fault.c:do_user_addr_fault`, 6.4 and
    /// later). Faults from kernel mode, e.g. `copy_from_user`, take `mmap_lock` on every version.
    pub per_vma_lock: bool,
    /// An empty string makes `strncpy_from_user_nofault` return 1 (the NUL counts as everywhere else) instead of 0
    /// (`mm/maccess.c`; recorded: 0 on 5.10 to 6.12, 1 on 7.2).
    pub nofault_empty_string_is_one: bool,
    /// `access_process_vm` grows a stack area when its first address lies below one (`mm/memory.c:__access_remote_vm`).
    pub remote_expands_stack: bool,
    /// `PROT_EXEC` alone takes a protection key that forbids reading (CPUs with PKU; `arch/x86/mm/pkeys.c`).
    pub exec_only_pkey: bool,
    /// `mprotect` back to writable makes exclusive anonymous pages writable at once (`mm/mprotect.c:can_change_pte_writable`,
    /// 6.1 and later); before, the first write faults.
    pub mprotect_restores_write: bool,
    /// A page swapped in by a read is mapped writable when it is exclusive (`mm/memory.c:do_swap_page`).
    pub swap_read_maps_writable: bool,
    /// The first write to a clean page of a shared mapping drops the lock to throttle writers and restarts the fault, which makes
    /// it major (`mm/memory.c:fault_dirty_shared_page`; from 6.0 on it ends the fault with `VM_FAULT_COMPLETED`).
    pub shared_write_restarts: bool,
    /// Address-space guards by `MADV_GUARD_INSTALL` exist (6.13 and later).
    pub guard_regions: bool,
    /// Bytes mapped around a file read fault when already cached (`fault_around_bytes`).
    pub fault_around_bytes: u64,
    /// Pages read at once by a fault in a mapping without access advice (`read_ahead_kb` 128).
    pub readahead_pages: u64,
    /// Distance kept between a growing stack and the mapping below, in pages (`stack_guard_gap`).
    pub stack_guard_gap_pages: u64,
    /// Largest size of a growing stack in bytes (`RLIMIT_STACK`, 8 MiB).
    pub stack_limit_bytes: u64,
}

impl MmRules {
    const V5_10: MmRules = MmRules {
        per_vma_lock: false,
        nofault_empty_string_is_one: false,
        remote_expands_stack: true,
        exec_only_pkey: true,
        mprotect_restores_write: false,
        swap_read_maps_writable: false,
        shared_write_restarts: true,
        guard_regions: false,
        fault_around_bytes: 64 << 10,
        readahead_pages: 32,
        stack_guard_gap_pages: 256,
        stack_limit_bytes: 8 << 20,
    };

    /// The rules of kernel `version` (`"5.10"`, `"6.1"`, `"6.12"`, `"7.2"`); `None` for any other.
    pub fn for_kernel(version: &str) -> Option<MmRules> {
        let v5_10 = MmRules::V5_10;
        let v6_1 = MmRules { mprotect_restores_write: true, shared_write_restarts: false, ..v5_10.clone() };
        let v6_12 = MmRules { per_vma_lock: true, swap_read_maps_writable: true, ..v6_1.clone() };
        let v7_2 = MmRules { nofault_empty_string_is_one: true, guard_regions: true, ..v6_12.clone() };
        match version {
            "5.10" => Some(v5_10),
            "6.1" => Some(v6_1),
            "6.12" => Some(v6_12),
            "7.2" => Some(v7_2),
            _ => None,
        }
    }
}
