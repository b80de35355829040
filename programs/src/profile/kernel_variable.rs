//! Variables that the kernel's BTF describes: `data/kernel_variables.tsv`. The built-in types hold only some of them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::KernelVersion;
use super::table::{self, Versions};

static NAMES: LazyLock<BTreeMap<&'static str, Versions>> = LazyLock::new(|| {
    let rows = table::rows(include_str!("data/kernel_variables.tsv"), &[2]);
    rows.into_iter().map(|c| (c[0], Versions::parse(c[1]))).collect()
});

/// Whether the kernel's BTF has a variable of this name.
pub fn has_kernel_variable(version: KernelVersion, name: &str) -> bool {
    NAMES.get(name).is_some_and(|versions| versions.contains(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_come_and_go() {
        let present = |name| KernelVersion::ALL.map(|version| has_kernel_variable(version, name));
        assert_eq!(present("runqueues"), [false, true, true, true]);
        assert_eq!(present("no_such_variable"), [false; 4]);
    }
}
