//! System calls of x86-64: numbers, names, entry functions, and which wrappers a tracing program can name.

use std::sync::LazyLock;

use super::KernelVersion;
use super::table::{self, Versions};

/// One system call as it is in some versions.
#[derive(Debug)]
pub struct Syscall {
    /// Number in the 64-bit table.
    pub number: u32,
    /// Name, e.g. `"stat"`.
    pub name: &'static str,
    /// Entry function without the architecture prefix, e.g. `"sys_newstat"`.
    pub entry: &'static str,
    /// `__x64_<entry>` is in the kernel's BTF, so tracing programs can attach to it by name.
    pub traceable: bool,
    versions: Versions,
}

static SYSCALLS: LazyLock<Vec<Syscall>> = LazyLock::new(|| {
    let row = |c: Vec<&'static str>| Syscall {
        number: c[0].parse().expect("system call number"),
        name: c[1],
        versions: Versions::parse(c[2]),
        entry: c[3],
        traceable: c[4] == "y",
    };
    table::rows(include_str!("data/syscalls.tsv"), &[5]).into_iter().map(row).collect()
});

/// Every system call of a version, by number.
pub fn syscalls(version: KernelVersion) -> impl Iterator<Item = &'static Syscall> {
    SYSCALLS.iter().filter(move |row| row.versions.contains(version))
}

/// The system call whose wrapper is `function` (`__x64_sys_openat`).
pub fn syscall_of_wrapper(version: KernelVersion, function: &str) -> Option<&'static Syscall> {
    let entry = function.strip_prefix("__x64_")?;
    syscalls(version).find(|row| row.entry == entry && row.traceable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrappers_name_their_entry_not_the_call() {
        let stat = syscall_of_wrapper(KernelVersion::V6_1, "__x64_sys_newstat").unwrap();
        assert_eq!((stat.name, stat.number), ("stat", 4));
        assert!(syscall_of_wrapper(KernelVersion::V5_10, "__x64_sys_mseal").is_none());
        assert!(syscalls(KernelVersion::V5_10).count() < syscalls(KernelVersion::V7_2).count());
    }

    #[test]
    fn numbers_are_unique_in_a_version() {
        for version in KernelVersion::ALL {
            let numbers: Vec<u32> = syscalls(version).map(|row| row.number).collect();
            assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{version}");
        }
    }
}
