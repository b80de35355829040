//! What a page-in costs, in virtual nanoseconds. All of it is configurable; the defaults are round numbers with a source.
//! Neighbours: `fault` charges them, scenarios override them.

/// Where the bytes of a page live while they are not in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// A RAM disk (`brd`): a copy, done by the faulting task, yet counted as a major fault.
    RamDisk,
    /// Flash on NVMe.
    Nvme,
    /// Flash on SATA.
    Ssd,
    /// A rotating disk.
    Hdd,
    /// A file server on the local network.
    Network,
    /// Any other latency, in nanoseconds.
    Custom(u64),
}

/// Costs of resolving faults, in nanoseconds. `*_ns` is time of the faulting task; device latencies are time asleep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageInCosts {
    /// Mapping a zero-filled or already cached page: 500. Measured minima for an anonymous read fault on current x86 are 0.5
    /// to 0.6 us (e.g. rdtsc around a first touch: minimum 575 ns, median 1.0 us on a Core i7 of the 11th generation).
    pub minor_ns: u64,
    /// Copy-on-write on top of the fault: 300, a 4 KiB copy at about 15 GB/s.
    pub copy_page_ns: u64,
    /// Decompressing a page from zram: 5,000. fio on zram gives 1.7 us (lz4) to 5.7 us (zstd) per 4 KiB read with
    /// `page-cluster` 0.
    pub zram_load_ns: u64,
    /// Compressing a page into zram during reclaim: 8,000 (compression costs about 1.5 times decompression for zstd).
    pub zram_store_ns: u64,
    /// A 4 KiB random read, each: RAM disk 1,000 (a copy and the block layer), NVMe 80,000 (data sheets of TLC drives: 60 to
    /// 100 us), SATA SSD 150,000, disk 8,000,000 (7200 rpm: 4.2 ms half a turn plus about 4 ms seek), network 500,000.
    pub ram_disk_ns: u64,
    pub nvme_ns: u64,
    pub ssd_ns: u64,
    pub hdd_ns: u64,
    pub network_ns: u64,
    /// Each further page of the same read, e.g. by readahead: 1,000 (4 KiB at about 4 GB/s).
    pub next_page_ns: u64,
    /// What reclaim adds to an allocation per page it frees, writes aside: 1,000.
    pub reclaim_page_ns: u64,
    /// Installing a page with `UFFDIO_COPY` or `UFFDIO_ZEROPAGE`: 1,500 (a system call, an allocation, a copy).
    pub uffd_copy_ns: u64,
}

impl Default for PageInCosts {
    fn default() -> Self {
        PageInCosts {
            minor_ns: 500,
            copy_page_ns: 300,
            zram_load_ns: 5_000,
            zram_store_ns: 8_000,
            ram_disk_ns: 1_000,
            nvme_ns: 80_000,
            ssd_ns: 150_000,
            hdd_ns: 8_000_000,
            network_ns: 500_000,
            next_page_ns: 1_000,
            reclaim_page_ns: 1_000,
            uffd_copy_ns: 1_500,
        }
    }
}

impl PageInCosts {
    /// Latency of reading `pages` consecutive pages from `medium`.
    pub fn read_ns(&self, medium: Medium, pages: u64) -> u64 {
        let first = match medium {
            Medium::RamDisk => self.ram_disk_ns,
            Medium::Nvme => self.nvme_ns,
            Medium::Ssd => self.ssd_ns,
            Medium::Hdd => self.hdd_ns,
            Medium::Network => self.network_ns,
            Medium::Custom(ns) => ns,
        };
        first + pages.saturating_sub(1) * self.next_page_ns
    }
}
